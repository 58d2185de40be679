"""Where pjproject's source comes from.

Promises one tarball on disk.  In order: the file PJPROJECT_TARBALL names; the one fetched before;
the machine's own package mirror, as a Debian source package: in testing, then in sid, the part
Xpjproject of `asterisk`, else source package `pjproject`.  Mirror and key are read from the
machine's own apt sources, but lists, state and cache are private, so the machine's apt is not
changed and no root is needed.  apt verifies the signed lists and the hash of what it downloads.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

# What this project was built and measured with.  Another is welcome if it passes the selftest.
PROVEN = "6860c2f7604b4eee75f38151a9ef69774eb3f0c5286fc1d14bc1db2dc5a9e8aa"
DEBIAN_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
WANTED = [("asterisk", "Xpjproject"), ("pjproject", "orig")]


def tarball(cache: Path) -> tuple[Path, str]:
    """The source and its SHA-256."""
    named = os.environ.get("PJPROJECT_TARBALL")
    path = Path(named) if named else fetched(cache) or fetch(cache)
    if not path.is_file():
        raise SystemExit(f"PJPROJECT_TARBALL={path}: no such file")
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def fetched(cache: Path) -> Path | None:
    return next(iter(sorted(cache.glob("*.tar.*"))), None) if cache.is_dir() else None


def fetch(cache: Path) -> Path:
    mirrors = list(debian_mirrors())
    if not mirrors:
        raise SystemExit("no Debian mirror in /etc/apt: set PJPROJECT_TARBALL")
    apt = cache.parent / f"apt.{os.getpid()}"
    try:
        for suite in ("testing", "sid"):
            found = fetch_from(suite, mirrors, apt, cache)
            if found:
                return found
    finally:
        shutil.rmtree(apt, ignore_errors=True)
    raise SystemExit("the package mirror offers no pjproject source: set PJPROJECT_TARBALL")


def debian_mirrors() -> Iterator[tuple[str, str]]:
    """(URI, keyring) of each main archive in the machine's own sources, both file formats."""
    for path in sorted(Path("/etc/apt/sources.list.d").glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            fields = dict(re.findall(r"^([\w-]+):\s*(.+)$", stanza, re.MULTILINE))
            keyring = fields.get("Signed-By", DEBIAN_KEYRING)
            for uri in fields.get("URIs", "").split():
                if is_archive(uri) and keyring.startswith("/"):
                    yield uri, keyring
    lists = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*.list"))]
    for path in lists:
        text = path.read_text() if path.exists() else ""
        for option, uri in re.findall(r"^deb\s+(?:\[(.*?)\]\s+)?(\S+)", text, re.MULTILINE):
            keyring = re.search(r"signed-by=(/\S+)", option)
            if is_archive(uri):
                yield uri, keyring[1] if keyring else DEBIAN_KEYRING


def is_archive(uri: str) -> bool:
    return uri.rstrip("/").endswith("/debian")


def fetch_from(suite: str, mirrors: list[tuple[str, str]], apt: Path, cache: Path) -> Path | None:
    options = private_apt(suite, mirrors, apt)
    print(f"  package lists of {suite}", flush=True)
    if subprocess.run(["apt-get", *options, "-qq", "update"], check=False).returncode:
        return None
    for package, part in WANTED:
        listed = subprocess.run(
            ["apt-get", *options, "-qq", "--print-uris", "--download-only", "source", package],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        for uri, name, sha in re.findall(r"'(\S+)' (\S+) \d+ SHA256:(\w{64})", listed.stdout):
            if part in name and name.endswith((".tar.xz", ".tar.gz", ".tar.bz2")):
                return download(uri, name, sha, options, apt, cache)
    return None


def private_apt(suite: str, mirrors: list[tuple[str, str]], apt: Path) -> list[str]:
    for folder in ("lists/partial", "cache/archives/partial", "parts"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    (apt / "status").touch()
    lines = [f"deb-src [signed-by={keyring}] {uri} {suite} main" for uri, keyring in mirrors[:1]]
    (apt / "sources.list").write_text("\n".join(lines) + "\n")
    settings = {
        "Dir::Etc::SourceList": apt / "sources.list",
        "Dir::Etc::SourceParts": apt / "parts",
        "Dir::State": apt,
        "Dir::State::Lists": apt / "lists",
        "Dir::State::Status": apt / "status",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "",
        "Acquire::Languages": "none",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def download(uri: str, name: str, sha: str, options: list[str], apt: Path, cache: Path) -> Path:
    """One file of the source package, by apt's own downloader, checked against the signed list."""
    print(f"  download {name}", flush=True)
    part = apt / name
    subprocess.run(
        ["/usr/lib/apt/apt-helper", *options, "-qq", "download-file", uri, part, f"SHA256:{sha}"],
        check=True,
    )
    if hashlib.sha256(part.read_bytes()).hexdigest() != sha:
        raise SystemExit(f"{name} is not what the signed list says")
    print("  the proven source" if sha == PROVEN else "  not the proven source: selftest decides")
    cache.mkdir(parents=True, exist_ok=True)
    return part.rename(cache / name)
