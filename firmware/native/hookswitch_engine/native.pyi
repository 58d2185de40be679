"""The C half of the engine: what pjsua2 does not offer, and what must not run in Python.

Every call is made from the one Python thread.  Nothing here calls back into Python: what the
media thread, the registrar or a detector sees is appended to one queue, `event_fd()` turns
readable, and `events()` drains the queue in order.

Wrong arguments are ValueError, TypeError or KeyError (no such line); what pjsip or the system
refuses is OSError; a call at the wrong time of life is RuntimeError.
"""

from collections.abc import Sequence
from typing import Literal

Event = (
    tuple[Literal["digit"], int, str]  # tag of a line, one of 0-9*#ABCD heard in its audio
    | tuple[Literal["sent"], int]  # tag: digits_send() has played its last digit
    | tuple[Literal["closed"], int]  # tag of a line: the far end of its audio went away
    | tuple[Literal["registered"], str, int]  # account, live contacts now; when their set changed
    | tuple[Literal["lost"], int]  # so many events (never digits) gave way: ask anew what matters
)

# -- life: after Endpoint.libInit() and before libDestroy() --------------------------------------
def start(realm: str, bindings: str) -> None:
    """The registrar.  `bindings` is its file, on tmpfs; contacts found in it are announced."""

def stop() -> None:
    """Everything of ours, clock and lines too.  Must come before libDestroy()."""

# -- one queue -----------------------------------------------------------------------------------
def event_fd() -> int: ...
def events() -> list[Event]: ...

# -- the loop around pjsip -----------------------------------------------------------------------
def ioqueue_fd() -> int:
    """Readable when libHandleEvents(0) has SIP to handle."""

def next_timer_ms() -> int:
    """Until pjsip's next timer, -1: none.  Sleep 20 ms at most: posted jobs wake nobody."""

def trim() -> None:
    """Gives free memory back to the system; once a minute is right."""

# -- registrar -----------------------------------------------------------------------------------
def set_accounts(accounts: Sequence[tuple[str, str, str]]) -> None:
    """All of (user, HA1 by MD5, HA1 by SHA-256), replacing those before.

    Contacts of who is gone, or has another password now, end at once.
    """

def offer_sha256(offered: bool) -> None:
    """Off at first: phones built on libre up to version 1 give up when it is offered at all."""

def contacts(account: str) -> list[tuple[str, str, int]]:
    """(URI to call, "ip:port;transport" it registered from, seconds left), newest first."""

def authenticated() -> str | None:
    """Who proved to be the caller; only inside onIncomingCall."""

def called() -> str | None:
    """User of the address called, %XX decoded; only inside onIncomingCall.  None: not printable."""

# -- clock ---------------------------------------------------------------------------------------
def clock_start(tick_ms: int = 20) -> None:
    """Pulls the bridge from now on.  `tick_ms` is MediaConfig.audioFramePtime."""

def clock_stop() -> None: ...
def clock_stats() -> dict[str, int]:
    """ticks done, late (of these, caught up), missed (given up), max_us (the longest)."""

# -- lines: audio between the bridge and a file descriptor ----------------------------------------
def line_open(fd: int, tag: int) -> int:
    """Gives a slot.  `fd` is duplicated: close yours.  20 ms frames of 16-bit PCM at 8 kHz."""

def line_close(slot: int) -> None:
    """At any moment; ends the slot's tone as well."""

def line_stats(slot: int) -> dict[str, int]:
    """received, sent (frames), underruns, slips, unsent, bad (packets), closed (0 or 1)."""

# -- tones: steps of (hz, hz or 0, on ms, off ms), repeated for ever ------------------------------
# A slot plays one tone or one string of digits of ours; the next one replaces it, unannounced.
# Frequencies are -13 dBm0 each, those of digits -9 dBm0.
def tone_start(slot: int, steps: Sequence[tuple[int, int, int, int]]) -> None: ...
def tone_stop(slot: int) -> None: ...
def digits_send(slot: int, digits: str, on_ms: int, off_ms: int, tag: int) -> None:
    """Played once, then ("sent", tag); up to 128 of 0-9*#ABCD."""

# -- the bridge -----------------------------------------------------------------------------------
def connect(source: int, sink: int, level: float = 1.0) -> None:
    """One way; takes effect at the next tick."""

def disconnect(source: int, sink: int) -> None: ...
