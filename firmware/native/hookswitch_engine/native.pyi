"""The C half of the engine: what pjsua2 does not offer, and what must not run in Python.

Every call is made from the one Python thread.  Nothing here calls back into Python: what the
media thread, the registrar or a detector sees is appended to one queue, `event_fd()` turns
readable, and `events()` drains the queue in order.

Wrong arguments are ValueError, TypeError or KeyError (no such line); what pjsip or the system
refuses is OSError; a call at the wrong time of life is RuntimeError.
"""

from collections.abc import Sequence
from typing import Literal

# Account: user, HA1 by MD5, HA1 by SHA-256, and then, as many as differ from their defaults:
# phones at once (10, at most 32), transports allowed ("udp,tcp,tls"), may register from outside the
# local networks (False), probed by OPTIONS (False), seconds of a registration (0: as long as
# `set_expiry` allows; where the phone asks for none or for more it gets this).
Account = (
    tuple[str, str, str]
    | tuple[str, str, str, int]
    | tuple[str, str, str, int, str]
    | tuple[str, str, str, int, str, bool]
    | tuple[str, str, str, int, str, bool, bool]
    | tuple[str, str, str, int, str, bool, bool, int]
)
# Trunk: name; networks ("203.0.113.20", "2001:db8::/32") that its calls come from; transports it
# may use; whether its calls may leave by another trunk; then, where it must answer a challenge,
# user name and both HA1.
Trunk = tuple[str, Sequence[str], str, bool] | tuple[str, Sequence[str], str, bool, str, str, str]
# What an INVITE says of its caller: number, name, keeps its number back, and who forwarded the call
# here, newest first, as (number, reason of RFC 5806: "no-answer", "unconditional", "").
Identity = tuple[str, str, bool, tuple[tuple[str, str], ...]]
# A phone at its place: URI to call, "ip:port;transport" it registered from, seconds left, contact
# as it registered it, User-Agent, answers our OPTIONS (True where none are sent).
Registration = tuple[str, str, int, str, str, bool]

