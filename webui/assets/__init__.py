"""Files that browsers load: ours from this folder, the bundles from `build`.

Each is served under a name that holds a hash of its content, so it may be kept for ever and a new
version is a new name.  They are read once, compressed once, and served from memory.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
FILES = ("hookswitch.css", "icons.svg", "theme.js")


class Asset(NamedTuple):
    type: str
    body: bytes
    packed: bytes


class Assets:
    def __init__(self, built: Path) -> None:
        self._paths: dict[str, str] = {}
        self.served: dict[str, Asset] = {}
        for path in [*(HERE / name for name in FILES), *sorted(built.glob("*.js"))]:
            self._add(path)

    def path(self, name: str) -> str:
        return self._paths[name]

    def _add(self, path: Path) -> None:
        body = path.read_bytes()
        digest = hashlib.sha256(body).hexdigest()[:12]
        served = f"{path.stem}.{digest}{path.suffix}"
        self._paths[path.name] = f"/assets/{served}"
        self.served[served] = Asset(TYPES[path.suffix], body, gzip.compress(body, 9, mtime=0))
