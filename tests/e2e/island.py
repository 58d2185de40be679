"""Boxes in a network or mount namespace of their own, and sockets in there.

Anybody may make one together with a user namespace; root needs no user namespace, and does without,
since the kernel refuses those inside a chroot.  A socket stays in the namespace where it was made,
whoever uses it later: so a small process goes in, makes one and hands it out.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from tests.e2e.box import Box

ROOT = os.geteuid() == 0

MAKE = """
import socket, sys
out = socket.socket(fileno=0)
made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
made.bind(("127.0.0.1", int(sys.argv[1])))
socket.send_fds(out, [b"x"], [made.fileno()])
"""


def apart(*more: str) -> list[str]:
    """The beginning of a command that runs in a new network namespace (and `more` of unshare's)."""
    return ["unshare", "-n" if ROOT else "-Urn", *more]


def disks_apart() -> list[str]:
    """The beginning of a command that runs in a new mount namespace."""
    return ["unshare", "-m" if ROOT else "-Urm"]


def inside(box: Box) -> list[str]:
    """The beginning of a command that runs in the box's namespace."""
    user = [] if ROOT else ["-U", "--preserve-credentials"]
    return ["nsenter", "-t", str(box.supervisor), "-n", *user]


def udp_inside(box: Box, port: int = 0) -> socket.socket:
    """Bound to loopback in there."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        subprocess.run(
            [*inside(box), sys.executable, "-c", MAKE, str(port)], stdin=theirs.fileno(), check=True
        )
        _, [descriptor], _, _ = socket.recv_fds(ours, 1, 1)
    made = socket.socket(fileno=descriptor)
    made.setblocking(False)
    return made
