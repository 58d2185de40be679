"""The box's own certificate: made at first start, made anew when its names or addresses change.

Self-signed, EC P-256, good for every name and address of the box, so that a browser that has
trusted it once trusts it by any of them.  The key is kept when only the names change.  A
certificate that somebody brought along is never touched: it has files of its own.
"""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import subprocess
import time
from pathlib import Path

DAYS = 825
RENEW_BEFORE = 60 * 24 * 3600  # s
FOLDER, KEY, CERTIFICATE, NAMES = "tls", "box.key", "box.pem", "box.names"


def ensure(state: Path) -> tuple[Path, Path]:
    """The files of certificate and key, fit for the names of this moment."""
    folder = state / FOLDER
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    certificate, key, names = folder / CERTIFICATE, folder / KEY, folder / NAMES
    wanted = "\n".join([*_names(), *_addresses()])
    if not key.exists():
        _make_key(key)
    if not certificate.exists() or not _fits(certificate, names, wanted):
        _make_certificate(certificate, key, wanted.splitlines())
        names.write_text(wanted)
    return certificate, key


def _fits(certificate: Path, names: Path, wanted: str) -> bool:
    if not names.exists() or names.read_text() != wanted:
        return False
    command = ["openssl", "x509", "-in", str(certificate), "-checkend", str(RENEW_BEFORE)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _make_key(path: Path) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    command = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    subprocess.run([*command, "-out", str(draft)], capture_output=True, check=True)
    draft.chmod(0o640)
    draft.rename(path)


def _make_certificate(path: Path, key: Path, names: list[str]) -> None:
    alternatives = ",".join(f"{'IP' if _is_address(name) else 'DNS'}:{name}" for name in names)
    draft = path.with_suffix(".draft")
    command = ["openssl", "req", "-x509", "-new", "-key", str(key), "-out", str(draft)]
    command += ["-days", str(DAYS), "-subj", "/CN=Hookswitch", "-set_serial", str(time.time_ns())]
    for extension in (
        f"subjectAltName={alternatives}",
        "basicConstraints=critical,CA:FALSE",
        "keyUsage=critical,digitalSignature",
        "extendedKeyUsage=serverAuth,clientAuth",
    ):
        command += ["-addext", extension]
    subprocess.run(command, capture_output=True, check=True)
    draft.rename(path)


def _names() -> list[str]:
    host = socket.gethostname().lower()
    good = re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", host)
    own = [host, f"{host}.local"] if good and host != "localhost" else []
    return list(dict.fromkeys(["hookswitch", "hookswitch.local", "localhost", *own]))


def _addresses() -> list[str]:
    """Of this machine, as the kernel lists them; link-local ones are of no use in a browser."""
    found = set(re.findall(r"\|-- ([0-9.]+)\n\s+/32 host LOCAL", _read("/proc/net/fib_trie")))
    for line in _read("/proc/net/if_inet6").splitlines():
        address = ipaddress.IPv6Address(int(line.split()[0], 16))
        if not address.is_link_local:
            found.add(str(address))
    return sorted(found)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii")
    except OSError:
        return ""  # a kernel without IPv6


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
