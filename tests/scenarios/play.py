"""Plays a call that is written down as text, and says where the exchange did otherwise.

A scenario is a list of deeds, each followed by the effects it must have, in order and complete:

    101 lifts
      > open 101; tone dial 101
    101 dials 102
      > quiet 101; ring 102; tone ringback 101

Deeds name people the way the box sees them: a handset or SIP phone by its extension, the far end
of an outside line as `line 5`.  `record:`, `trail:` and `lamps:` check what was written and lit.
Time passes only by `after N s`.  Timers, news and lamps are not listed as effects.
`python -m tests.scenarios.play FILE...` writes down what happens now; the diff is for reviewing.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from firmware.core import effects as fx
from firmware.core import events as ev
from firmware.core.exchange import Exchange
from firmware.core.invariants import broken
from firmware.core.journal import Journal, load, replay
from firmware.core.record import CallRecord
from firmware.core.site import Diversion, Group, Site
from firmware.features import catalog
from firmware.features.setup_code import SECRET
from firmware.routing.resolve import resolve
from firmware.store import site_text
from firmware.store.site_build import build
from tests.architecture.tree import ROOT
from tests.scenarios import telling
from tests.sites import HOUSE_PORTS, HOUSES, PORTS, SMALL

FOLDER = Path(__file__).parent
CATALOGUE = tomllib.loads((ROOT / "firmware/prompts/texts.toml").read_text())
UNLISTED = (
    fx.StartTimer,
    fx.StopTimer,
    fx.Publish,
    fx.PublishLine,
    fx.Light,
    fx.WriteRecord,
    fx.ShowExtension,
)


def _unasked(effect: fx.AnyEffect) -> bool:
    """Who called whom last is stored with every call."""
    return isinstance(effect, fx.SaveState) and effect.key.startswith("last.")


class Play:
    def __init__(self, site: Site = SMALL, ports: Mapping[int, str] = PORTS) -> None:
        self.exchange = Exchange(site, resolve, catalog.FEATURES)
        self.journal = Journal(self.exchange)
        self.now = 1_000_000  # ms
        self.timers: dict[tuple[int, str], tuple[int, int]] = {}  # -> (due, generation)
        self.records: list[CallRecord] = []
        self.lamps: dict[int, str] = {}
        self.shown: dict[str, str] = {}
        self.last: list[fx.AnyEffect] = []
        self.next_sip = 2
        self.who: dict[int, str] = {}
        self.happen(ev.Booted, "life", site)
        for line, kind in ports.items():
            self.happen(ev.LineFound, line, kind, True)
        for number, extension in site.extensions.items():
            if extension.sip:
                self.happen(ev.ContactsChanged, number, (f"sip:{number}@phone",))

    def happen(self, kind: type[ev.Event], *fields: object) -> None:
        event = kind(self.now * 1_000_000, self.now, *fields)
        effects = self.exchange.handle(event)  # type: ignore[arg-type]
        self.journal.note(event, effects)  # type: ignore[arg-type]
        faults = broken(self.exchange.board.tables)
        assert not faults, f"after {event}: {faults}"
        for leg in self.exchange.board.tables.legs.values():
            self.who[leg.id] = f"line {leg.line}" if leg.kind == "fxo" else leg.party
        for effect in effects:
            self._keep(effect)
        self.last += effects

    def _keep(self, effect: fx.AnyEffect) -> None:
        match effect:
            case fx.StartTimer(owner, name, generation, ms):
                self.timers[owner, name] = (self.now + ms, generation)
            case fx.StopTimer(owner, name):
                self.timers.pop((owner, name), None)
            case fx.PlayPrompt(language=language, words=words):
                told = [word for word in words if not word.startswith("recording:")]
                unknown = [word for word in told if language not in CATALOGUE.get(word, {})]
                assert not unknown or words == (SECRET,), f"no prompt says {unknown}"
            case fx.WriteRecord(record):
                self.records.append(record)
            case fx.Light(line, lamp):
                self.lamps[line] = lamp
            case fx.ShowExtension(number, state):
                self.shown.pop(number, None)
                if state != "idle":
                    self.shown[number] = state

    def pass_time(self, ms: int) -> None:
        end = self.now + ms
        while self.timers:
            key, (due, generation) = min(self.timers.items(), key=lambda item: item[1])
            if due > end:
                break
            del self.timers[key]
            self.now = due
            self.happen(ev.TimerFired, *key, generation)
        self.now = end

    def leg_of(self, who: str) -> int:
        for leg in reversed(self.exchange.board.tables.legs.values()):
            if self.who[leg.id] == who:
                return leg.id
        raise AssertionError(f"{who} has no leg")

    def leg_with(self, who: str, other: str) -> int:
        """Of several legs of this phone, the one in a bridge with that party."""
        legs = self.exchange.board.tables.legs.values()
        bridges = {leg.owner for leg in legs if self.who[leg.id] == other}
        return next(leg.id for leg in legs if self.who[leg.id] == who and leg.owner in bridges)

    def line_of(self, who: str) -> int:
        if who.startswith("line "):
            return int(who[5:])
        line = self.exchange.board.site.extensions[who].line
        assert line is not None, f"{who} has no line"
        return line

    def show(self) -> str:
        return "; ".join(
            self.tell(effect)
            for effect in self.last
            if not isinstance(effect, UNLISTED) and not _unasked(effect)
        )

    def tell(self, effect: fx.AnyEffect) -> str:
        return telling.tell(self.who, effect)

    def replay(self) -> None:
        for snapshot, moments in load(self.journal.dump()):
            difference = replay(snapshot, moments, resolve, catalog.FEATURES)
            assert difference is None, difference


Deed = Callable[[Play, str, str], None]


def _call(play: Play, who: str, digits: str) -> None:
    leg, play.next_sip = play.next_sip, play.next_sip + 2
    play.who[leg] = who
    play.happen(ev.CallOffered, leg, who, digits)


def _dial(play: Play, who: str, digits: str) -> None:
    for digit in digits:
        play.happen(ev.DigitHeard, play.leg_of(who), digit)


def _call_by_trunk(play: Play, who: str, what: str) -> None:
    """`outside comes by Carrier to 83587106`: who it is for decides the resolver."""
    trunk, _, called = what.partition(" to ")
    leg, play.next_sip = play.next_sip, play.next_sip + 2
    play.who[leg] = who
    play.happen(ev.CallOffered, leg, "", called, trunk, who)


def _take_place(play: Play, who: str, whom: str) -> None:
    """A phone that wants the place of another leg: of one of its own, or one that rings."""
    wanted = play.leg_of(whom)
    leg, play.next_sip = play.next_sip, play.next_sip + 2
    play.who[leg] = who
    play.happen(ev.CallOffered, leg, who, "", "", "", "", wanted)


def _leave(play: Play, who: str, cause: str) -> None:
    extension = play.exchange.board.site.extensions.get(who)
    if not who.startswith("line") and (extension is None or extension.sip):
        play.happen(ev.LegEnded, play.leg_of(who), cause or "normal")
    else:
        play.happen(ev.LineReleased, play.line_of(who))


def _bring_together(play: Play, who: str, whom: str) -> None:
    """The phone's leg with the first is to be replaced by the party of its leg with the second."""
    first, second = (play.leg_with(who, other) for other in whom.split(" and "))
    play.happen(ev.ReferAsked, first, "", second)


