"""What a configuration text says, once read: the site, the secrets it names, its comments.

The site in here is not finished: what is looked up (tones, clock changes, the version) is empty
until `site_build` fills it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from firmware.core.setting import Secret
from firmware.core.site import Site, Tones
from firmware.store.form import KEPT, MAKE, Part, Record, secret_keys, sections
from firmware.store.secrets import SecretId

Address = tuple[str, str, str]  # section, entry ("" in a table), key ("" is the header)

LOOKED_UP: Final[dict[str, Any]] = {
    "version": 0,
    "tones": Tones((), (), (), ()),
    "ring_cadence": (),
    "codes": (),
    "zone": (),
}


def empty_site(**fields: Any) -> Site:
    defaults = {key.field: key.default for key in sections()["site"].record.keys.values()}
    none: dict[str, Any] = {"extensions": {}, "lines": {}}
    return Site(**(LOOKED_UP | none | defaults | fields))


class Config(msgspec.Struct, frozen=True, kw_only=True):
    site: Site = msgspec.field(default_factory=empty_site)
    secrets: dict[SecretId, str] = {}  # KEPT, MAKE or what was typed
    notes: dict[Address, tuple[str, ...]] = {}  # the administrators' own comment lines


def entries(site: Site, part: Part) -> dict[str, Any]:
    """The entries of a list section by what people call them, in their order."""
    held = getattr(site, part.field)
    values: Iterable[Any] = held.values() if part.keyed else held
    return {str(getattr(entry, part.id_field)): entry for entry in values}


def gathered(part: Part, found: Iterable[Any]) -> Any:
    """Entries as `Site` keeps them: by their id and sorted, or in the order of the text."""
    if not part.keyed:
        return tuple(found)
    by_id = {getattr(entry, part.id_field): entry for entry in found}
    return {name: by_id[name] for name in sorted(by_id)}


def replaced(site: Site, part: Part, found: Iterable[Any]) -> Site:
    return msgspec.structs.replace(site, **{part.field: gathered(part, found)})


def table(site: Site, part: Part) -> Any:
    """What a `[section]` says; the house is the site itself."""
    return getattr(site, part.field) if part.field else site


def secret_of(identity: SecretId) -> Secret:
    section, _, key = identity
    return secret_keys(sections()[section])[key]


def typed(config: Config) -> dict[SecretId, str]:
    return {name: value for name, value in config.secrets.items() if value not in (KEPT, MAKE)}


def wanted(config: Config) -> list[SecretId]:
    """The secrets that the box is asked to make up."""
    return [name for name, value in config.secrets.items() if value == MAKE]


def sealed(config: Config, made: Mapping[SecretId, str]) -> tuple[Config, dict[SecretId, str]]:
    """The configuration with `(kept)` for each secret, and those that are new."""
    fresh = typed(config) | dict(made)
    secrets = dict.fromkeys(config.secrets, KEPT)
    return msgspec.structs.replace(config, secrets=secrets), fresh


def blank(record: Record) -> dict[str, Any]:
    return {key.field: key.default for key in record.keys.values()}
