"""Any valid configuration, for hypothesis.

Values come from the declarations themselves, so a new setting is tried without a word here; only
what must hold between settings is said by hand.  Hypothesis chooses a seed, and everything else
follows from it: drawing every one of some hundred values from hypothesis would take seconds.
"""

from __future__ import annotations

import random
import re
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from firmware.core.site import Extension, OutboundRoute, SipProfile, Site
from firmware.store.checks import Ground, check
from firmware.store.countries import names
from firmware.store.form import KEPT, Key, ListOf, MapOf, Part, Record, Scalar, Shape, sections
from firmware.store.places import Places
from firmware.store.secrets import SecretId
from firmware.store.settings import Address, Config, empty_site, gathered
from firmware.store.values import flat, named_keys, plain
from tests.store.samples import GROUND

EMERGENCY = ("110", "112", "119", "120", "122")
OWN: dict[str, tuple[Any, ...]] = {  # keys of the house that are looked up elsewhere
    "country": names(),
    "zone": ("", "Asia/Shanghai", "America/New_York", "Etc/GMT+5"),
    "emergency": (EMERGENCY,),
}
LETTERS = "abcXYZ 0189-_./\\'\"#=[]{}:,;*+~!@$%&äß中文字號，。😀"
SHAPES = ("zh", "en", "FC-12", "FC-64", "*72 *73", "41-49", "host.example:5060", "[::1]:5061")


def _seeded(seed: int) -> Config:
    return _Dice(random.Random(seed)).config()


configs = st.integers(0, 2**48).map(_seeded)


