"""The call process with a bug planted in its resolver: dialing 102 raises.

Run as `python -m tests.doubles.broken_callproc STATE PORT [timer]`; with `timer` the bug is in a
timer of its loop instead, and breaks it at once.
"""

from __future__ import annotations

import sys
from pathlib import Path

from firmware.core.decision import Caller, Resolution
from firmware.core.site import Site
from firmware.core.userstate import UserState
from firmware.edges.callproc import CallProcess
from firmware.features import catalog
from firmware.routing.resolve import resolve
from firmware.store import applied
from hal.board import load_board
from tests.sites import SMALL


def broken(site: Site, state: UserState, caller: Caller, digits: str, at: int) -> Resolution:
    if digits == "102":
        raise ZeroDivisionError("a planted bug")
    return resolve(site, state, caller, digits, at)


def break_down() -> None:
    raise ZeroDivisionError("a planted bug")


def main() -> None:
    state, port = Path(sys.argv[1]), int(sys.argv[2])
    applied.write(state / "applied", applied.Applied(SMALL))
    process = CallProcess(
        state=state,
        board=load_board("sim8"),
        sip=[("127.0.0.1", port)],
        rtp_port=20000,
        version="test",
        resolve=broken,
        features=catalog.FEATURES,
        codes=catalog.codes,
    )
    if "timer" in sys.argv:
        process._loop.after(0.0, break_down)
    process.run()


if __name__ == "__main__":
    main()
