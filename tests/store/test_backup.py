"""Backups: they come back as they were, and nothing hostile comes in with them."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from firmware.store import backup, passphrase
from firmware.store import calls as calls_module
from firmware.store.archive import BackupError, Manifest, Part, read_rows
from firmware.store.backup import KINDS, ConfigurationRow, SecretRow, StateRow, UserRow
from firmware.store.calls import Calls
from firmware.store.config import ConfigStore, Version
from firmware.store.secrets import Secrets, digest
from firmware.store.state import StateStore
from firmware.store.users import User, Users
from tests.store.samples import record

RECORDS = [record(number, caller=f"数{number}") for number in range(30)]
PASSPHRASE = "correct horse 电池"
PHONE = ("extension", "201", "password")
CARRIER = ("trunk", "North", "password")
LATER = ("extension", "202", "password")  # for a version that never came about
USER = User("ann", "Ann", "administrator", "101", "scrypt$x", True, 5)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A box with something of everything."""
    state = tmp_path / "state"
    (state / "backups").mkdir(parents=True)
    store = ConfigStore(state / "config.db")
    store.add(Version(1, 10, "ann", "first", "text one"))
    store.add(Version(2, 20, "ben", "second", "text two"))
    typed = {PHONE: "open-sesame-1", CARRIER: "say-it-again-9", LATER: "never-came-1"}
    secrets = Secrets(state / "secrets.db")
    secrets.keep({PHONE: typed[PHONE], CARRIER: typed[CARRIER]}, 2)
    secrets.keep({LATER: typed[LATER]}, 3)
    Users(state / "users.db").add(USER)
    with StateStore(state / "state.db").change() as change:
        change.put("dnd.101", "{}")
        change.put("dnd.102", "{}")
        change.put("dnd.102", "")
    Calls(state / "calls.db").store(RECORDS, "segment", 1)
    return state


def make(state: Path, kinds: tuple[str, ...] = KINDS, phrase: str = PASSPHRASE) -> Path:
    target = state / "backups" / "B.tar.gz"
    backup.make(state, kinds, target, phrase, "0.1")
    return target


def taken_apart(file: Path, phrase: str = PASSPHRASE) -> tuple[Manifest, Path]:
    folder = file.parent / f"apart-{phrase and 'open'}-{file.name}"
    folder.mkdir()
    return backup.take_apart(file, folder, phrase), folder


def rows(folder: Path, name: str, kind: type) -> list[Any]:
    return list(read_rows(folder / name, kind))


@pytest.mark.req("BKP-01", "BKP-03")
def test_everything_comes_back(state: Path) -> None:
    manifest, folder = taken_apart(make(state))
    assert {part.name: part.rows for part in manifest.parts} == {
        "configuration": 1,
        "secrets": 2,
        "users": 1,
        "state": 1,
        "calls": 30,
    }
    assert rows(folder, "configuration", ConfigurationRow) == [
        ConfigurationRow(2, 20, "ben", "second", "text two")
    ]
    _, md5, sha = digest("201", "open-sesame-1")
    assert rows(folder, "secrets", SecretRow) == [
        SecretRow(*PHONE, "ha1", md5.encode(), sha.encode()),
        SecretRow(*CARRIER, "said", b"say-it-again-9"),
    ]
    assert rows(folder, "users", UserRow)[0].hash == "scrypt$x"
    assert rows(folder, "state", StateRow) == [StateRow("dnd.101", "{}")]
    assert rows(folder, "calls", type(RECORDS[0])) == RECORDS


@pytest.mark.req("BKP-01")
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_alone(state: Path, kind: str) -> None:
    manifest, _ = taken_apart(make(state, (kind,)))
    assert [part.name for part in manifest.parts] == [kind]


def test_secrets_are_sealed_or_not_there(state: Path) -> None:
    _, md5, sha = digest("201", "open-sesame-1")
    for phrase in (PASSPHRASE, ""):
        data = gzip.decompress(make(state, phrase=phrase).read_bytes())
        assert md5.encode() not in data
        assert sha.encode() not in data
        assert b"scrypt$x" not in data
        assert b"say-it-again-9" not in data
    manifest, folder = taken_apart(make(state, phrase=""))
    assert [part.name for part in manifest.parts] == ["configuration", "state", "calls"]
    manifest, folder = taken_apart(make(state, phrase=PASSPHRASE).rename(state / "C.tar.gz"), "")
    assert len(manifest.parts) == 5
    assert sorted(path.name for path in folder.iterdir()) == ["calls", "configuration", "state"]


