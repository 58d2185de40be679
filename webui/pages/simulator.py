"""The Simulator: the front of a simulated box, to lift, dial, ring, talk and break things.

Exists only on a board that says `simulated = true`.  The page is live: `front` is the box as it is,
`news` what just happened, and what is done on the page goes to the simulator as the same deeds that
`hookswitch sim` uses.  A page names no file and no socket of the machine: the stick that it plugs
in is a folder of the box's own.
"""

from __future__ import annotations

import io
import socket
import zipfile
from typing import Any

import bottle
import gevent
import msgspec
from bottle import request
from gevent.queue import Empty
from simple_websocket import ConnectionClosed, Server

from firmware.api.callproc import ShowExtensions, ShowLines
from firmware.api.sysd import ShowConfig
from firmware.wire.frames import UNREADABLE, Refused
from hal.sim import deeds
from hal.sim.faults import FAULTS
from hal.sim.front import PEOPLE_SOCKET, Front
from hal.sim.scenario import scenario
from hal.sim.sound import FRAME_BYTES
from webui import guard
from webui.app import Site
from webui.live import Feed, Nudge, Panel
from webui.pages.simulator_words import LABELS
from webui.visit import Visit

Deed = (
    deeds.Lift
    | deeds.Hang
    | deeds.Tap
    | deeds.Dial
    | deeds.RingIn
    | deeds.StopRing
    | deeds.Answer
    | deeds.Drop
    | deeds.Cut
    | deeds.Mend
    | deeds.SetPort
    | deeds.Swap
    | deeds.PressButton
    | deeds.Driver
    | deeds.SetFault
    | deeds.PlugDisk
    | deeds.PullDisk
    | deeds.RecordDeeds
)
PAUSE = 0.04  # s: news that come together are one picture
QUIET = 20.0  # s without news: look whether the page is still there
LONGEST = 4096  # bytes of a deed
SITE = "recorded.toml"
TRY_AGAIN = 1013  # of a WebSocket's close


class Picture(msgspec.Struct, frozen=True):
    """What the page gets: the front as it is, and the news since the last picture."""

    front: Front
    calls: dict[int, str]  # port -> what the box says of it
    news: tuple[msgspec.Raw, ...] = ()


class Trouble(msgspec.Struct, frozen=True):
    """A deed was refused."""

    refused: str


def mount(site: Site) -> None:
    if site.simulator is None:
        return
    desk = Desk(site, site.simulator)
    site.get("/system/simulator", desk.show)
    site.post("/system/simulator/recorded", desk.recorded)
    site.socket("/live/simulator", desk.live)
    site.socket("/live/simulator/voice/<line:int>", desk.voice)


class Desk:
    """The page and its two sockets."""

    def __init__(self, site: Site, simulator: Feed) -> None:
        self._site, self._simulator = site, simulator

    def show(self, visit: Visit) -> Any:
        translate = self._site.renderer.translate
        words = {label: translate(visit.lang, label) for label in LABELS}
        return self._site.page(
            visit,
            "simulator.html",
            title=translate(visit.lang, "Simulator"),
            csrf=visit.session.csrf if visit.session else "",
            words=_json(words),
            faults=_json(_faults(visit)),
            parts=_json(self._site.parts),
            names=_json(_names(self._site)),
        )

    def recorded(self, visit: Visit) -> Any:
        """Recording ends; what was done becomes a test, with the configuration it was done in."""
        noted = self._site.owners.sim.ask(deeds.RecordDeeds(False))
        if not noted:
            translate = self._site.renderer.translate
            words = translate(visit.lang, "Nothing was recorded. Record, then lift a telephone.")
            raise Refused("not-recording", words)
        lines = self._site.owners.callproc.ask(ShowLines())
        numbers = {line.line: line.number for line in lines if line.kind == "fxs"}
        config = self._site.owners.sysd.ask(ShowConfig())
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
            folder.writestr("recorded.call", scenario(noted, numbers, SITE))
            folder.writestr(SITE, config.text)
        kept = {"Content-Type": "application/zip", **guard.HEADERS}
        kept["Content-Disposition"] = "attachment; filename=recorded.zip"
        return bottle.HTTPResponse(file.getvalue(), 200, headers=kept)

    def live(self, _: Visit) -> Any:
        page = Server(request.environ, max_message_size=LONGEST)
        with self._simulator.panel() as panel, self._site.calls.panel(Nudge(panel)):
            hands = gevent.spawn(_obey, self._site, page)
            try:
                _draw(self._site, page, panel)
            except (ConnectionClosed, OSError):
                pass
            finally:
                hands.kill()
        return ""

    def voice(self, _: Visit, line: int) -> Any:
        page = Server(request.environ, max_message_size=FRAME_BYTES)
        try:
            ear = _line(self._site, line)
        except OSError:
            page.close(TRY_AGAIN)
            return ""
        mouth = gevent.spawn(_speak, page, ear)
        try:
            while frame := ear.recv(FRAME_BYTES + 1):
                page.send(frame)
        except (ConnectionClosed, OSError):
            pass
        finally:
            mouth.kill()
            ear.close()
        return ""


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _names(site: Site) -> dict[str, tuple[str, str]]:
    """Port -> its number and name; empty while the call process is away."""
    try:
        lines = site.owners.callproc.ask(ShowLines())
        names = {it.number: it.name for it in site.owners.callproc.ask(ShowExtensions())}
    except Refused:
        return {}
    return {str(line.line): (line.number, names.get(line.number, "")) for line in lines}


