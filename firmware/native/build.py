#!/usr/bin/env python3
"""Build the engine and install it into a virtual environment: build.py <venv>/bin/python

Promises one wheel, hookswitch_engine, built at most once for the same recipe, C source, pjproject
source, compiler and Python, and kept outside the tree, in hookswitch/engine of the user's cache
($XDG_CACHE_HOME or ~/.cache):

    source/         the pjproject tarball, once fetched
    base-<key>/     libraries and wrapper (pjproject.py: about two minutes)
    wheel-<key>/    the wheel (extension.py: seconds)

A folder appears there by rename, when it is complete; a lock keeps two runs from doing the same
work.  A pjproject other than the proven one is installed only if it passes the selftest.  No system
package is installed: packages.txt names what must be there.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import extension
import pjproject
import source

ROOT = Path(__file__).resolve().parents[2]
KEEP = 4
ASK = """
import json, sys, sysconfig
tag = f"cp{sys.version_info[0]}{sys.version_info[1]}"
platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
print(json.dumps({
    "suffix": sysconfig.get_config_var("EXT_SUFFIX"), "tags": f"{tag}-{tag}-{platform}",
    "include": sysconfig.get_path("include"), "site": sysconfig.get_path("platlib"),
}))
"""


def main() -> None:
    if len(sys.argv) != 2 or not os.access(sys.argv[1], os.X_OK):
        raise SystemExit(__doc__)
    venv_python = sys.argv[1]
    python = json.loads(subprocess.check_output([venv_python, "-c", ASK]))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hookswitch/engine"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        if not free(lock):
            print("engine: wait for another build", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        wheel, proven = make(cache, python)
        install(wheel, proven, venv_python, Path(python["site"]) / extension.PACKAGE)
        prune(cache)


def free(lock: IO[str]) -> bool:
    """Takes the lock if nobody has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def make(cache: Path, python: dict[str, str]) -> tuple[Path, bool]:
    """The wheel, and whether its pjproject is the one this project was measured with."""
    tarball, sha = source.tarball(cache / "source")
    base = cache / f"base-{(base_key := pjproject.key(sha, python))}"
    cached(base, lambda work, out: pjproject.build(tarball, python, work, out))
    wheels = cache / f"wheel-{extension.key(base_key)}"
    cached(wheels, lambda work, out: extension.build(base, python, work, out))
    return next(wheels.glob("*.whl")), sha == source.PROVEN


def cached(folder: Path, build: Callable[[Path, Path], None]) -> None:
    """Runs `build(work, out)` unless `folder` is there; `out` becomes it when all went well."""
    if folder.is_dir():
        return
    print(f"engine: build {folder.name}", flush=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="work.", dir=folder.parent) as scratch:
        work, out = Path(scratch, "work"), Path(scratch, "out")
        work.mkdir()
        out.mkdir()
        build(work, out)
        out.rename(folder)
    print(f"engine: {folder.name} in {time.monotonic() - begun:.0f} s", flush=True)


def install(wheel: Path, proven: bool, venv_python: str, package: Path) -> None:
    """pip takes a second even to do nothing, so a note in the package says which wheel it is."""
    note = package / "built-from"
    if note.is_file() and note.read_text() == wheel.parent.name:
        print(f"engine: {wheel.parent.name} is installed")
        return
    pip = [venv_python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-index", "--force-reinstall"]
    subprocess.run([*pip, "install", *options, wheel], check=True)
    if not proven and not passes(venv_python):
        subprocess.run([*pip, "uninstall", "--yes", extension.PACKAGE], check=True)
        raise SystemExit("engine: this pjproject does not pass the selftest; nothing is installed")
    note.write_text(wheel.parent.name)
    print(f"engine: installed {wheel.parent.name} ({wheel.stat().st_size / 1e6:.1f} MB)")


def passes(venv_python: str) -> bool:
    selftest = [venv_python, "-m", "firmware.native.selftest"]
    return subprocess.run(selftest, cwd=ROOT, check=False).returncode == 0


def prune(cache: Path) -> None:
    """Keeps the newest few of each kind: two checkouts and two Pythons are normal, forty not."""
    for kind in ("base-*", "wheel-*"):
        folders = sorted(cache.glob(kind), key=lambda folder: folder.stat().st_mtime)
        for folder in folders[:-KEEP]:
            shutil.rmtree(folder)


if __name__ == "__main__":
    os.environ.pop("MAKEFLAGS", None)  # a parent make's job slots are not ours
    if not shutil.which("swig"):
        raise SystemExit("swig is missing: install the packages in firmware/native/packages.txt")
    main()
