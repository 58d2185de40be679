"""What the engine and pjsua tell becomes events, also when they tell of their own failures."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hookswitch_engine import native

from firmware.core.events import ContactsChanged, EffectFailed
from firmware.core.site import SipProfile
from firmware.edges import engine
from firmware.edges.inbox import Inbox
from firmware.edges.media import Media
from firmware.edges.sip.leg import Leg
from firmware.edges.sip.legs import Legs


class DeadMedia(Media):
    def __init__(self, inbox: Inbox) -> None:
        super().__init__(inbox, Path("nowhere"), Path("nowhere"))

    def attach(self, leg: int, slot: int, *_: object, **__: object) -> None:
        raise OSError(f"leg {leg} has no slot {slot}")


def drained(inbox: Inbox) -> list[Any]:
    found = []
    while event := inbox.take():
        found.append(event)
    return found


def test_lost_news_makes_all_contacts_be_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    uris = {"201": [("sip:201@192.0.2.2", "", 60), ("sip:201@192.0.2.1", "", 50)], "202": []}
    monkeypatch.setattr(native, "events", lambda: [("lost", 3)])
    monkeypatch.setattr(native, "contacts", uris.get)
    bare = engine.Engine.__new__(engine.Engine)  # pjsua can be started once in a process
    bare._inbox, bare._accounts = Inbox(), ("201", "202")
    bare._drain()
    told = {event.extension: event.contacts for event in drained(bare._inbox)}
    assert told == {"201": ("sip:201@192.0.2.2", "sip:201@192.0.2.1"), "202": ()}


def test_a_change_of_contacts_is_told_with_the_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "events", lambda: [("registered", "201", 7)])
    monkeypatch.setattr(native, "contacts", lambda _: [("sip:201@192.0.2.1", "", 50)])
    bare = engine.Engine.__new__(engine.Engine)
    bare._inbox = Inbox()
    bare._drain()
    [event] = drained(bare._inbox)
    assert isinstance(event, ContactsChanged)
    assert (event.extension, event.contacts) == ("201", ("sip:201@192.0.2.1",))


def test_audio_that_fails_is_news_for_its_leg_and_ends_no_process() -> None:
    inbox = Inbox()
    legs = Legs(DeadMedia(inbox), inbox)
    legs._legs[2] = cast(Leg, SimpleNamespace(profile=SipProfile(), getId=lambda: 0))
    legs.audio(2, 5)
    [event] = drained(inbox)
    assert isinstance(event, EffectFailed)
    assert (event.leg, event.why) == (2, "leg 2 has no slot 5")


def test_audio_of_a_leg_that_was_let_go_is_nobodys() -> None:
    inbox = Inbox()
    Legs(DeadMedia(inbox), inbox).audio(2, 5)
    assert drained(inbox) == []
