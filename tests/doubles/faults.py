"""A disk that fails on demand, under SQLite and under our own files alike.

`Disk` counts every write point: each write, sync, truncation, rename, removal and creation, whether
SQLite makes it (through a VFS) or our code does (through `os`).  At point number `at` it does one
of:

- `kill`: the process dies as by kill -9, before the deed;
- `torn`: half of a write reaches the file, then the process dies;
- `power`: as `kill`, and what was not synced is lost, or part of it, by the seed: writes that were
  not synced are kept or dropped one by one, renames and removals in folders that were not synced
  are undone from some point on;
- `full`, `error`, `read-only`: the deed fails, and so does every one after it, until `heal`.

`at_every_point` runs a scenario in one forked child per point, so each test sees them all.  What
the child says with `say` before it dies reaches the test: what was announced may not be lost.
"""

from __future__ import annotations

import errno
import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import apsw

Fault = Literal["kill", "torn", "power", "full", "error", "read-only"]
Say = Callable[[str], None]
BASE = "unix"  # SQLite's own
LETHAL = ("kill", "torn", "power")
_CODES = {"full": errno.ENOSPC, "error": errno.EIO, "read-only": errno.EROFS}
_SQLITE: dict[str, type[Exception]] = {
    "full": apsw.FullError,
    "error": apsw.IOError,
    "read-only": apsw.ReadOnlyError,
}
_OS_CALLS = ("write", "fsync", "fdatasync", "ftruncate", "rename", "replace", "unlink", "open")


