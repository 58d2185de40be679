"""The applied site file: whatever happens to the newest, there is one to start from."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest

from firmware.core.site import Site
from firmware.store import applied
from firmware.store.applied import Applied, read_current, write
from firmware.store.database import StoreError
from tests.sites import SMALL

CREDENTIALS = (("201", "a" * 32, "b" * 64),)


def site(version: int) -> Site:
    return msgspec.structs.replace(SMALL, version=version)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write(tmp_path, Applied(site(1), CREDENTIALS))
    assert read_current(tmp_path) == Applied(site(1), CREDENTIALS)


def test_nothing_was_ever_written(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no applied configuration"):
        read_current(tmp_path / "nowhere")


def test_the_last_five_are_kept(tmp_path: Path) -> None:
    for version in range(1, 9):
        write(tmp_path, Applied(site(version)))
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"current", *(f"site-{version}.msgpack" for version in range(4, 9))}
    assert read_current(tmp_path).site.version == 8


def test_others_cannot_read_it(tmp_path: Path) -> None:
    write(tmp_path, Applied(site(1), CREDENTIALS))
    assert stat.S_IMODE(os.stat(tmp_path / "site-1.msgpack").st_mode) == 0o640


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("harm", [cut, flip, lambda _: b"", lambda data: bytes(len(data))])
def test_a_harmed_file_falls_back_to_the_one_before(tmp_path: Path, harm: object) -> None:
    assert callable(harm)
    write(tmp_path, Applied(site(1), CREDENTIALS))
    write(tmp_path, Applied(site(2)))
    path = tmp_path / "site-2.msgpack"
    path.write_bytes(harm(path.read_bytes()))
    assert read_current(tmp_path) == Applied(site(1), CREDENTIALS)
    path.unlink()
    assert read_current(tmp_path) == Applied(site(1), CREDENTIALS)


def test_what_was_prepared_is_not_in_force(tmp_path: Path) -> None:
    write(tmp_path, Applied(site(1)))
    applied.prepare(tmp_path, Applied(site(2)))
    assert read_current(tmp_path).site.version == 1
    applied.switch(tmp_path, 2)
    assert read_current(tmp_path).site.version == 2


def test_without_the_link_the_newest_good_one_counts(tmp_path: Path) -> None:
    write(tmp_path, Applied(site(9)))
    write(tmp_path, Applied(site(10)))
    (tmp_path / "current").unlink()
    assert read_current(tmp_path).site.version == 10


def test_leftovers_of_a_killed_writer_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path, Applied(site(1)))
    (tmp_path / "draft").write_bytes(b"half")
    (tmp_path / "current.new").symlink_to("site-7.msgpack")
    (tmp_path / "site-x.msgpack").write_bytes(b"who knows")
    write(tmp_path, Applied(site(2)))
    assert read_current(tmp_path).site.version == 2


def test_a_full_disk_is_noticed_before_anything_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, Applied(site(1)))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(applied.os, "fsync", full)  # type: ignore[attr-defined]
    with pytest.raises(OSError, match="No space"):
        applied.prepare(tmp_path, Applied(site(2)))
    assert read_current(tmp_path).site.version == 1
