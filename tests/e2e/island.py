"""Sockets inside the network namespace of a box that was started in one.

A socket stays in the namespace where it was made, whoever uses it later: so a small process goes
in, makes one and hands it out.
"""

from __future__ import annotations

import socket
import subprocess
import sys

from tests.e2e.box import Box

MAKE = """
import socket, sys
out = socket.socket(fileno=0)
made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
made.bind(("127.0.0.1", int(sys.argv[1])))
socket.send_fds(out, [b"x"], [made.fileno()])
"""


def udp_inside(box: Box, port: int = 0) -> socket.socket:
    """Bound to loopback in there."""
    ours, theirs = socket.socketpair()
    enter = ["nsenter", "-t", str(box.supervisor), "-U", "-n", "--preserve-credentials"]
    with ours, theirs:
        subprocess.run(
            [*enter, sys.executable, "-c", MAKE, str(port)], stdin=theirs.fileno(), check=True
        )
        _, [descriptor], _, _ = socket.recv_fds(ours, 1, 1)
    made = socket.socket(fileno=descriptor)
    made.setblocking(False)
    return made