def test_a_wrong_passphrase_opens_nothing(state: Path) -> None:
    with pytest.raises(BackupError) as refused:
        taken_apart(make(state), "other")
    assert refused.value.code == "wrong-passphrase"


def test_a_backup_is_for_its_owner_only_and_anybody_can_look_into_it_by_tar(state: Path) -> None:
    file = make(state)
    assert file.stat().st_mode & 0o777 == 0o600
    with tarfile.open(file) as tar:
        assert tar.getnames()[:2] == ["manifest.json", "configuration.rows"]
    assert [path.name for path in file.parent.iterdir()] == ["B.tar.gz"]


def test_a_backup_sees_one_moment(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that end while it is made are in it whole or not at all, and are not held up."""
    calls = Calls(state / "calls.db")
    seen = list[str]()
    inflate = calls_module.inflate

    def slowly(data: bytes) -> Any:
        if not seen:
            calls.store([record(number) for number in range(100, 200)], "segment", 2)
        seen.append("row")
        return inflate(data)

    monkeypatch.setattr(backup, "inflate", slowly)
    manifest, _ = taken_apart(make(state, ("calls",)))
    assert manifest.parts[0].rows == 30
    assert calls.count() == 130


# -- hostile ---------------------------------------------------------------------------------------
def forged(
    path: Path, entries: list[tuple[tarfile.TarInfo, bytes]], format: int = tarfile.USTAR_FORMAT
) -> Path:
    with tarfile.open(path, "w:gz", format=format) as tar:
        for info, data in entries:
            if info.isreg():
                info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def entry(name: str, **fields: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


def manifest_of(*parts: Part, **fields: Any) -> bytes:
    made = Manifest("hookswitch", 1, "0.1", 0, parts)
    return msgspec.json.encode(msgspec.structs.replace(made, **fields))


def good_part(name: str, data: bytes, **fields: Any) -> Part:
    part = Part(name, 1, 1, len(data), hashlib.sha256(data).hexdigest())
    return msgspec.structs.replace(part, **fields)


ROW = msgspec.msgpack.encode(StateRow("dnd.101", "{}"))
STATE = len(ROW).to_bytes(4, "big") + ROW
PART = good_part("state", STATE)
HEAD = (entry("manifest.json"), manifest_of(PART))
BODY = (entry("state.rows"), STATE)
Entries = list[tuple[tarfile.TarInfo, bytes]]


def changed(part: Part, data: bytes = STATE, **fields: Any) -> Entries:
    told = msgspec.structs.replace(part, **fields)
    return [(entry("manifest.json"), manifest_of(told)), (entry(f"{part.name}.rows"), data)]


EVIL: dict[str, tuple[str, Entries]] = {
    "no manifest": ("not-a-backup", [BODY]),
    "manifest later": ("not-a-backup", [BODY, HEAD]),
    "manifest is a link": (
        "foreign",
        [(entry("manifest.json", type=tarfile.SYMTYPE, linkname="/etc/passwd"), b"")],
    ),
    "manifest is no JSON": ("not-a-backup", [(entry("manifest.json"), b"{")]),
    "manifest nests": ("not-a-backup", [(entry("manifest.json"), b"[" * 60_000)]),
    "manifest is huge": ("not-a-backup", [(entry("manifest.json"), b" " * 100_000), BODY]),
    "other product": (
        "not-a-backup",
        [(entry("manifest.json"), manifest_of(PART, product="freepbx")), BODY],
    ),
    "later format": ("newer", [(entry("manifest.json"), manifest_of(PART, format=2)), BODY]),
    "later section": ("newer", changed(PART, version=2)),
    "outside": ("foreign", changed(good_part("../state", STATE))),
    "absolute": ("foreign", changed(good_part("/etc/cron.d/x", STATE))),
    "other name inside": ("foreign", [HEAD, (entry("../../state.rows"), STATE)]),
    "link inside": ("foreign", [HEAD, (entry("state.rows", type=tarfile.SYMTYPE), b"")]),
    "hard link inside": ("foreign", [HEAD, (entry("state.rows", type=tarfile.LNKTYPE), b"")]),
    "device inside": ("foreign", [HEAD, (entry("state.rows", type=tarfile.CHRTYPE), b"")]),
    "folder inside": ("foreign", [HEAD, (entry("state.rows", type=tarfile.DIRTYPE), b"")]),
    "unknown section": ("foreign", changed(good_part("sqlite_schema", STATE))),
    "trigger": ("foreign", changed(good_part("triggers", STATE))),
    "twice": ("foreign", [(entry("manifest.json"), manifest_of(PART, PART)), BODY, BODY]),
    "more than it says": ("foreign", [HEAD, BODY, (entry("evil.sh"), b"#!")]),
    "less than it says": ("foreign", [HEAD]),
    "wrong checksum": ("damaged", changed(PART, sha256="0" * 64)),
    "one byte changed": ("damaged", changed(PART, STATE[:-1] + b"x")),
    "wrong size": ("foreign", changed(PART, size=7)),
    "negative size": ("too-large", changed(PART, size=-1)),
    "enormous": ("too-large", changed(PART, size=1 << 50)),
    "wrong count": ("damaged", changed(PART, rows=2)),
    "huge count": ("damaged", changed(PART, rows=1 << 60)),
    "negative count": ("too-large", changed(PART, rows=-1)),
    "row of another kind": ("damaged", changed(good_part("calls", STATE))),
    "row breaks off": ("damaged", changed(good_part("state", STATE[:-3]), STATE[:-3])),
    "row without end": (
        "damaged",
        changed(good_part("state", b"\xff\xff\xff\xff"), b"\xff\xff\xff\xff"),
    ),
    "secrets not sealed": ("foreign", changed(good_part("secrets", STATE))),
    "state sealed": ("foreign", changed(PART, sealed=True)),
    "sealed nonsense": (
        "wrong-passphrase",
        changed(good_part("secrets", STATE, sealed=True)),
    ),
}


@pytest.mark.req("BKP-08")
@pytest.mark.parametrize("name", EVIL)
def test_fail__archive(tmp_path: Path, name: str) -> None:
    code, entries = EVIL[name]
    file = forged(tmp_path / "B.tar.gz", entries)
    with pytest.raises(BackupError) as refused:
        taken_apart(file)
    assert refused.value.code == code
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path != file]
    assert all(path.parent.name.startswith("apart") for path in left)


def test_the_good_one_of_these_is_good(tmp_path: Path) -> None:
    _, folder = taken_apart(forged(tmp_path / "B.tar.gz", [HEAD, BODY]))
    assert rows(folder, "state", StateRow) == [StateRow("dnd.101", "{}")]


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_extended_headers_are_refused(tmp_path: Path, format: int) -> None:
    long = entry("m" * 300)
    file = forged(tmp_path / "B.tar.gz", [(long, b""), HEAD, BODY], format)
    with pytest.raises(BackupError):
        taken_apart(file)


SPOIL: list[Callable[[bytes], bytes]] = [
    lambda _: b"",
    lambda data: data[: len(data) // 2],
    lambda data: data[:-9],
    lambda data: b"\0" * len(data),
    lambda data: data[:40] + bytes([data[40] ^ 255]) + data[41:],
    lambda _: gzip.compress(b"\0" * 50_000_000),  # a bomb
    lambda data: gzip.compress(gzip.decompress(data) + b"\0" * 50_000_000),  # another
    lambda data: gzip.compress(gzip.decompress(data)[:-1024] + b"x" * 4096),
]


@pytest.mark.parametrize("number", range(len(SPOIL)))
def test_a_spoiled_file_is_refused(state: Path, number: int) -> None:
    file = make(state)
    file.write_bytes(SPOIL[number](file.read_bytes()))
    with pytest.raises(BackupError) as refused:
        taken_apart(file)
    assert refused.value.code in ("damaged", "not-a-backup", "foreign", "too-large")


def test_any_changed_byte_is_noticed(state: Path) -> None:
    data = gzip.decompress(make(state, ("state",), "").read_bytes())
    first = bytearray(data)
    for place in range(0, 512 * 4, 7):
        spoiled = first.copy()
        spoiled[place] ^= 1
        file = state / "x.tar.gz"
        file.write_bytes(gzip.compress(spoiled, 1))
        folder = state / f"apart-{place}"
        folder.mkdir()
        try:
            backup.take_apart(file, folder, "")
        except BackupError:
            continue
        content = list(read_rows(folder / "state", StateRow))
        assert content == [StateRow("dnd.101", "{}")], "padding or a time: nothing that counts"


@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 31, b"y" * 32, b"z" * 1000])
def test_seals(data: bytes) -> None:
    sealed = passphrase.seal(data, "one")
    assert passphrase.unseal(sealed, "one") == data
    assert passphrase.seal(data, "one") != sealed
    for place in (0, 40, len(sealed) - 1):
        with pytest.raises(passphrase.WrongPassphrase):
            passphrase.unseal(
                sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :], "one"
            )


@pytest.mark.req("BKP-04")
def test_the_name_says_when() -> None:
    assert backup.file_name(datetime(2006, 3, 29, 9, 15)) == "B200603290915.tar.gz"