def _saved(play: Play, why: str) -> None:
    """What the box was asked to store last, and that somebody waits for."""
    waiting = play.exchange.board.tables.saving
    assert waiting, "nothing is to be saved"
    number = max(waiting)
    saving = waiting[number]
    if not why:
        play.happen(ev.StateChanged, ((saving.key, saving.value),))
    play.happen(ev.StateSaved, number, why)


DEEDS: dict[str, Deed] = {
    "lifts": lambda play, who, _: play.happen(ev.HandsetLifted, play.line_of(who)),
    "hangs up": _leave,
    "dials": _dial,
    "calls": _call,
    "alerts": lambda play, who, _: play.happen(ev.LegAlerting, play.leg_of(who)),
    "plays": lambda play, who, _: play.happen(ev.LegAlerting, play.leg_of(who), True),
    "answers": lambda play, who, _: play.happen(ev.LegAnswered, play.leg_of(who)),
    "refuses": _leave,
    "cannot be reached": lambda play, who, _: play.happen(
        ev.LegEnded, play.leg_of(who), "unreachable"
    ),
    "fails": lambda play, who, what: play.happen(ev.EffectFailed, play.leg_of(who), what, "broken"),
    "rings": lambda play, who, caller: play.happen(ev.LineRang, play.line_of(who), caller),
    "stops ringing": lambda play, who, _: play.happen(ev.LineQuiet, play.line_of(who)),
    "flashes": lambda play, who, _: play.happen(ev.HookFlashed, play.line_of(who)),
    "holds": lambda play, who, _: play.happen(ev.LegHeld, play.leg_of(who)),
    "resumes": lambda play, who, _: play.happen(ev.LegResumed, play.leg_of(who)),
    "has said": lambda play, _, ms: play.happen(
        ev.RecordingEnded, max(play.exchange.board.tables.recording), int(ms)
    ),
    "has heard": lambda play, who, _: play.happen(ev.PromptEnded, play.leg_of(who)),
    "transfers to": lambda play, who, to: play.happen(ev.ReferAsked, play.leg_of(who), to),
    "comes by": _call_by_trunk,
    "takes the place of": _take_place,
    "brings together": _bring_together,
    "redirects to": lambda play, who, to: play.happen(ev.LegRedirected, play.leg_of(who), to),
    "has sent": lambda play, who, _: play.happen(ev.NumberSent, play.leg_of(who)),
    "reverses": lambda play, who, _: play.happen(ev.LineReversed, play.line_of(who), True),
    "goes down": lambda play, who, _: play.happen(ev.LineWentDown, play.line_of(who), "cut"),
    "comes up": lambda play, who, _: play.happen(ev.LineCameUp, play.line_of(who)),
    "has contacts": lambda play, who, n: play.happen(
        ev.ContactsChanged, who, tuple(f"sip:{who}@phone{i}" for i in range(int(n)))
    ),
    "stops": lambda play, _, __: play.happen(ev.Stopping),
    "has saved": lambda play, _, __: _saved(play, ""),
    "cannot save": lambda play, _, why: _saved(play, why or "disk-full"),
    "is at": lambda play, _, where: play.happen(ev.AddressesChanged, *where.split()),
}
DEED = re.compile(rf"(line \d+|\d+|box) ({'|'.join(DEEDS)}) ?(.*)")


