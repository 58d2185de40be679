"""A process of its own that makes a backup or takes one apart, while sysd goes on answering.

It is told what to do in one line of JSON.  The last line it says is `ok`, or why not.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from firmware.store import backup
from firmware.store.archive import BackupError
from firmware.store.database import NOT_SAVED
from firmware.store.trouble import trouble_of
from firmware.wire.orphan import die_with_parent


class Make(msgspec.Struct, frozen=True, tag="make"):
    state: str
    kinds: tuple[str, ...]
    target: str
    passphrase: str
    firmware: str


class TakeApart(msgspec.Struct, frozen=True, tag="take-apart"):
    archive: str
    folder: str
    passphrase: str


Work = Make | TakeApart


class Outcome(msgspec.Struct, frozen=True):
    """`code` is empty when all went well."""

    code: str = ""
    text: str = ""


def main() -> None:
    die_with_parent()
    os.nice(10)
    work: Work = msgspec.json.decode(sys.stdin.buffer.readline(), type=Work)
    sys.stdout.buffer.write(msgspec.json.encode(done(work)) + b"\n")


def done(work: Work) -> Outcome:
    try:
        if isinstance(work, Make):
            backup.make(
                Path(work.state), work.kinds, Path(work.target), work.passphrase, work.firmware
            )
        else:
            backup.take_apart(Path(work.archive), Path(work.folder), work.passphrase)
    except BackupError as error:
        return Outcome(error.code, str(error))
    except NOT_SAVED as error:
        return Outcome(trouble_of(error), str(error))
    return Outcome()


if __name__ == "__main__":
    main()