class Disk:
    """One at a time; `remove` puts everything back as it was."""

    def __init__(self, at: int, fault: Fault, seed: int = 0, root: Path | None = None) -> None:
        self.at, self.fault = at, fault
        self.points = 0
        self._root = str(root) if root else ""
        self._unsynced = Unsynced(random.Random(seed)) if fault == "power" else None
        self._real: dict[str, Any] = {name: getattr(os, name) for name in _OS_CALLS}
        self._healed = False

    def install(self) -> Disk:
        self._vfs = _Vfs(self)
        for name in _OS_CALLS:
            setattr(os, name, getattr(self, f"_{name}"))
        return self

    def remove(self) -> None:
        for name, real in self._real.items():
            setattr(os, name, real)
        self._vfs.unregister()

    def heal(self) -> None:
        self._healed = True

    def point(self, tear: Callable[[], object] = lambda: None) -> None:
        """A deed is about to be done.  Returns, raises `OSError`, or never comes back."""
        self.points += 1
        if self.points < self.at or self._healed:
            return
        if self.fault in LETHAL:
            if self.points == self.at:
                self._die(tear)
            return
        raise OSError(_CODES[self.fault], os.strerror(_CODES[self.fault]))

    def _die(self, tear: Callable[[], object]) -> None:
        if self.fault == "torn":
            tear()
        for name, real in self._real.items():
            setattr(os, name, real)
        if self._unsynced:
            self._unsynced.lose()
        os.kill(os.getpid(), signal.SIGKILL)

    # -- our own files -----------------------------------------------------------------------------
    def _ours(self, path: str) -> bool:
        return path.startswith(self._root) and not path.endswith(("-shm", ".lock"))

    def _path(self, descriptor: int) -> str:
        return os.readlink(f"/proc/self/fd/{descriptor}")

    def _write(self, descriptor: int, data: bytes) -> int:
        path = self._path(descriptor)
        real = self._real["write"]
        if self._ours(path):
            self.point(lambda: real(descriptor, data[: len(data) // 2]))
            if self._unsynced:
                self._unsynced.write(path, os.stat(path).st_size, bytes(data))
        done: int = real(descriptor, data)
        return done

    def _fsync(self, descriptor: int) -> None:
        path = self._path(descriptor)
        if self._ours(path):
            self.point()
        self._real["fsync"](descriptor)
        if self._unsynced and self._ours(path):
            self._unsynced.synced(path)

    def _fdatasync(self, descriptor: int) -> None:
        self._fsync(descriptor)

    def _ftruncate(self, descriptor: int, size: int) -> None:
        if self._ours(self._path(descriptor)):
            self.point()
        self._real["ftruncate"](descriptor, size)

    def _rename(self, source: Any, target: Any, **more: Any) -> None:
        if self._ours(str(target)):
            self.point()
            if self._unsynced:
                self._unsynced.renamed(str(source), str(target))
        self._real["rename"](source, target, **more)

    def _replace(self, source: Any, target: Any, **more: Any) -> None:
        self._rename(source, target, **more)

    def _unlink(self, path: Any, **more: Any) -> None:
        if self._ours(str(path)) and os.path.lexists(path):
            self.point()
            if self._unsynced:
                self._unsynced.removed(str(path))
        self._real["unlink"](path, **more)

    def _open(self, path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & os.O_CREAT and self._ours(str(path)) and not os.path.exists(path):
            self.point()
        descriptor: int = self._real["open"](path, flags, *more, **named)
        return descriptor


class Unsynced:
    """What a power cut may take back."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._bases: dict[str, bytes] = {}  # as it was at the last sync
        self._writes: dict[str, list[tuple[int, bytes | None]]] = {}  # None: truncated here
        self._moves: list[tuple[str, str, bytes | None]] = []  # from, to, what was at `to`

    def write(self, path: str, offset: int, data: bytes | None) -> None:
        if path not in self._bases:
            self._bases[path] = Path(path).read_bytes() if os.path.exists(path) else b""
        self._writes.setdefault(path, []).append((offset, data))

    def synced(self, path: str) -> None:
        self._bases.pop(path, None)
        self._writes.pop(path, None)
        self._moves = [move for move in self._moves if os.path.dirname(move[1]) != path]

    def renamed(self, source: str, target: str) -> None:
        self._moves.append((source, target, _content(target)))
        for table in (self._bases, self._writes):
            if source in table:
                table[target] = table.pop(source)  # type: ignore[assignment]

    def removed(self, path: str) -> None:
        self._moves.append(("", path, _content(path)))
        self._bases.pop(path, None)
        self._writes.pop(path, None)

    def lose(self) -> None:
        for path, base in self._bases.items():
            if os.path.exists(path):
                Path(path).write_bytes(self._partly(base, self._writes[path]))
        kept = self._chance.randint(0, len(self._moves))
        for source, target, before in reversed(self._moves[kept:]):
            if source and os.path.exists(target):
                os.rename(target, source)
            if before is not None:
                Path(target).write_bytes(before)

    def _partly(self, base: bytes, writes: list[tuple[int, bytes | None]]) -> bytes:
        content = bytearray(base)
        for offset, data in writes:
            if self._chance.random() < 0.5:
                continue
            if data is None:
                del content[offset:]
                continue
            if self._chance.random() < 0.2:  # a sector of it
                whole = data[: self._chance.randrange(0, len(data) + 1, 512)]
            else:
                whole = data
            content.extend(bytes(max(0, offset + len(whole) - len(content))))
            content[offset : offset + len(whole)] = whole
        return bytes(content)


def _content(path: str) -> bytes | None:
    return Path(path).read_bytes() if os.path.isfile(path) else None


# -- SQLite ----------------------------------------------------------------------------------------
class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__("faults", BASE, makedefault=True)

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        return _File(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        with _sqlite(self._disk):
            self._disk.point()
        super().xDelete(filename, syncdir)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        super().__init__(BASE, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        half = data[: len(data) // 2]
        with _sqlite(self._disk):
            self._disk.point(lambda: super(_File, self).xWrite(half, offset))
        if self._disk._unsynced:
            self._disk._unsynced.write(self._path, offset, bytes(data))
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        with _sqlite(self._disk):
            self._disk.point()
        super().xSync(flags)
        if self._disk._unsynced:
            self._disk._unsynced.synced(self._path)

    def xTruncate(self, newsize: int) -> None:
        with _sqlite(self._disk):
            self._disk.point()
        if self._disk._unsynced:
            self._disk._unsynced.write(self._path, newsize, None)
        super().xTruncate(newsize)


class _sqlite:
    """Says it in SQLite's words."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, OSError):
            raise _SQLITE[self._disk.fault](str(error)) from None


# -- scenarios -------------------------------------------------------------------------------------
def at_every_point(
    scenario: Callable[[Path, Say], None], fault: Fault, folder: Path, seed: int = 0
) -> Iterator[tuple[int, Path, list[str]]]:
    """Run the scenario once per point, each in a fresh folder below `folder`; gives the number of
    the point, the folder as the dead left it, and what was said.  Ends after the run that no
    fault hit."""
    at, complete = 0, False
    while not complete:
        at += 1
        state = folder / f"{fault}-{seed}-{at}"
        state.mkdir()
        said, complete = _run(scenario, state, Disk(at, fault, seed * 10_000 + at, state))
        yield at, state, said


def _run(scenario: Callable[[Path, Say], None], state: Path, disk: Disk) -> tuple[list[str], bool]:
    hear, speak = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(hear)
        _be_the_child(scenario, state, disk, speak)
    os.close(speak)
    with os.fdopen(hear, "rb") as file:
        said = file.read().decode().splitlines()
    _, status = os.waitpid(child, 0)
    complete = os.waitstatus_to_exitcode(status) == 0
    assert complete or os.WIFSIGNALED(status), f"at point {disk.at}: {said}"
    return said, complete


def _be_the_child(
    scenario: Callable[[Path, Say], None], state: Path, disk: Disk, speak: int
) -> None:
    code = 1
    try:
        write = os.write
        disk.install()
        scenario(state, lambda text: (write(speak, f"{text}\n".encode()), None)[1])
        code = 0
    except BaseException as error:
        os.write(speak, f"failed: {error!r}\n".encode())
    finally:
        os._exit(code)
