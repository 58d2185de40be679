"""The process `webui`: serves the pages over HTTPS until SIGTERM.

gevent's patches come first, before anything imports a socket.  At the box's first start sysd is
still making the certificate: the pages wait for it, and give up when it does not come.
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
CERTIFICATE_SECONDS = 30.0
LOOK_SECONDS = 0.1
PAGES = (entrance, status, simulator)
NAMES = {"localhost", "hookswitch", "hookswitch.local"}


def run(state: Path, board_name: str, address: tuple[str, int], built: Path) -> None:
    board = load_board(board_name)
    host = socket.gethostname().lower()
    names = frozenset({*NAMES, host, f"{host}.local"})
    site = Site(state / "run", built, names, board)
    for page in PAGES:
        page.mount(site)
    for feed in (site.calls, site.simulator):
        if feed:
            feed.start()
    certificate, key = state / "tls" / "box.pem", state / "tls" / "box.key"
    wait_for(certificate)
    context = tls(certificate, key)
    server = Server(address, site.app, context)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, server.stop, 1)
    log.info("serving on %s port %d", *address)
    server.serve_forever(stop_timeout=1)


def wait_for(certificate: Path) -> None:
    with gevent.Timeout(CERTIFICATE_SECONDS, SystemExit(f"{certificate} did not come")):
        while not certificate.exists():
            gevent.sleep(LOOK_SECONDS)
