"""No process of the box outlives its supervisor, not even one that was killed with -9.

The kernel sends SIGTERM when the parent dies.  Whoever starts us says its process id in
`HOOKSWITCH_PARENT`; had it died before we asked the kernel, we would wait for ever, so we look.
"""

from __future__ import annotations

import ctypes
import os
import signal

PARENT = "HOOKSWITCH_PARENT"
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """To be called first of all; does nothing for a process started by hand."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if str(os.getppid()) != parent:
        raise SystemExit("the supervisor is gone")
