"""The fast half of the engine: our C extension, and one wheel of everything.

Promises `hookswitch_engine-<version>-<tags>.whl` in a folder: pjproject's half as pjproject.py left
it, native.so, and the Python files and stubs of hookswitch_engine/.  A wheel is a zip with a list
of its files, so it is written here in a few lines instead of through a packaging tool that every
Python brings in another version.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import zipfile
from pathlib import Path

import pjproject

HERE = Path(__file__).resolve().parent
WARNINGS = ["-std=gnu11", "-Wall", "-Wextra", "-Werror=implicit-function-declaration"]
LIBRARIES = ["pjsua", "pjsip-ua", "pjsip", "pjmedia", "pjlib-util", "pj", "spandsp", "crypto", "m"]
PACKAGE = "hookswitch_engine"


def sources() -> list[Path]:
    return sorted(HERE.glob("*.c"))


def key(base_key: str) -> str:
    """Changes with the slow half, with our C, with the package's Python and with this recipe."""
    digest = hashlib.sha256(base_key.encode())
    python_files = sorted(HERE.glob(f"{PACKAGE}/*.py*"))
    for path in [*sources(), *sorted(HERE.glob("*.h")), HERE / "extension.py", *python_files]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def build(base: Path, python: dict[str, str], work: Path, out: Path) -> None:
    """Compile in `work`, leave the wheel in `out`."""
    print(f"  compile: {len(sources())} C files", flush=True)
    module = work / f"native{python['suffix']}"
    command = ["gcc", "-O2", "-g0", "-fPIC", "-shared", "-fvisibility=hidden", *WARNINGS]
    command += [*pjproject.DEFINES, f"-I{base}/include", f"-I{python['include']}"]
    command += [*map(str, sources()), f"-L{base}/lib", *(f"-l{name}" for name in LIBRARIES)]
    subprocess.run([*command, "-Wl,--as-needed", "-s", "-o", str(module)], check=True)
    pjproject.patch_rpath(module, "$ORIGIN/libs")
    write_wheel(base, python, module, out)


def write_wheel(base: Path, python: dict[str, str], module: Path, out: Path) -> None:
    version = (base / "version").read_text()
    info = f"{PACKAGE}-{version}.dist-info"
    content = contents(base / "package", module)
    content[f"{info}/METADATA"] = metadata(version)
    content[f"{info}/WHEEL"] = (
        "Wheel-Version: 1.0\nGenerator: hookswitch\nRoot-Is-Purelib: false\n"
        f"Tag: {python['tags']}\n"
    ).encode()
    rows = [f"{name},{fingerprint(data)},{len(data)}" for name, data in content.items()]
    content[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""]).encode()
    wheel = out / f"{PACKAGE}-{version}-{python['tags']}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def contents(slow: Path, module: Path) -> dict[str, bytes]:
    files = {path: path.relative_to(slow) for path in sorted(slow.rglob("*")) if path.is_file()}
    files |= {path: Path(path.name) for path in sorted((HERE / PACKAGE).glob("*.py*"))}
    files |= {HERE / PACKAGE / "py.typed": Path("py.typed"), module: Path(module.name)}
    return {f"{PACKAGE}/{name}": path.read_bytes() for path, name in files.items()}


def metadata(version: str) -> bytes:
    return (
        f"Metadata-Version: 2.1\nName: hookswitch-engine\nVersion: {version}\n"
        "Summary: SIP and media engine of Hookswitch: pjsua2 and what it does not offer\n"
        "License: GPL-3.0-or-later\n"
    ).encode()


def fingerprint(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return "sha256=" + digest.decode().rstrip("=")