def _states(site: Site) -> dict[int, str]:
    try:
        return {line.line: line.state for line in site.owners.callproc.ask(ShowLines())}
    except Refused:
        return {}


def _draw(site: Site, page: Server, panel: Panel) -> None:
    """Pictures, until the page is closed or too slow."""
    news: list[bytes] = []
    while not panel.late:
        try:
            front = site.owners.sim.ask(deeds.Show())
            picture = Picture(front, _states(site), tuple(map(msgspec.Raw, news)))
            page.send(msgspec.json.encode(picture).decode())
        except Refused as refused:
            page.send(msgspec.json.encode(Trouble(refused.text)).decode())
        news = _gather(page, panel)


def _gather(page: Server, panel: Panel) -> list[bytes]:
    """The next news, and those that come right after it."""
    while True:
        try:
            first = panel.take(QUIET)
            break
        except Empty:
            page.send("{}")  # raises when nobody is there any more
    gevent.sleep(PAUSE)
    found = [first]
    while not panel.queue.empty():
        found.append(panel.queue.get())
    return [body for body in found if body][-50:]


def _obey(site: Site, page: Server) -> None:
    """Deeds of the page; each in a greenlet of its own, as dialing takes as long as it takes."""
    while True:
        try:
            text = page.receive()
        except ConnectionClosed:
            return
        gevent.spawn(_do, site, page, text)


def _do(site: Site, page: Server, text: str | bytes) -> None:
    try:
        deed = msgspec.json.decode(text, type=Deed)
        if isinstance(deed, deeds.PlugDisk):
            deed = msgspec.structs.replace(deed, folder=_stick(site))
        if isinstance(deed, deeds.SetFault) and deed.fault != "none":
            site.owners.sim.ask(deeds.SetFault(deed.line, "none"))  # one at a time
        site.owners.sim.ask(deed)
    except Refused as refused:
        _complain(page, refused.text)
    except UNREADABLE as error:
        _complain(page, str(error))


def _stick(site: Site) -> str:
    """What is on the page's USB stick: a folder beside the simulator's sockets."""
    folder = site.owners.sim.path.with_name("stick")
    folder.mkdir(exist_ok=True)
    return str(folder)


def _faults(visit: Visit) -> dict[str, dict[str, str]]:
    """Kind of port -> its faults, in the reader's words."""
    return {
        kind: {
            name: fault.zh if visit.lang == "zh" else fault.en
            for name, fault in FAULTS.items()
            if fault.kind in (None, kind)
        }
        for kind in ("fxs", "fxo")
    }


def _complain(page: Server, words: str) -> None:
    try:
        page.send(msgspec.json.encode(Trouble(words)).decode())
    except ConnectionClosed:
        pass


def _line(site: Site, line: int) -> socket.socket:
    if not 0 < line <= 400:
        raise bottle.HTTPError(404, "no such port")
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    end.connect(str(site.owners.sim.path.with_name(PEOPLE_SOCKET)))
    end.send(msgspec.json.encode({"line": line}))
    return end


def _speak(page: Server, line: socket.socket) -> None:
    """The microphone's frames; anything else from the page ends the visit."""
    try:
        while True:
            frame = page.receive()
            if not isinstance(frame, bytes) or len(frame) != FRAME_BYTES:
                break
            line.send(frame)
    except (ConnectionClosed, OSError):
        pass
    line.shutdown(socket.SHUT_RDWR)
