"""sysd is killed while it applies: what was confirmed is there, and the rest is whole or absent."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from firmware.api.sysd import ApplyConfig, ShowConfig
from firmware.store import applied
from firmware.wire.client import Caller
from tests.jobs.spooling import kill, output, start
from tests.store.samples import SMALL

SYSD = """
import sys
from pathlib import Path
from firmware.sysd.process import Sysd
from firmware.wire.loop import Loop
from tests.store.samples import GROUND, SMALL
loop = Loop()
sysd = Sysd(loop, Path(sys.argv[1]), GROUND.ports, SMALL, None)
print("up", flush=True)
loop.run()
"""

# applies one text after the other; says the version as soon as it was confirmed
ADMINISTRATOR = """
import sys
from pathlib import Path
from firmware.api.sysd import ApplyConfig
from firmware.wire.client import Caller
from tests.store.samples import SMALL
caller, number = Caller(Path(sys.argv[1]) / "run" / "sysd.sock"), 0
while True:
    number += 1
    text = SMALL.replace("Workshop", f"{sys.argv[2]}-{number}")
    print(caller.ask(ApplyConfig(text, "ann")).version, flush=True)
"""


@pytest.mark.parametrize("seed", range(4))
def test_kill_at_any_point(tmp_path: Path, seed: int) -> None:
    chance, confirmed = random.Random(seed), 1
    (tmp_path / "run").mkdir()
    for life in range(4):
        sysd = start(SYSD, tmp_path)
        assert output(sysd).readline() == "up\n"
        administrator = start(ADMINISTRATOR, tmp_path, life)
        for _ in range(chance.randrange(1, 30)):
            confirmed = int(output(administrator).readline())
        kill(sysd)
        for line in kill(administrator):
            confirmed = int(line)
    sysd = start(SYSD, tmp_path)
    assert output(sysd).readline() == "up\n"
    caller = Caller(tmp_path / "run" / "sysd.sock")
    shown = caller.ask(ShowConfig())
    assert confirmed <= shown.version <= confirmed + 1
    current = applied.read_current(tmp_path / "applied")
    assert current.site.version == shown.version
    assert f'name = "{current.site.extensions["102"].name}"' in shown.text
    assert caller.ask(ApplyConfig(SMALL, "ann")).version == shown.version + 1
    caller.close()
    kill(sysd)
