"""Fuzz the engine's C: python -m tests.native.fuzz SECONDS [TARGET ...]

Builds the driver with AddressSanitizer and UndefinedBehaviorSanitizer against the cached pjproject
(a few seconds), and gives every target its share of the time.  Exits with 1 and leaves the input in
the working folder when something dies.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"
NATIVE = ROOT / "firmware/native"
sys.path.insert(0, str(NATIVE))

import build  # type: ignore[import-not-found]  # noqa: E402
import extension  # type: ignore[import-not-found]  # noqa: E402
import pjproject  # type: ignore[import-not-found]  # noqa: E402
import source  # type: ignore[import-not-found]  # noqa: E402

TARGETS = {"replaces": 1, "key": 1, "party": 2, "message": 8}  # and their shares
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]
SEEDS = {
    "replaces": ["a@b;to-tag=c;from-tag=d;early-only"],
    "key": ["Signal=5\r\nDuration=160\r\n", "10", "event flashhook"],
    "party": [
        '"A \\" B" <sip:1;p=q@h?R=cause%3D302>;reason=x, <tel:+1-2>',
        "sip:a@b;party=calling",
    ],
}


def base() -> Path:
    """The folder of headers and libraries that the installed extension was built against."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hookswitch/engine"
    python = json.loads(subprocess.check_output([sys.executable, "-c", build.ASK]))
    _, sha = source.tarball(cache / "source")
    return cache / f"base-{pjproject.key(sha, python)}"


def compile_driver(folder: Path, engine: Path) -> Path:
    include = f"-I{sysconfig.get_paths()['include']}"
    common = ["gcc", "-g", "-O1", "-fno-omit-frame-pointer", "-std=gnu11", *SANITIZE]
    common += [*pjproject.DEFINES, f"-I{engine}/include", include]
    watched = [*extension.sources(), HERE / "stack.c"]
    objects = []
    for path in watched:
        objects.append(folder / f"{path.stem}.o")
        more = ["-fsanitize-coverage=trace-pc"] if path.parent == NATIVE else []
        subprocess.run([*common, *more, "-c", path, "-o", objects[-1]], check=True)
    driver = folder / "driver"
    libraries = [*extension.LIBRARIES, "pjsip-simple", f"python{sysconfig.get_python_version()}"]
    link = [*common, str(HERE / "driver.c"), str(HERE / "targets.c"), *map(str, objects)]
    link += [
        "-Wl,--wrap=digest_check,--wrap=transport_bit",
        f"-L{engine}/lib",
        f"-Wl,-rpath-link,{engine}/lib",
    ]
    subprocess.run([*link, *(f"-l{name}" for name in libraries), "-o", str(driver)], check=True)
    return driver


def message(method: str, *headers: str, body: str = "") -> str:
    return "\r\n".join(
        [
            f"{method} sip:101@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bK{method}",
            "From: <sip:101@127.0.0.1>;tag=a",
            "To: <sip:101@127.0.0.1>",
            f"Call-ID: {method}",
            f"CSeq: 1 {method}",
            *headers,
            f"Content-Length: {len(body)}",
            "",
            body,
        ]
    )


def messages() -> list[str]:
    """What gets past the first doors, for mutations to go on from."""
    contact = "Contact: <sip:101@127.0.0.1:5060>"
    instance = f'{contact};expires=60;+sip.instance="<urn:uuid:1>";reg-id=1'
    events = ["dialog", "presence", "message-summary"]
    watch = [
        message("SUBSCRIBE", contact, f"Event: {event}", "Expires: 600", f"Accept: {accept}")
        for event in events
        for accept in ("application/dialog-info+xml", "*/*")
    ]
    proof = 'Authorization: Digest username="101", realm="hookswitch", nonce="0", uri="sip:x"'
    proof += ', response="0", qop=auth, nc=00000001, cnonce="a", algorithm=SHA-256'
    sdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    sdp += "m=audio 40000 RTP/AVP 0\r\na=rtcp:40001 IN IP4 127.0.0.1\r\n"
    said = ["Content-Type: application/sdp", contact, "Privacy: id"]
    said += ['P-Asserted-Identity: "A" <sip:1@x>, <tel:+1>', "Diversion: <sip:2@x>;reason=unknown"]
    return [
        *watch,
        message("REGISTER", contact, "Expires: 600", "User-Agent: x"),
        message("REGISTER", instance),
        message("REGISTER", "Contact: *", "Expires: 0"),
        message("REGISTER", proof, contact),
        message("INVITE", *said, body=sdp),
        message("INVITE", *said, "Replaces: a;to-tag=b;from-tag=c", body=sdp),
        message("OPTIONS", "Require: path"),
    ]


def seeds(target: str, folder: Path) -> list[Path]:
    paths = []
    for number, text in enumerate(messages() if target == "message" else SEEDS[target]):
        paths.append(folder / f"{target}.{number}")
        paths[-1].write_bytes(text.encode())
    return paths + (sorted(DATA.rglob("*.sip")) if target == "message" else [])


def main(seconds: int, targets: list[str]) -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        driver = compile_driver(folder, base())
        shares = sum(TARGETS[target] for target in targets)
        env = {
            **os.environ,
            "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1",
            "UBSAN_OPTIONS": "print_stacktrace=1:abort_on_error=1",
            "LD_LIBRARY_PATH": f"{base()}/lib",
        }
        for target in targets:
            share = max(1, seconds * TARGETS[target] // shares)
            command = [str(driver), target, str(share), *map(str, seeds(target, folder))]
            failed += subprocess.run(command, env=env, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:] or list(TARGETS)))
