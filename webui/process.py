"""The process `webui`: serves the pages over HTTPS until SIGTERM.

gevent's patches come first, before anything imports a socket.  Where the box's certificate is not
there yet, sysd is about to make it: the supervisor tries again.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import logging  # noqa: E402 - after the patches
import signal  # noqa: E402
import socket  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402

from hal.board import load_board  # noqa: E402
from webui.app import Site  # noqa: E402
from webui.pages import entrance, simulator, status  # noqa: E402
from webui.server import Server, tls  # noqa: E402

log = logging.getLogger("web")
PAGES = (entrance, status, simulator)
NAMES = {"localhost", "hookswitch", "hookswitch.local"}


def run(state: Path, board_name: str, address: tuple[str, int], built: Path) -> None:
    board = load_board(board_name)
    host = socket.gethostname().lower()
    names = frozenset({*NAMES, host, f"{host}.local"})
    site = Site(state / "run", built, names, board.title, board.simulated)
    for page in PAGES:
        page.mount(site)
    for feed in (site.calls, site.simulator):
        if feed:
            feed.start()
    context = tls(state / "tls" / "box.pem", state / "tls" / "box.key")
    server = Server(address, site.app, context)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.stop, 1)
    log.info("serving on %s port %d", *address)
    server.serve_forever(stop_timeout=1)