def _recorded(file: Path) -> Play:
    """Played in the house in which it was recorded: its configuration lies beside it."""
    found = site_text.read_old(file.read_text())
    assert found is not None, f"{file} cannot be read"
    site = build(found, 1, 2026)
    play = Play(msgspec.structs.replace(site, codes=catalog.codes(site)))
    play.last = []
    return play


def begin(text: str, folder: Path = FOLDER) -> Play:
    """`site: house barge=hold-other-side` at the top asks for a larger house, and settings."""
    asked = re.search(r"^site: (\S+) ?(.*)$", text, re.MULTILINE)
    if asked and asked[1].endswith(".toml"):
        return _recorded(folder / asked[1])
    play = Play(_house(HOUSES[asked[1]], asked[2]), HOUSE_PORTS) if asked else Play()
    play.last = []
    return play


DIVERSIONS = {
    "names": Diversion(record_name=True),
    "asks": Diversion(always_accept=False),
    "tells": Diversion(tell_caller=True),
}
GROUPS = (
    Group(3, ("102", "103"), one_key=True),
    Group(4, ("102", "103"), "all", one_key=True),
)


def _house(site: Site, settings: str) -> Site:
    """`barge=hold-other-side 104.hotline=102 Sales.strategy=order`: of the site, an extension,
    ..."""
    if settings in DIVERSIONS:
        return msgspec.structs.replace(site, diversion=DIVERSIONS[settings])
    if settings == "groups":
        site = msgspec.structs.replace(site, plan="Exchange", groups=GROUPS)
        return msgspec.structs.replace(site, codes=catalog.codes(site))
    for word in settings.split():
        where, _, value = word.partition("=")
        meant: object = int(value) if where.endswith(("_ms", "_minutes")) else value
        site = _set(site, where.split("."), value == "yes" if value in ("yes", "no") else meant)
    return msgspec.structs.replace(site, codes=catalog.codes(site))


