"""A phone that is not ours registers with digest and calls, over a real network interface."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hal.sim import messages as sim
from tests.doubles.baresip import Baresip
from tests.doubles.ear import hears
from tests.e2e.box import PASSWORDS, Box
from tests.e2e.island import apart, inside
from tests.e2e.proofs import replays

HOST = "10.9.0.1"
NETWORK = (
    "ip link set lo up && ip link add v0 type veth peer name v1 &&"
    f" ip addr add {HOST}/24 dev v0 && ip addr add 10.9.0.2/24 dev v1 &&"
    ' ip link set v0 up && ip link set v1 up && exec "$@"'
)


@pytest.fixture(scope="module")
def island() -> Iterator[Box]:
    """A box alone with its phone in a network namespace of its own."""
    folder = Path(tempfile.mkdtemp(prefix="hs-"))
    prefix = [*apart(), "sh", "-c", NETWORK, "sh"]
    box = None
    try:
        box = Box(folder / "s", f"{HOST}:5060", prefix)
        yield box
    finally:
        if box:
            box.close()
        shutil.rmtree(folder, ignore_errors=True)


def baresip(box: Box, folder: Path, password: str) -> Baresip:
    account = f"<sip:201@{HOST}>;auth_user=201;auth_pass={password};regint=60;answermode=manual"
    return Baresip(folder, inside(box), account, "10.9.0.2", "v1", hz=1000)


def test_baresip_registers_and_calls(island: Box, tmp_path: Path) -> None:
    phone = baresip(island, tmp_path / "phone", PASSWORDS["201"])
    try:
        phone.wait_said("200 OK () [1 binding]")
        phone.tell("dial", f"sip:102@{HOST}")
        island.wait_front(sim.BellRings(2, (1000, 4000)))
        island.people(sim.Lift(2))
        phone.wait("CALL_ESTABLISHED")
        island.people(sim.Hum(2, 440))
        assert hears(island.hear(2, 1500)[4000:], 1000), "the handset does not hear baresip"
        island.hear(2, 1500)
        phone.tell("hangup")
        island.wait_leg("tone", line=2)
        island.people(sim.Hang(2))
        record = island.wait_record()
        assert (record.caller, record.final, record.cause) == ("201", "102", "normal")
    finally:
        phone.close()
    assert hears(phone.heard()[8000:], 440), "baresip does not hear the handset"
    replays(island)


def test_baresip_with_a_wrong_password_gets_nothing(island: Box, tmp_path: Path) -> None:
    phone = baresip(island, tmp_path / "phone", "ring-for-9")
    try:
        phone.wait_said("401 Unauthorized")
        phone.tell("dial", f"sip:102@{HOST}")
        assert "401" in phone.wait("CALL_CLOSED")["param"]
    finally:
        phone.close()
