"""Declarations become keys of the text: every setting has its words, bounds and a place."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from firmware.core.site import Site
from firmware.store.form import Record, Scalar, record, sections
from firmware.store.notation import written
from firmware.store.settings import LOOKED_UP
from firmware.store.site_writer import leaves


def records(kind: Record) -> Iterator[Record]:
    yield kind
    for key in kind.keys.values():
        if isinstance(key.shape, Record):
            yield from records(key.shape)


EVERY = [each for part in sections().values() if part.field for each in records(part.record)]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.type.__name__)
def test_no_field_of_a_setting_struct_is_forgotten(kind: Record) -> None:
    declared = {key.field for key in kind.keys.values()}
    assert declared == set(kind.type.__struct_fields__)


def test_every_field_of_the_site_is_a_setting_a_section_or_looked_up() -> None:
    house = {key.field for key in record(Site).keys.values()}
    parts = {part.field for part in sections().values()} - {""}
    assert house | parts | LOOKED_UP.keys() == set(Site.__struct_fields__)
    assert not LOOKED_UP.keys() & (house | parts)


@pytest.mark.parametrize("part", sections().values(), ids=sections())
def test_every_key_has_words_in_both_languages(part: object) -> None:
    kind = part.record  # type: ignore[attr-defined]
    for name, key in leaves(kind):
        assert key.setting.en, name
        assert key.setting.zh, name
        assert not isinstance(key.shape, Record)
        assert all(key.shape.says), name
        zh = key.setting.zh + key.shape.says[1]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh), name


@pytest.mark.parametrize("part", sections().values(), ids=sections())
def test_every_default_is_within_its_bounds(part: object) -> None:
    for name, key in leaves(part.record):  # type: ignore[attr-defined]
        if isinstance(key.shape, Scalar) and key.default not in (None, ""):
            value = written(key.shape.unit, key.default)
            msgspec.convert(value, key.shape.kind)
        assert key.required or key.default is not None or name, name


def test_patterns_are_anchored_at_both_ends() -> None:
    """A pattern that is merely found somewhere lets anything through."""
    for part in sections().values():
        for name, key in leaves(part.record):
            assert not isinstance(key.shape, Record)
            pattern = "pattern='"
            shown = repr(key.shape)
            if pattern in shown:
                found = shown.partition(pattern)[2]
                assert found.startswith("^"), name
                assert "\\\\Z'" in found, name


def test_the_words_of_a_number_come_from_its_bounds() -> None:
    ring = sections()["timing"].record.keys["ring"]
    assert isinstance(ring.shape, Scalar)
    assert ring.shape.says == ("seconds, from 0.5 to 600", "0.5 至 600 之间的秒数")
