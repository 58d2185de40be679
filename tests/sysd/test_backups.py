"""Backups through sysd and jobs, over their sockets: who may, what is put back, what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest

from firmware.api import backup as api
from firmware.api import jobs as jobs_api
from firmware.api import state as state_api
from firmware.api import sysd as sysd_api
from firmware.jobs.process import Jobs
from firmware.store import applied
from firmware.store.calls import Calls
from firmware.sysd.process import Sysd
from firmware.wire.client import Remote
from firmware.wire.frames import Ask, Refused
from firmware.wire.loop import Loop
from tests.store.samples import GROUND, SMALL, record
from tests.wire.driving import answer_of, drive

R = TypeVar("R")
DND = '{"calls":"both"}'


class Office:
    """sysd and jobs on one loop, and somebody who asks them."""

    def __init__(self, state: Path) -> None:
        self.state, self.loop = state, Loop()
        (state / "run").mkdir(parents=True, exist_ok=True)
        Sysd(self.loop, state, GROUND.ports, SMALL, None)
        Calls(state / "calls.db").store([record(number) for number in range(40)], "old", 1)
        self.jobs = Jobs(self.loop, state)
        self._remotes: dict[str, Remote] = {}

    def ask(self, process: str, question: Ask[R]) -> R:
        if process not in self._remotes:
            self._remotes[process] = Remote(self.loop, self.state / "run" / f"{process}.sock")
        remote = self._remotes[process]
        drive(self.loop, lambda: remote.up)
        answer: R | Refused = answer_of(self.loop, lambda then: remote.ask(question, then))
        if isinstance(answer, Refused):
            raise answer
        return answer

    @property
    def key(self) -> str:
        return (self.state / "run" / api.CONSOLE_KEY).read_text()

    def make(self, *kinds: api.Kind, phrase: str = "") -> api.BackupView:
        return self.ask("sysd", api.MakeBackup(self.key, kinds, phrase))

    def restore(self, name: str, *kinds: api.Kind, phrase: str = "") -> api.Restored:
        return self.ask("sysd", api.RestoreBackup(self.key, name, kinds, phrase))

    def set(self, key: str, value: str) -> None:
        self.ask("state", state_api.SetState(((key, value),), "ann"))

    def settings(self) -> dict[str, str]:
        page = self.ask("state", state_api.ListState())
        return {entry.key: entry.value for entry in page.entries}

    def calls(self) -> int:
        return self.ask("jobs", jobs_api.CountCalls()).count

    def credential(self, extension: str) -> object:
        """What callproc would be told."""
        current = applied.read_current(self.state / "applied")
        return next(each for each in current.credentials if each[0] == extension)

    def apply(self, text: str) -> None:
        assert not self.ask("sysd", sysd_api.ApplyConfig(text, "ann")).mistakes

    def text(self) -> str:
        return self.ask("sysd", sysd_api.ShowConfig()).text


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.mark.req("BKP-02", "BKP-03", "BKP-08")
def test_everything_is_put_back_and_what_there_was_is_kept(office: Office) -> None:
    office.set("dnd.101", DND)
    office.set("dnd.102", DND)
    before = office.text()
    made = office.make("configuration", "state", "calls")
    office.apply(before.replace("Workshop", "Garage"))
    office.set("dnd.101", "")
    office.set("busy.103", "{}")
    office.jobs._records.calls().drop_oldest(1 << 60, 30)
    assert office.calls() == 10
    done = office.restore(made.name, "configuration", "state", "calls")
    drive(office.loop, lambda: office.calls() == 40)
    assert office.settings() == {"dnd.101": DND, "dnd.102": DND}
    assert office.text() == before
    history = office.ask("sysd", sysd_api.ConfigHistory())
    assert (history[0].who, len(history)) == ("backup", 3)
    # and back again, from the copy of what there was
    office.restore(done.before, "state", "configuration")
    drive(office.loop, lambda: "busy.103" in office.settings())
    assert office.settings() == {"dnd.102": DND, "busy.103": "{}"}
    assert "Garage" in office.text()
    assert not list((office.state / "restore").iterdir())
    assert not list((office.state / "backups").glob(".*"))


@pytest.mark.req("BKP-02", "BKP-05")
def test_only_what_is_wanted_is_put_back(office: Office) -> None:
    office.set("dnd.101", DND)
    made = office.make("configuration", "state")
    office.apply(office.text().replace("Workshop", "Garage"))
    office.set("dnd.101", "")
    office.restore(made.name, "state")
    drive(office.loop, lambda: office.settings() == {"dnd.101": DND})
    assert "Garage" in office.text()


def test_passwords_come_back_with_their_configuration(office: Office) -> None:
    question = sysd_api.SetPassword("201", "ring-for-1", "ann")
    office.ask("sysd", question)
    old = office.credential("201")
    made = office.make("configuration", "secrets", phrase="one two three")
    office.ask("sysd", sysd_api.SetPassword("201", "ring-for-2", "ann"))
    assert office.credential("201") != old
    office.restore(made.name, "secrets", phrase="one two three")
    assert office.credential("201") == old


@pytest.mark.parametrize("proof", ["", "x", "0" * 43])
def test_nobody_else_makes_or_puts_back(office: Office, proof: str) -> None:
    office.set("dnd.101", DND)
    made = office.make("state")
    office.set("dnd.101", "")
    with pytest.raises(Refused):
        office.ask("sysd", api.MakeBackup(proof, ("state",)))
    with pytest.raises(Refused):
        office.ask("sysd", api.RestoreBackup(proof, made.name, ("state",)))
    assert office.settings() == {}
    assert [view.name for view in office.ask("sysd", api.ListBackups())] == [made.name]
    assert (office.state / "run" / api.CONSOLE_KEY).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "name", ["../state.db", "/etc/passwd", "a/b.tar.gz", ".hidden.tar.gz", "x.zip", "a\n.tar.gz"]
)
def test_no_path_is_taken_from_a_question(office: Office, name: str) -> None:
    with pytest.raises(Refused) as refused:
        office.restore(name, "state")
    assert refused.value.code == "bad-request"


@pytest.mark.req("BKP-08")
def test_a_damaged_backup_changes_nothing(office: Office) -> None:
    office.set("dnd.101", DND)
    made = office.make("state", "configuration")
    office.set("dnd.101", "")
    file = office.state / "backups" / made.name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 255
    file.write_bytes(data)
    with pytest.raises(Refused) as refused:
        office.restore(made.name, "state")
    assert refused.value.code in ("damaged", "foreign")
    with pytest.raises(Refused):
        office.ask("sysd", api.CheckBackup(made.name))
    assert office.settings() == {}
    assert not list((office.state / "backups").glob(".*"))


def test_what_is_not_in_it_is_not_put_back(office: Office) -> None:
    made = office.make("state")
    with pytest.raises(Refused) as refused:
        office.restore(made.name, "state", "calls")
    assert refused.value.code == "not-in-it"


def test_one_at_a_time(office: Office) -> None:
    remote = Remote(office.loop, office.state / "run" / "sysd.sock")
    drive(office.loop, lambda: remote.up)
    answers: list[object] = []
    for _ in range(2):
        remote.ask(api.MakeBackup(office.key, ("state",)), answers.append)
    drive(office.loop, lambda: len(answers) == 2)
    kinds = sorted(type(answer).__name__ for answer in answers)
    assert kinds == ["BackupView", "Refused"]


def test_jobs_takes_over_what_waited_while_it_was_dead(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.set("dnd.101", DND)
    made = office.make("state", "calls")
    office.set("dnd.101", "")
    office.jobs._records.calls().drop_oldest(1 << 60, 40)
    office._remotes.clear()
    office.jobs.finish()
    (tmp_path / "run" / "jobs.sock").unlink()
    office.restore(made.name, "state", "calls")
    again = Office(tmp_path)
    drive(again.loop, lambda: again.calls() == 40)
    assert again.settings() == {"dnd.101": DND}