def _set(site: Site, where: list[str], value: object) -> Site:
    if len(where) == 1:
        return msgspec.structs.replace(site, **{where[0]: value})
    name, field = where
    if name in site.extensions:
        one = msgspec.structs.replace(site.extensions[name], **{field: value})
        return msgspec.structs.replace(site, extensions={**site.extensions, name: one})
    departments = tuple(
        msgspec.structs.replace(it, **{field: value}) if it.name == name else it
        for it in site.departments
    )
    return msgspec.structs.replace(site, departments=departments)


def play_file(path: Path) -> Play:
    text = path.read_text()
    play = begin(text, path.parent)
    for number, line in enumerate(text.splitlines(), 1):
        try:
            _play_line(play, line)
        except AssertionError as error:
            raise AssertionError(f"{path.name}:{number}: {line.strip()}\n{error}") from None
    play.replay()
    return play


def _play_line(play: Play, line: str) -> None:
    word = line.strip()
    if not word or word.startswith(("#", "req:", "site:")):
        return
    if word.startswith(">"):
        assert play.show() == word[1:].strip(), f"it did: {play.show()}"
    elif check := CHECK.fullmatch(word):
        found = _found(play, check)
        assert found == check[3].strip(), f"it is: {found}"
    elif match := re.fullmatch(r"saved (\S+) ?(.*)", word):
        play.last = []
        play.happen(ev.StateChanged, ((match[1], match[2]),))
    elif match := re.fullmatch(r"after ([\d.]+) s", word):
        play.last = []
        play.pass_time(int(float(match[1]) * 1000))
    else:
        match = DEED.fullmatch(word)
        assert match, "not a deed"
        play.last = []
        DEEDS[match[2]](play, match[1], match[3])


def _record(record: CallRecord) -> str:
    answered = "answered" if record.answered else "failed"
    line = f" line {record.line}" if record.line else ""
    final = f" by {record.final}" if record.final else ""
    return f"{record.type} {record.caller}>{record.called}{line} {answered}{final} {record.cause}"


def _trail(record: CallRecord) -> str:
    return "; ".join(f"{step.rule} {step.verdict} {step.subject}".strip() for step in record.trail)


def _lamps(play: Play) -> str:
    return " ".join(f"{line}={lamp}" for line, lamp in sorted(play.lamps.items()) if lamp != "off")


def _shown(play: Play) -> str:
    """What keys and lamps show that watch numbers, where they are not idle."""
    return " ".join(f"{number}={state}" for number, state in sorted(play.shown.items()))


CHECK = re.compile(r"(record|trail|lamps|shown)(?: of (\S+))?:(.*)")


def _found(play: Play, check: re.Match[str]) -> str:
    """`record:` is the last one that was written, `record of 102:` the last of that caller."""
    if check[1] in ("lamps", "shown"):
        return _lamps(play) if check[1] == "lamps" else _shown(play)
    records = [it for it in play.records if check[2] in (None, it.caller)]
    assert records, "no such record was written"
    return _record(records[-1]) if check[1] == "record" else _trail(records[-1])


def rewrite(path: Path) -> None:
    """Put down what the exchange does now, in the place of what was expected; review the diff."""
    text = path.read_text()
    play, lines = begin(text, path.parent), []
    for line in text.splitlines():
        indent, word = line[: len(line) - len(line.lstrip())], line.strip()
        if word.startswith(">"):
            lines.append(f"{indent}> {play.show()}".rstrip())
        elif check := CHECK.fullmatch(word):
            head = word.split(":", 1)[0]
            lines.append(f"{indent}{head}: {_found(play, check)}".rstrip())
        else:
            _play_line(play, line)
            lines.append(line)
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        rewrite(Path(name))
