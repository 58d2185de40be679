"""The slow half of the engine: pjproject's libraries and the pjsua2 wrapper for one Python.

Promises a folder with `include/` and `lib/` to compile our extension against, and `package/` with
pjsua2.py, _pjsua2.so and the stripped libraries that find each other by $ORIGIN.  It knows nothing
of our own C code, so that editing that never rebuilds this.  Two minutes on one core; the caller
caches the folder under `key()`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import patches

HERE = Path(__file__).resolve().parent

# Debian ships the source without third_party: no libresample (speex resamples instead), no iLBC,
# G.722.1, WebRTC or libyuv.  The box has no sound card, screen or camera of its own.
CONFIGURE = [
    "--enable-shared", "--enable-epoll", "--enable-speex-resample",
    "--disable-sound", "--disable-video", "--disable-sdl",
    "--disable-ffmpeg", "--disable-v4l2", "--disable-openh264",
    "--disable-vpx", "--disable-upnp", "--disable-libyuv",
    "--disable-libwebrtc", "--disable-speex-aec", "--disable-ilbc-codec",
    "--disable-g7221-codec", "--disable-silk", "--disable-opencore-amr",
    "--disable-lyra", "--with-external-srtp", "--with-external-gsm",
    "--with-external-speex", "--with-ssl=/usr", "--with-opus=/usr",
    "--with-bcg729=/usr",
]  # fmt: skip
LIBRARIES = [
    "pjsua2", "pjsua", "pjsip-ua", "pjsip-simple", "pjsip", "pjmedia-codec",
    "pjmedia-audiodev", "pjmedia", "pjnath", "pjlib-util", "pj",
]  # fmt: skip
DEFINES = ["-DPJ_AUTOCONF=1", "-DPJ_IS_LITTLE_ENDIAN=1", "-DPJ_IS_BIG_ENDIAN=0", "-DNDEBUG"]
COMPONENTS = ["pjlib", "pjlib-util", "pjnath", "pjmedia", "pjsip"]


def key(tarball_sha: str, python: dict[str, str]) -> str:
    """Whatever, if changed, makes the built folder a different one."""
    compiler = subprocess.run(["gcc", "--version"], capture_output=True, check=True).stdout
    digest = hashlib.sha256(compiler)
    for part in (tarball_sha, python["suffix"], python["include"], os.uname().machine):
        digest.update(part.encode() + b"\0")
    digest.update(repr(patches.CHANGES).encode())
    for name in ("pjproject.py", "config_site.h"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()[:16]


def build(tarball: Path, python: dict[str, str], work: Path, out: Path) -> None:
    """Unpack and build in `work`, leave the result in `out`; both are ours and empty."""
    tree = unpack(tarball, work)
    log = work / "build.log"
    print("  configure", flush=True)
    run(["./aconfigure", f"--prefix={out}", *CONFIGURE], tree, log, CFLAGS="-O2 -DNDEBUG -fPIC",
        CXXFLAGS="-O2 -DNDEBUG -fPIC")  # fmt: skip
    print("  compile: libraries and wrapper (about a minute)", flush=True)
    wrapper = start_wrapper(tree, python, work)
    run(["make", f"-j{os.cpu_count() or 1}", "lib"], tree, log)
    run(["make", "install"], tree, log)
    if wrapper.wait() != 0:
        raise SystemExit(f"the pjsua2 wrapper does not compile: see {work}/wrapper.log")
    print("  link and strip", flush=True)
    package(tree, python, work, out)


def unpack(tarball: Path, work: Path) -> Path:
    subprocess.run(["tar", "xf", tarball, "-C", work], check=True)
    trees = [path.parent for path in work.glob("*/aconfigure")]
    if len(trees) != 1:
        raise SystemExit(f"{tarball} is not a pjproject source: no aconfigure in its one folder")
    tree = trees[0]
    shutil.copy(HERE / "config_site.h", tree / "pjlib/include/pj/config_site.h")
    # Debian removed bdimad_dev.c (a Windows-only device) and left its object in the list.
    makefile = tree / "pjmedia/build/Makefile"
    makefile.write_text(re.sub(r"\bbdimad_dev\.o\b", "", makefile.read_text()))
    for strange in patches.apply(tree):
        print(f"  this source looks different, media will cost more: {strange}", flush=True)
    return tree


def start_wrapper(tree: Path, python: dict[str, str], work: Path) -> subprocess.Popen[bytes]:
    """swig and the one big C++ file beside `make lib`: it needs only configured headers."""
    includes = [f"-I{tree}/{part}/include" for part in COMPONENTS]
    swig = ["swig", *includes, "-c++", "-w312", "-threads", "-python"]
    swig += ["-outdir", str(work), "-o", str(work / "pjsua2_wrap.cpp")]
    subprocess.run([*swig, "../pjsua2.i"], cwd=tree / "pjsip-apps/src/swig/python", check=True)
    compile_ = ["g++", "-O1", "-g0", "-w", "-fPIC", *DEFINES, *includes, f"-I{python['include']}"]
    compile_ += ["-c", "pjsua2_wrap.cpp", "-o", "pjsua2_wrap.o"]
    with (work / "wrapper.log").open("wb") as log:
        return subprocess.Popen(compile_, cwd=work, stdout=log, stderr=log)


def package(tree: Path, python: dict[str, str], work: Path, out: Path) -> None:
    libs = out / "package/libs"
    libs.mkdir(parents=True)
    module = out / f"package/_pjsua2{python['suffix']}"
    link = ["g++", "-shared", str(work / "pjsua2_wrap.o"), f"-L{out}/lib"]
    link += [f"-l{name}" for name in LIBRARIES] + ["-Wl,--as-needed", "-s", "-o", str(module)]
    subprocess.run(link, check=True)
    patch_rpath(module, "$ORIGIN/libs")
    shutil.copy(work / "pjsua2.py", out / "package/pjsua2.py")
    for library in sorted((out / "lib").glob("*.so.*")):
        copy = libs / library.name
        shutil.copy(library, copy)
        subprocess.run(["strip", "--strip-unneeded", copy], check=True)
        patch_rpath(copy, "$ORIGIN")
    makefile = (tree / "version.mak").read_text()
    version = re.findall(r"VERSION_(?:MAJOR|MINOR)\s*:=\s*(\d+)", makefile)
    (out / "version").write_text(".".join(version))


def patch_rpath(library: Path, rpath: str) -> None:
    subprocess.run(["patchelf", "--set-rpath", rpath, library], check=True)


def run(command: list[str], where: Path, log: Path, **extra: str) -> None:
    with log.open("ab") as output:
        env = {**os.environ, **extra}
        done = subprocess.run(
            command, cwd=where, stdout=output, stderr=output, env=env, check=False
        )
    if done.returncode:
        tail = log.read_text(errors="replace").splitlines()[-15:]
        raise SystemExit("\n".join([*tail, f"failed: {' '.join(command[:3])} (log: {log})"]))
