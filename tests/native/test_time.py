"""What only hours would show, with the boot clock moved from outside.

The engine takes all its registrar's time from CLOCK_BOOTTIME.  A small library, loaded before libc,
adds the number in a file to that clock alone; so the scene runs in a fresh Python started with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hookswitch_engine import native

from firmware.native import rawsip, rig

SHIM = r"""
#define _GNU_SOURCE
#include <stdlib.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    FILE *file = clock == CLOCK_BOOTTIME ? fopen(getenv("LATER"), "r") : NULL;
    long later = 0;

    if (file) {
        if (fscanf(file, "%ld", &later) != 1)
            later = 0;
        fclose(file);
    }
    now->tv_sec += later;
    return result;
}
"""


def later(seconds: int) -> None:
    Path(os.environ["LATER"]).write_text(str(seconds))


def bench_and_phone() -> tuple[rig.Bench, rawsip.Phone]:
    bench = rig.Bench(tempfile.mkdtemp(dir=os.environ["SCENE_FOLDER"]) + "/bindings")
    native.set_accounts([rawsip.account("101", "secret")])
    return bench, rawsip.Phone(bench.port, bench.pump)


def contact_ends_by_itself() -> None:
    bench, phone = bench_and_phone()
    assert phone.register("secret", "Contact: <sip:101@192.0.2.1>;expires=100").code == 200
    assert phone.register("secret", "Contact: <sip:101@192.0.2.2>;expires=200").code == 200
    bench.until(lambda: len(bench.events) == 2)
    later(99)
    bench.until(lambda: native.contacts("101")[1][2] == 1)
    later(101)
    bench.until(lambda: len(bench.events) == 3)  # no request came: the timer saw it
    later(201)
    bench.until(lambda: len(bench.events) == 4)
    assert bench.events == [("registered", "101", left) for left in (1, 2, 1, 0)]


def nonce_ages() -> None:
    _, phone = bench_and_phone()
    asked = phone.request("REGISTER")
    proof = phone.authorize(asked, "REGISTER", "secret")
    later(299)
    assert phone.request("REGISTER", proof).code == 200
    later(301)
    again = phone.request("REGISTER", proof)
    assert again.code == 401
    assert again.challenge("SHA-256")["stale"] == "true"
    fresh = phone.authorize(again, "REGISTER", "secret")
    assert phone.request("REGISTER", fresh).code == 200


@pytest.mark.parametrize("scene", [contact_ends_by_itself, nonce_ages])
def test_later(tmp_path: Path, scene: object) -> None:
    (tmp_path / "shim.c").write_text(SHIM)
    (tmp_path / "later").write_text("0")
    shim = tmp_path / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", shim, tmp_path / "shim.c"], check=True)
    name = scene.__name__  # type: ignore[attr-defined]
    done = subprocess.run(
        [sys.executable, "-c", f"from tests.native import test_time; test_time.{name}()"],
        env=os.environ | {"LD_PRELOAD": str(shim), "LATER": str(tmp_path / "later"),
                          "SCENE_FOLDER": str(tmp_path)},
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