class _Dice:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._numbers: list[str] = []
        self._ports: list[int] = []

    def config(self) -> Config:
        """Valid on GROUND with every secret kept."""
        while True:
            config = self._draft()
            if not check(config, kept_by(config), Places("")):
                return config

    def _draft(self) -> Config:
        self._numbers = sorted({self._digits(3, 6) for _ in range(self._chance.randrange(6))})
        self._numbers = [number for number in self._numbers if number not in EMERGENCY]
        self._ports = sorted(self._chance.sample(range(5, 9), self._chance.randrange(5)))
        fields = {
            part.field: self._section(part)
            for part in sections().values()
            if part.field and part.name not in ("extension", "line", "route")
        }
        house = {key.field: self._value(key) for key in sections()["site"].record.keys.values()}
        site = empty_site(**fields, **house, **self._telephones())
        return Config(site=site, secrets=self._secrets(site), notes=self._notes(site))

    def _telephones(self) -> dict[str, Any]:
        handsets = dict(zip(self._numbers[: self._chance.randrange(5)], range(1, 5), strict=False))
        extensions: dict[str, Extension] = {}
        for number in self._numbers:
            given: dict[str, Any] = {"number": number, "line": handsets.get(number)}
            if number in handsets:
                given["profile"] = SipProfile()
            extensions[number] = self._struct(sections()["extension"].record, **given)
        lines = {port: self._struct(sections()["line"].record, line=port) for port in self._ports}
        return {"extensions": extensions, "lines": lines, "routes": self._routes()}

    def _routes(self) -> tuple[OutboundRoute, ...]:
        kind = sections()["route"].record
        few = self._chance.randrange(4) if self._ports else 0
        prefixes = {self._digits(1, 6) for _ in range(few)}
        found = [self._struct(kind, prefix=prefix) for prefix in prefixes]
        return tuple({route.name: route for route in found}.values())

    def _section(self, part: Part) -> Any:
        """A table; or a few entries, of which no two share what must not be shared."""
        if part.table:
            return self._struct(part.record)
        pools: set[tuple[str, object]] = {("number", number) for number in self._numbers}
        found: dict[str, Any] = {}
        for _ in range(self._chance.randrange(3)):
            entry = self._struct(part.record)
            shared = {(pool, value) for _, pool, value in named_keys(part.record, entry)}
            if not shared & pools:
                pools |= shared
                found.setdefault(str(getattr(entry, part.id_field)), entry)
        return gathered(part, found.values())

    def _secrets(self, site: Site) -> dict[SecretId, str]:
        found: dict[SecretId, str] = {}
        for part in sections().values():
            for secret in part.secrets:
                for entry in getattr(site, part.field).values():
                    if getattr(entry, "line", None) is None and self._chance.random() < 0.5:
                        found[part.name, str(getattr(entry, part.id_field)), secret.key] = KEPT
        return found

    def _notes(self, site: Site) -> dict[Address, tuple[str, ...]]:
        """Comments at some of the places where there can be any."""
        places: list[Address] = [("", "", "end"), ("site", "", ""), ("timing", "", "ring")]
        for number, extension in site.extensions.items():
            kind = sections()["extension"].record
            places += [("extension", number, plain(key)) for key in ["", *flat(kind, extension)]]
        some = self._chance.sample(places, min(len(places), self._chance.randrange(4)))
        return {place: ("why " + self._word(20).strip(" "),) for place in some}

    # -- values ------------------------------------------------------------------------------------
    def _struct(self, kind: Record, **given: Any) -> Any:
        keys = [key for key in kind.keys.values() if key.field not in given]
        return kind.type(**{key.field: self._value(key) for key in keys}, **given)

    def _value(self, key: Key) -> Any:
        if key.name in OWN:
            return self._chance.choice(OWN[key.name])
        if not key.required and self._chance.random() < 0.4:
            return key.default
        return self._of(key.shape)

    def _of(self, shape: Shape) -> Any:
        match shape:
            case Scalar():
                return self._scalar(shape)
            case Record():
                return self._struct(shape)
            case ListOf():
                few = self._chance.randint(shape.shortest, max(shape.shortest, 3))
                nobody = isinstance(shape.item, Scalar) and not self._known(shape.item)
                return () if nobody else tuple(self._of(shape.item) for _ in range(few))
            case MapOf():
                few = self._chance.randrange(3)
                pairs = [(self._of(shape.name), self._of(shape.item)) for _ in range(few)]
                return dict(sorted(dict(pairs).items(), key=lambda pair: str(pair[0])))

    def _known(self, shape: Scalar) -> bool:
        return bool({"extension": self._numbers, "line": self._ports}.get(shape.refers, [1]))

    def _scalar(self, shape: Scalar) -> Any:
        kind, meta = shape.kind, msgspec.Meta()
        if get_origin(kind) is Annotated:
            kind, meta = get_args(kind)
        if shape.refers == "extension" and self._numbers:
            return self._chance.choice(self._numbers)
        if shape.refers:
            return self._chance.choice(self._ports) if shape.refers == "line" else ""
        if shape.unit in ("clock", "weekday"):
            return self._chance.randrange(1441 if shape.unit == "clock" else 7)
        if get_origin(kind) is Literal:
            return self._chance.choice(get_args(kind))
        if kind is bool:
            return self._chance.random() < 0.5
        return self._text(meta) if kind is str else self._number(kind, shape, meta)

    def _number(self, kind: Any, shape: Scalar, meta: msgspec.Meta) -> Any:
        factor = 1000 if shape.unit == "ms" else 1
        low, high = float(meta.ge or 0) * factor, float(meta.le or 10_000) * factor
        if kind is float and shape.unit != "ms":
            return self._chance.uniform(low, high)
        return self._chance.randint(round(low), round(high))

    def _text(self, meta: msgspec.Meta) -> str:
        """Something that fits: words and digits of any length, or what few patterns want."""
        pattern = re.compile(meta.pattern or ".*")
        for _ in range(500):
            longest = self._chance.randrange(1, 24)
            text = self._chance.choice(
                (self._digits(0, longest), self._word(longest), self._chance.choice(SHAPES))
            )
            if pattern.match(text) and len(text) <= (meta.max_length or 200):
                return text
        raise AssertionError(f"nothing fits {meta.pattern}: add to SHAPES")

    def _digits(self, shortest: int, longest: int) -> str:
        length = self._chance.randint(shortest, longest)
        return "".join(self._chance.choice("0123456789") for _ in range(length))

    def _word(self, longest: int) -> str:
        return "".join(self._chance.choice(LETTERS) for _ in range(longest))


def kept_by(config: Config) -> Ground:
    return Ground(GROUND.ports, frozenset(config.secrets))
