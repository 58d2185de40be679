"""What a failed write means for people: one word per kind of trouble.

The word is the key of a sentence in their language, and travels in refusals and notices.
"""

from __future__ import annotations

import errno
from typing import Final, Literal

import apsw

Trouble = Literal["disk-full", "read-only", "damaged", "busy", "disk-error"]

_BY_ERRNO: Final[dict[int, Trouble]] = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EROFS: "read-only",
    errno.EACCES: "read-only",
    errno.EPERM: "read-only",
}
_BY_ERROR: Final[dict[type[Exception], Trouble]] = {
    apsw.FullError: "disk-full",
    apsw.ReadOnlyError: "read-only",
    apsw.PermissionsError: "read-only",
    apsw.CantOpenError: "read-only",
    apsw.CorruptError: "damaged",
    apsw.NotADBError: "damaged",
    apsw.BusyError: "busy",
}


def trouble_of(error: Exception) -> Trouble:
    if isinstance(error, OSError):
        return _BY_ERRNO.get(error.errno or 0, "disk-error")
    return _BY_ERROR.get(type(error), "disk-error")
