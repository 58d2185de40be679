"""The process `sim`: simulated hardware behind two sockets, to be opened like devices,
and a third for real microphones.

It runs only on a board that says `simulated = true`.  It remembers nothing: started again, every
handset is on its hook and every line idle.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from firmware.wire.loop import Loop
from firmware.wire.server import Server
from hal.board import Board, BoardError
from hal.sim.audio import AudioSocket
from hal.sim.box import SimBox
from hal.sim.card import Card
from hal.sim.front import AUDIO_SOCKET, PEOPLE_SOCKET, SOCKET, Front
from hal.sim.hands import Hands
from hal.sim.microphone import PeopleSocket
from hal.sim.patch import Patches
from hal.sim.people import People
from hal.sim.record import Recorder
from hal.sim.script import Scripts


def run(state: Path, board: Board) -> None:
    """Be the hardware until SIGTERM."""
    if not board.simulated:
        raise BoardError(f"board {board.name} is real hardware: nothing of it is simulated")
    folder = state / "run"
    folder.mkdir(parents=True, exist_ok=True)
    loop = Loop()
    loop.stop_on_signals()
    card = Card(loop, board)
    box = SimBox(loop, board.chassis, state, card.publish)
    card.front = lambda: _front(card, box)
    AudioSocket(loop, folder / AUDIO_SOCKET, card)
    PeopleSocket(loop, folder / PEOPLE_SOCKET, card)
    people = People(loop, card).handlers()
    people.update(Recorder(card).handlers(people))
    handlers = {
        **card.handlers(),
        **box.handlers(),
        **people,
        **Hands(card).handlers(),
        **Patches(loop, folder, card).handlers(),
        **Scripts(loop, card, people).handlers(),
    }
    Server(loop, folder / SOCKET, handlers, card.feed)
    loop.run()


def _front(card: Card, box: SimBox) -> Front:
    return msgspec.structs.replace(
        card.bare_front(), disks=box.disks, lamps=box.lamps, watchdog=box.guarded
    )