Event = (
    tuple[Literal["digit"], int, str]  # tag of a line, one of 0-9*#ABCD heard in its audio
    | tuple[Literal["sent"], int]  # tag: digits_send() has played its last digit
    | tuple[Literal["closed"], int]  # tag of a line: the far end of its audio went away
    | tuple[Literal["said"], int]  # tag: sounds_play() has played its last sample
    | tuple[Literal["missing"], int, int]  # tag, index: that sound cannot be read, and is left out
    | tuple[Literal["recorded"], int, int, int]  # tag, ms, errno or 0: this recording is over
    | tuple[Literal["registered"], str, int]  # account, live contacts now; when their set changed
    # pjsua call, transfer, number wanted, pjsua call whose party is wanted (-1: the number is).
    # Nothing was checked but form: whose the two calls are, and who may call what, is for Python.
    | tuple[Literal["refer"], int, int, str, int]
    | tuple[Literal["pressed"], int, str, int]  # pjsua call, key (0-9*#A-D, F: flash), ms; by INFO
    | tuple[Literal["refused"], str, str, str]  # address, user it claimed, "password" or "place"
    | tuple[Literal["banned"], str, int]  # address, seconds
    | tuple[Literal["unbanned"], str]
    # So many events gave way: ask anew contacts() of all, bans().  Never digits, pressed or refer.
    | tuple[Literal["lost"], int]
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

# -- registrar ---------------------------------------------------------------------------------
def set_accounts(accounts: Sequence[Account]) -> None:
    """All who may register, call and watch, replacing those before.

    Contacts of who is gone, or has another password now, end at once; so do their subscriptions.
    """

def offer_sha256(offered: bool) -> None:
    """Off at first: phones built on libre up to version 1 give up when it is offered at all."""

def set_expiry(shortest: int, longest: int) -> None:
    """Seconds: bounds of every registration (60 to 3600 at first; at most a day)."""

def set_probing(seconds: int, patience: int) -> None:
    """How often probed accounts get OPTIONS (60 s) and how long an answer may take (10 s).

    A phone that misses two is no contact any more until it answers or registers again.
    """

def set_local_networks(networks: Sequence[str]) -> None:
    """Where accounts that are not remote may come from.  None at first: from everywhere."""

def contacts(account: str) -> list[tuple[str, str, int]]:
    """(URI to call, "ip:port;transport" it registered from, seconds left), newest first.

    Only phones that answer, where they are probed.  Behind NAT the URI is where it came from.
    """

def registrations(account: str) -> list[Registration]: ...
def unregister(account: str) -> int:
    """Ends all its contacts, and says how many those were."""

# -- the INVITE being handled: only inside onIncomingCall -----------------------------------------
def authenticated() -> str | None:
    """The account that proved to be the caller."""

def trunk() -> str | None:
    """The trunk that calls; its caller stands in identity()."""

def called() -> str | None:
    """User of the address called, %XX decoded.  None: not printable."""

def identity() -> Identity:
    """Cleaned: numbers are up to 32 of 0-9A-Za-z+*#_.-, names are printable, up to 64 bytes."""

def replaced() -> int:
    """pjsua call whose place the caller wants (RFC 3891), -1: none.  pjsua knows nothing of it."""

# -- how calls are made and taken: a far end is an extension or a trunk, by name -------------------
def set_profiles(profiles: Sequence[tuple[int, int, int]]) -> None:
    """(pjsua transport, SRTP mode, pjsua account): who takes a call that arrives there.

    The mode is the caller's own, from `set_speech`; 0 serves where there is no other.
    """

def set_speech(speech: Sequence[tuple[str, str, bool, int]]) -> None:
    """(far end, codecs "PCMA G722", keys as telephone-event, SRTP mode of calls that it makes).

    For the others: PCMA PCMU G722 opus GSM, telephone-event, mode 0.
    """

def speak_to(far_end: str) -> None:
    """The next makeCall is to this one."""

def speak_in(call: int, far_end: str) -> None:
    """This pjsua call is with that one; only inside onIncomingCall."""

def call_now(call: int) -> tuple[int, int, int, int]:
    """(PJSIP_INV_STATE_..., last code, PJSUA_CALL_MEDIA_... of its audio, slot or -1).

    onCallState is called for EARLY where we call, CONFIRMED and DISCONNECTED only.
    """

def call_heard_of(call: int) -> bool:
    """Has the far end of a call that we make said anything yet, be it 100 Trying?"""

# -- requests inside a call ------------------------------------------------------------------------
def refer_notify(transfer: int, code: int) -> bool:
    """Tells the phone how it goes, with any SIP status; 200 and up is the last word.

    False: the phone does not want to know (any more).  Works after the phone left the call, too.
    """

# -- trunks that call in ---------------------------------------------------------------------------
def set_trunks(trunks: Sequence[Trunk]) -> None:
    """All of them, replacing those before; the first that an address belongs to counts.

    One whose calls may go out again must use TLS only or answer a challenge: else ValueError.
    """

# -- who watches whom ------------------------------------------------------------------------------
def show_extension(
    number: str, state: Literal["idle", "ringing", "busy", "held"], party: str = "", name: str = ""
) -> int:
    """To all who watch the number (dialog, presence), now and later; how many were told now.

    `party` and `name`: who rings or talks there.
    """

def show_messages(number: str, new: int, old: int) -> int: ...
def watchers(number: str) -> list[tuple[str, str, str, int]]:
    """(event package, account that watches, "ip:port;transport", seconds left)"""

# -- limits and bans -------------------------------------------------------------------------------
def set_call_limit(legs: int, retry_after: int, always: Sequence[str] = ()) -> None:
    """So many legs of pjsua, then a new INVITE gets 503; not one for a number in `always`."""

def set_bans(failures: int, seconds: int, never: Sequence[str] = ()) -> None:
    """An address is banned after so many wrong passwords within as many seconds as the ban lasts.

    20 and 600 at first; 0 failures: never.  Networks in `never` are not banned or slowed either.
    """

def bans() -> list[tuple[str, int]]:
    """(address, seconds left)"""

def unban(address: str) -> bool: ...

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

# -- sounds: WAV files of 8 kHz mono, 16-bit PCM or G.711, read once into memory ------------------
def sounds_play(slot: int, paths: Sequence[str], tag: int, loop: bool) -> None:
    """One after the other without a gap; beside the slot's tone; the next one replaces it."""

def sounds_stop(slot: int) -> None: ...

# -- recordings -----------------------------------------------------------------------------------
def record_start(root: str, name: str, channels: int, tag: int) -> tuple[int, ...]:
    """One slot to connect to for each channel.  The file is root/name, which must not exist;
    ValueError for a name that is not made of at most five plain parts.  ("recorded", ...) follows.
    """

def record_stop(tag: int) -> None: ...

# -- audio of calls: which leg it is, its keys and its figures -------------------------------------
def leg_audio(call: int, leg: int, inband: bool) -> None:
    """The audio of this pjsua call is that leg from now on; again after every change of media.

    Keys are ("digit", leg, key), once each: from telephone-event packets or, when `inband` and the
    codec is G.711, from the sound.  pjsua's own onDtmfDigit tells them once more: believe it for
    INFO only.
    """

def leg_stats(leg: int) -> tuple[str, int, int, float, float] | None:
    """(codec, packets received, lost, jitter ms, round trip ms or 0), over holds, after the end."""

def leg_forget(leg: int) -> None: ...
def rtp_stats(leg: int) -> dict[str, int]:
    """relay (0 or 1), received, relayed, fast, withheld, foreign, failed, switches; if it lives."""

def keys_send(call: int, keys: str, ms: int) -> None:
    """RFC 4733, in relay and in the bridge; OSError when the far end takes none."""

# -- relay: packets from one call to the other, not decoded ----------------------------------------
def relay(one: int, other: int) -> None:
    """Two pjsua calls; OSError when codecs differ or one is held.  Links in the bridge stay."""

def answer_like(caller: int, called: int) -> None:
    """The coming answer to `caller` prefers the codec that `called` has agreed on."""

def bridge(call: int) -> None:
    """The call and its relay partner have their audio in the bridge again."""
