"""Every process of the box starts here: `python -m firmware.main PROCESS --state DIR --board NAME`.

Only this file knows everybody.  A process imports its own parts when it starts and nothing else,
since what is imported is memory: the whole box has to idle in 200 MB.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from firmware.wire.orphan import die_with_parent
from hal.board import load_board

VERSION = "0.1.0"


def run_callproc(options: argparse.Namespace) -> None:
    from firmware.edges.callproc import CallProcess
    from firmware.features import catalog
    from firmware.routing.resolve import resolve

    CallProcess(
        state=options.state,
        board=load_board(options.board),
        sip=[address(text) for text in options.sip],
        rtp_port=options.rtp_port,
        version=VERSION,
        resolve=resolve,
        features=catalog.FEATURES,
        codes=catalog.codes,
    ).run()


def run_sim(options: argparse.Namespace) -> None:
    from hal.sim.process import run

    run(options.state, load_board(options.board))


def run_sysd(options: argparse.Namespace) -> None:
    from firmware.features import catalog
    from firmware.sysd.process import run

    run(options.state, options.board, options.config, catalog.clashes, catalog.own_plan)


def run_jobs(options: argparse.Namespace) -> None:
    from firmware.jobs.process import run

    run(options.state)


def run_webui(options: argparse.Namespace) -> None:
    from webui.process import run

    run(options.state, options.board, address(options.web), options.built)


PROCESSES: dict[str, Callable[[argparse.Namespace], None]] = {
    "callproc": run_callproc,
    "sim": run_sim,
    "sysd": run_sysd,
    "jobs": run_jobs,
    "webui": run_webui,
}


def address(text: str) -> tuple[str, int]:
    """`127.0.0.1:5060` or `[::1]:5060`."""
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def main() -> int:
    die_with_parent()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("process", choices=PROCESSES)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--board", required=True)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--sip", action="append", default=[])
    parser.add_argument("--rtp-port", type=int, default=20000)
    parser.add_argument("--web", default="127.0.0.1:8443")
    parser.add_argument("--built", type=Path, default=Path(sys.prefix) / "share/hookswitch/web")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    os.umask(0o027)
    PROCESSES[options.process](options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
