#!/usr/bin/env python3
"""Bundles the pages' scripts with esbuild and compiles the catalogues: `build.py FOLDER`.

Done once for a given content: FOLDER is filled from a cache whose key is the hash of everything
that goes in.  npm installs by the lock file, without running anybody's scripts.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "assets" / "src"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "hookswitch" / "web"
INPUTS = ("assets/package.json", "assets/package-lock.json", "assets/src/*.js", "locale/*/*/*.po")


def main() -> int:
    folder = Path(sys.argv[1])
    kept = CACHE / key()
    if not kept.is_dir():
        build(kept)
    if (folder / "key").is_file() and (folder / "key").read_text() == kept.name:
        return 0
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
    (folder / "key").write_text(kept.name)
    return 0


def key() -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for pattern in INPUTS:
        for path in sorted(HERE.glob(pattern)):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:24]


def build(target: Path) -> None:
    print("web: bundling the pages' scripts", flush=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        work, done = Path(folder) / "npm", Path(folder) / "done"
        shutil.copytree(HERE / "assets", work)
        npm(work)
        bundle(work, done)
        compile_catalogues(done / "locale")
        try:
            done.rename(target)
        except OSError:
            if not target.is_dir():  # somebody else was quicker, with the same content
                raise


def npm(work: Path) -> None:
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(["npm", "ci", *flags], cwd=work, check=True)


def bundle(work: Path, done: Path) -> None:
    pages = sorted(str(path) for path in (work / "src").glob("page-*.js"))
    worklets = sorted(str(path) for path in (work / "src").glob("worklet-*.js"))
    flags = ["--bundle", "--minify", "--format=esm", "--target=chrome109,firefox115,safari15.6"]
    command = [str(work / "node_modules/.bin/esbuild"), *pages, *worklets, *flags]
    subprocess.run([*command, f"--outdir={done}", "--log-level=warning"], check=True)


def compile_catalogues(target: Path) -> None:
    """One .mo beside its .po; Babel is a tool of the build, the box only has gettext."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted((HERE / "locale").glob("*/*/*.po")):
        compiled = target / source.relative_to(HERE / "locale").with_suffix(".mo")
        compiled.parent.mkdir(parents=True)
        with source.open("rb") as text, compiled.open("wb") as file:
            write_mo(file, read_po(text))


if __name__ == "__main__":
    sys.exit(main())
