"""A compact copy of `state.db` that the call processor can start from while jobs is dead.

One header line, then one line per entry; every line begins with its own checksum.  A change is
appended, which costs the flash a page instead of the whole; when the file is mostly history it is
written anew (written, synced, renamed).  Appending is not synced: this copy survives the death of
any process, the truth in `state.db` also the power, and jobs brings the copy up to date when it
starts.  A torn or garbled line is left out, and the revision is 0 then: ask for everything.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from firmware.store.database import sync_folder
from firmware.store.state import Entry, well_formed

SLACK = 2_000  # lines of history before the file is written anew
_encode = msgspec.json.Encoder().encode
_header = msgspec.json.Decoder(str).decode
_entry = msgspec.json.Decoder(Entry).decode
_GARBLED = (msgspec.DecodeError, UnicodeError, RecursionError)


class Snapshot(msgspec.Struct, frozen=True):
    """`lineage` is empty when there is none."""

    lineage: str = ""
    revision: int = 0
    entries: dict[str, str] = {}


def read(path: Path) -> Snapshot:
    """What can be read; never raises for what is in the file."""
    try:
        header, *lines = path.read_bytes().split(b"\n")
        lineage = _header(_body(header))
    except (OSError, *_GARBLED):
        return Snapshot()
    entries, revision, whole = dict[str, str](), 0, True
    for line in filter(None, lines):
        entry = _read(line)
        if entry is None:
            whole = False
            continue
        revision = max(revision, entry.revision)
        entries.pop(entry.key, None)
        if entry.value:
            entries[entry.key] = entry.value
    return Snapshot(lineage, revision if whole else 0, entries)


class Writer:
    """Owned by jobs.  After a failure the copy stays as it was, old but true, until `rewrite`."""

    def __init__(self, path: Path, lineage: str) -> None:
        self._path, self._lineage = path, lineage
        self._lines = self._kept = 0
        self.stale = True  # must be written anew

    def append(self, entries: Iterable[Entry]) -> None:
        lines = [_line(entry) for entry in entries]
        if self.stale or self._lines + len(lines) > self._kept * 2 + SLACK:
            self.stale = True
            return
        self.stale = True  # unless all goes well
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            _write_all(descriptor, b"".join(lines))
        finally:
            os.close(descriptor)
        self._lines += len(lines)
        self.stale = False

    def rewrite(self, entries: Iterable[Entry]) -> None:
        lines = [_line(self._lineage).lstrip(), *map(_line, entries)]
        draft = self._path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640)
        try:
            _write_all(descriptor, b"".join(lines))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.rename(self._path)
        sync_folder(self._path.parent)
        self._lines = self._kept = len(lines)
        self.stale = False


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _line(content: Entry | str) -> bytes:
    """The end of line comes first: whatever was torn before stays a line of its own."""
    body = _encode(content)
    return b"\n%08x %b" % (zlib.crc32(body), body)


def _body(line: bytes) -> bytes:
    """Empty for a line that is not whole."""
    checksum, _, body = line.partition(b" ")
    return body if checksum == b"%08x" % zlib.crc32(body) else b""


def _read(line: bytes) -> Entry | None:
    try:
        entry = _entry(_body(line))
    except _GARBLED:
        return None
    return entry if well_formed(entry.key, entry.value) else None
