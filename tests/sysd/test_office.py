"""Confirm within, rollback by date, many at once, secrets of carriers: over sysd's socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware.api import sysd as api
from firmware.api.notices import ShowNotices
from firmware.sysd import configuration
from firmware.wire.frames import Refused
from tests.store.samples import SMALL
from tests.sysd.test_sysd import Desk, running, sha
from tests.wire.driving import drive

RENAMED = SMALL.replace('name = "Workshop"', 'name = "Garage"')
CARRIER = '\n[[trunk]]\nname = "Tel"\nkind = "register"\nhost = "sip.example.net"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(tmp_path) as desk:
        yield desk


def name_of(desk: Desk) -> str:
    return desk.in_force().site.extensions["102"].name


# -- confirm within --------------------------------------------------------------------------------
def apply_for(desk: Desk, text: str, seconds: int) -> api.ApplyView:
    return desk.ask(api.ApplyConfig(text, "ann", confirm_within=seconds))


def test_it_undoes_itself_unless_confirmed(desk: Desk) -> None:
    desk.ask(api.SetPassword("201", "first-word-1", "ann"))
    text = desk.ask(api.ShowConfig()).text.replace("Workshop", "Garage")
    text = text.replace('password = "(kept)"', 'password = "other-word-2"')
    view = apply_for(desk, text, 1)
    assert view.seconds == 1
    assert name_of(desk) == "Garage"
    assert desk.ask(api.ShowWaiting()) == api.WaitingView(view.version, 2, 1)
    drive(desk.loop, lambda: desk.announced()[-1] == view.version + 1)
    assert name_of(desk) == "Workshop"
    assert desk.in_force().credentials[0][2] == sha("201", "first-word-1")  # and its password
    newest = desk.ask(api.ConfigHistory(limit=1))[0]
    assert (newest.who, newest.why) == ("box", f"version {view.version} was not confirmed")
    assert desk.ask(api.ShowWaiting()) == api.WaitingView()


def test_what_is_confirmed_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    apply_for(desk, RENAMED, 60)
    assert desk.ask(api.ConfirmConfig("ann")) == 2
    later = configuration._now() + 3_600_000
    monkeypatch.setattr(configuration, "_now", lambda: later)
    assert desk.ask(api.ShowWaiting()) == api.WaitingView()
    with pytest.raises(Refused, match="nothing waits"):
        desk.ask(api.ConfirmConfig("ann"))
    assert name_of(desk) == "Garage"


def test_a_restart_neither_forgets_nor_lengthens_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path) as desk:
        apply_for(desk, RENAMED, 300)
    with running(tmp_path) as desk:  # in time: it still waits
        waiting = desk.ask(api.ShowWaiting())
        assert (waiting.version, waiting.back_to) == (2, 1)
        assert 0 < waiting.seconds <= 300
    later = configuration._now() + 301_000
    monkeypatch.setattr(configuration, "_now", lambda: later)
    with running(tmp_path) as desk:  # too late: it is undone as soon as sysd runs
        drive(desk.loop, lambda: desk.announced()[-1] == 3)
        assert name_of(desk) == "Workshop"


def test_a_clock_that_was_set_back_grants_no_more_than_was_granted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(tmp_path) as desk:
        apply_for(desk, RENAMED, 300)
    long_ago = configuration._now() - 10**10
    monkeypatch.setattr(configuration, "_now", lambda: long_ago)
    with running(tmp_path) as desk:
        assert desk.ask(api.ShowWaiting()).seconds == 300


def test_another_change_decides_what_waits(desk: Desk) -> None:
    apply_for(desk, RENAMED, 60)
    desk.apply(RENAMED.replace("Garage", "Hall"))
    assert desk.ask(api.ShowWaiting()) == api.WaitingView()


# -- rollback by date, history ---------------------------------------------------------------------
def test_rollback_by_date(desk: Desk) -> None:
    first = desk.ask(api.ConfigHistory())[0].utc_ms
    drive(desk.loop, lambda: configuration._now() > first)
    desk.apply(RENAMED)
    view = desk.ask(api.RollbackConfig(0, "bob", at=first))
    assert view.version == 3
    assert name_of(desk) == "Workshop"
    with pytest.raises(Refused, match="at that time"):
        desk.ask(api.RollbackConfig(0, "bob", at=first - 1))


def test_the_history_says_old_and_new(desk: Desk) -> None:
    desk.apply(RENAMED)
    change = desk.ask(api.ConfigHistory(limit=1))[0].changes[0]
    assert (change.place, change.key) == ("extension 102", "name")
    assert (change.old, change.new) == ('"Workshop"', '"Garage"')
    assert [each.version for each in desk.ask(api.ConfigHistory(before=2))] == [1]


def test_a_plan_as_a_diff(desk: Desk) -> None:
    plan = desk.ask(api.PlanConfig(RENAMED, diff=True))
    lines = plan.diff.splitlines()
    assert '-name = "Workshop"' in lines
    assert '+name = "Garage"' in lines
    assert desk.announced() == [1]


def test_comments_are_kept(desk: Desk) -> None:
    desk.apply(SMALL.replace("port = 2", "port = 2  # by the door"))
    shown = desk.ask(api.ShowConfig()).text
    assert "# by the door\nport = 2\n" in shown
    assert desk.apply(shown).changes == ()


# -- secrets ---------------------------------------------------------------------------------------
def test_the_password_of_a_carrier(desk: Desk) -> None:
    desk.apply(SMALL + CARRIER + 'password = "let me in"\n')
    assert desk.in_force().trunk_secrets == {"Tel": "let me in"}
    shown = desk.ask(api.ShowConfig()).text
    assert "let me in" not in shown
    assert desk.apply(shown).changes == ()
    for path in desk.state.glob("*.db*"):
        assert b"let me in" not in path.read_bytes()


def test_passwords_that_the_box_makes_up_are_told_once(desk: Desk) -> None:
    text = SMALL + '\n[[extension]]\nnumber = "300"\ncount = 3\npassword = "(new)"\n'
    view = desk.apply(text)
    assert [made.place for made in view.made] == [f"extension {n}" for n in (300, 301, 302)]
    kept = {number: digest for number, _, digest in desk.in_force().credentials}
    assert kept == {
        made.place.removeprefix("extension "): sha(made.place[-3:], made.password)
        for made in view.made
    }
    assert "(new)" not in desk.ask(api.ShowConfig()).text


# -- many at once ----------------------------------------------------------------------------------
@pytest.mark.req("EXT-34", "EXT-36", "EXT-37")
def test_many_extensions_at_once(desk: Desk) -> None:
    desk.apply(SMALL + '\n[[extension]]\nnumber = "500"\nday_class = "national"\n')
    view = desk.ask(api.AddExtensions("0199", 4, "ann", like="500"))
    assert (view.added, view.skipped) == (("0199", "0200", "0201", "0202"), ())
    view = desk.ask(api.AddExtensions("0201", 3, "ann", like="500"))
    assert (view.added, view.skipped) == (("0203",), ("0201", "0202"))
    assert len({made.password for made in view.made}) == 1
    assert desk.in_force().site.extensions["0203"].day_class == "national"
    refused = desk.ask(api.AddExtensions("110", 3, "ann"))
    assert [mistake.code for mistake in refused.mistakes] == ["emergency", "emergency"]
    assert (refused.added, refused.version) == ((), view.version)


# -- draft -----------------------------------------------------------------------------------------
def edit(desk: Desk, who: str, section: str, entry: str, **values: str) -> api.DraftView:
    return desk.ask(api.EditDraft(section, entry, who, values))


def test_a_draft_is_shared_and_says_who_wants_what(desk: Desk) -> None:
    edit(desk, "ann", "extension", "102", name='"Garage"')
    edit(desk, "bob", "timing", "", ring="12.5")
    view = edit(desk, "bob", "extension", "300", name='"New"')
    assert [(each.who, each.place, each.key) for each in view.edits] == [
        ("ann", "extension 102", "name"),
        ("bob", "timing", "ring"),
        ("bob", "extension 300", ""),
        ("bob", "extension 300", "name"),
    ]
    assert desk.words(view.changes) == [
        "extension 102: name changes from Workshop to Garage",
        "extension 300 is added",
        "timing: ring changes from 30 to 12.5",
    ]
    assert desk.announced() == [1]  # nothing has happened yet
    applied = desk.ask(api.ApplyDraft("ann"))
    assert (applied.version, name_of(desk)) == (2, "Garage")
    assert desk.ask(api.ConfigHistory(limit=1))[0].why == "draft of ann, bob"
    assert desk.ask(api.ShowDraft()).edits == ()


def test_a_draft_survives_a_restart_and_sees_what_others_did(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        edit(desk, "ann", "extension", "102", name='"Garage"')
    with running(tmp_path) as desk:
        assert not desk.ask(api.ShowDraft()).edits[0].stale
        desk.apply(SMALL.replace("Workshop", "Hall"))
        view = desk.ask(api.ShowDraft())
        assert view.edits[0].stale
        assert desk.words(view.changes) == ["extension 102: name changes from Hall to Garage"]
        assert desk.ask(api.DiscardDraft(view.edits[0].id, "bob")).edits == ()


@pytest.mark.parametrize(
    ("section", "entry", "values"),
    [
        ("extension", "102", {"name": "no quotes"}),
        ("extension", "102", {"nmae": '"x"'}),
        ("extension", "102", {"port": "99"}),
        ("timing", "", {"ring": "0"}),
    ],
)
def test_what_is_wrong_by_itself_does_not_enter_the_draft(
    desk: Desk, section: str, entry: str, values: dict[str, str]
) -> None:
    view = desk.ask(api.EditDraft(section, entry, "ann", values))
    assert view.mistakes
    assert view.edits == ()


@pytest.mark.parametrize(
    ("section", "entry", "values", "code"),
    [
        ("extension", "", {}, "no-such-place"),
        ("rubbish", "1", {}, "no-such-place"),
        ("timing", "x", {"ring": "9"}, "no-such-place"),
        ("extension", "201", {"password": '"open-Sesame7"'}, "no-secrets"),
    ],
)
def test_fail__draft(
    desk: Desk, section: str, entry: str, values: dict[str, str], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        desk.ask(api.EditDraft(section, entry, "ann", values))
    assert refused.value.code == code


def test_comments_survive_a_draft(desk: Desk) -> None:
    desk.apply(SMALL.replace("port = 2", "port = 2  # by the door"))
    edit(desk, "ann", "extension", "101", name='"Door"')
    view = desk.ask(api.ApplyDraft("ann"))
    assert desk.words(view.changes) == ["extension 101: name changes from Reception to Door"]
    assert "# by the door" in desk.ask(api.ShowConfig()).text


def test_a_well_box_has_no_notices(desk: Desk) -> None:
    assert desk.ask(ShowNotices()) == ()
    assert msgspec.json.encode(desk.ask(api.ShowDraft()))
