"""The Simulator in real Chromium: seen, dialed with, talked through."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from hal.sim.messages import Hang, SetPort, Show, StopRing
from hal.sim.sound import sine_second, write_wav
from tests.doubles.ear import hears, silent
from tests.e2e.box import Box
from tests.scenarios.play import rewrite
from tests.webui.chromium import PATIENCE_MS, browsing
from tests.webui.visitor import Visitor

PATH = "/system/simulator"
expect.set_options(timeout=PATIENCE_MS)


def open_page(page: Page, visitor: Visitor) -> None:
    page.goto(f"https://{visitor.address}{PATH}", wait_until="domcontentloaded")
    expect(page.locator(".strip")).to_have_count(8)


def strip(page: Page, port: int) -> Locator:
    return page.locator(f'section[aria-label$="{port:03d}"]')


def state(page: Page, port: int, word: str) -> None:
    expect(strip(page, port).locator(".st")).to_have_text(word)


def dial(page: Page, port: int, digits: str) -> None:
    strip(page, port).get_by_role("button", name="Lift").click()
    state(page, port, "Off-hook")
    for digit in digits:
        strip(page, port).get_by_label(f"{port:03d} {digit}", exact=True).click()


def talk_on(page: Page, port: int) -> None:
    strip(page, port).get_by_role("button", name="Hear").click()
    expect(strip(page, port).get_by_role("button", name="Talk")).to_be_visible()


@pytest.mark.parametrize(("lang", "lift"), [("en", "Lift"), ("zh", "摘机")])
@pytest.mark.parametrize("width", [1440, 800, 390])
def test_the_page_in_every_width_and_language(
    admin: Visitor, lang: str, lift: str, width: int
) -> None:
    admin.cookies["lang"] = lang
    with browsing(admin, width=width) as page:
        open_page(page, admin)
        expect(strip(page, 1).get_by_role("button", name=lift)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    admin.cookies["lang"] = "en"


def test_what_happens_on_one_page_is_seen_on_another(admin: Visitor) -> None:
    with browsing(admin) as page:
        open_page(page, admin)
        other = page.context.new_page()
        open_page(other, admin)
        dial(page, 1, "102")
        state(other, 1, "Off-hook")
        state(other, 2, "Ringing")
        strip(other, 2).get_by_role("button", name="Lift").click()
        state(page, 1, "Talking")
        state(page, 2, "Talking")
        for port in (1, 2):
            strip(page, port).get_by_role("button", name="Hang up").click()
            state(other, port, "Idle")


def test_lines_ring_in_and_are_cut(admin: Visitor, box: Box) -> None:
    with browsing(admin) as page:
        open_page(page, admin)
        strip(page, 5).get_by_label("Caller number").fill("075526501188")
        strip(page, 5).get_by_role("button", name="Ring in").click()
        state(page, 5, "Ringing in")
        state(page, 1, "Ringing")
        expect(page.locator(".log")).to_contain_text("call comes in 075526501188")
        box.people(StopRing(5))
        state(page, 5, "Idle")
        state(page, 1, "Idle")
        strip(page, 6).get_by_role("button", name="Cut line").click()
        state(page, 6, "Line cut")
        expect(strip(page, 6)).to_contain_text("0.0 V")
        strip(page, 6).get_by_role("button", name="Mend line").click()
        state(page, 6, "Idle")


def settings(box: Box, port: int) -> dict[str, object]:
    found: dict[str, object] = box.people(SetPort(port))
    return found


def test_faults_are_chosen_one_at_a_time(admin: Visitor, box: Box) -> None:
    plain = settings(box, 5)
    with browsing(admin) as page:
        open_page(page, admin)
        fault = strip(page, 5).get_by_label("Fault")
        fault.select_option("noise")
        expect(page.locator(".log")).to_contain_text("noise=-30")
        assert settings(box, 5)["noise"] == -30
        fault.select_option("hum")
        expect(page.locator(".log")).to_contain_text("hum=-20")
        assert {**plain, "hum": -20.0} == settings(box, 5)
        fault.select_option("none")
        expect(page.locator(".log li").last).not_to_contain_text("-20")
    assert plain == settings(box, 5)


def test_the_box_around_the_ports(admin: Visitor) -> None:
    with browsing(admin) as page:
        open_page(page, admin)
        page.get_by_role("button", name="Plug USB disk usb1").click()
        page.get_by_role("button", name="Pull USB disk usb1").click()
        expect(page.get_by_role("button", name="Plug USB disk usb1")).to_be_visible()
        page.get_by_role("button", name="Take the card away").click()
        for port in (1, 5):
            state(page, port, "Port fault")
        page.get_by_role("button", name="Bring the card back").click()
        for port in (1, 5):
            state(page, port, "Idle")
        page.get_by_role("button", name="Press reset").click()
        dial(page, 1, "")  # the box has its ports again
        state(page, 1, "Off-hook")
        strip(page, 1).get_by_role("button", name="Hang up").click()
        state(page, 1, "Idle")


def test_a_page_names_no_folder(admin: Visitor, box: Box) -> None:
    with browsing(admin) as page:
        open_page(page, admin)
        page.evaluate(
            """new Promise(done => {
                const socket = new WebSocket(`wss://${location.host}/live/simulator`);
                socket.onopen = () => socket.send(JSON.stringify(
                    {ask: "PlugDisk", name: "usb2", folder: "/etc"}));
                socket.onmessage = message => message.data.includes("usb2") && done();
            })"""
        )
    front = box.people(Show())
    assert [disk.label for disk in front.disks if disk.name == "usb2"] == ["STICK"]
    assert not list((box.state / "run" / "stick").iterdir())


def test_what_was_done_becomes_a_scenario(admin: Visitor, tmp_path: Path) -> None:
    with browsing(admin) as page:
        open_page(page, admin)
        page.get_by_role("button", name="Record", exact=True).click()
        dial(page, 1, "102")
        state(page, 2, "Ringing")
        strip(page, 1).get_by_role("button", name="Hang up").click()
        state(page, 2, "Idle")
        with page.expect_download() as kept:
            page.get_by_role("button", name="Save as test").click()
        with zipfile.ZipFile(kept.value.path()) as folder:
            folder.extractall(tmp_path)
    file = tmp_path / "recorded.call"
    rewrite(file)  # it plays in the pure exchange
    told = file.read_text()
    deeds = [line for line in told.splitlines() if line.startswith("10")]
    assert deeds == ["101 lifts", "101 dials 1", "101 dials 0", "101 dials 2", "101 hangs up"]
    assert "ring 102" in told


def test_a_refused_deed_is_told(admin: Visitor, box: Box) -> None:
    with browsing(admin) as page:
        open_page(page, admin)
        dial(page, 1, "")
        page.evaluate("document.querySelectorAll('.pad button').forEach(it => it.disabled = false)")
        strip(page, 3).get_by_label("003 5", exact=True).click()
        expect(page.locator(".toast")).to_be_visible()
        box.people(Hang(1))


def test_talk_through_the_page(admin: Visitor, box: Box, tmp_path: Path) -> None:
    """What is spoken into the browser's microphone arrives at a SIP telephone, and back."""
    spoken = tmp_path / "tone.wav"
    write_wav(spoken, sine_second(1000) * 20)
    with box.phone("201") as phone, browsing(admin, spoken) as page:
        assert phone.register() == 200
        open_page(page, admin)
        dial(page, 1, "201")
        phone.wait("incoming")
        phone.tell("answer")
        state(page, 1, "Talking")
        lit = strip(page, 1).locator(".vu .on")
        talk_on(page, 1)
        expect(lit).to_have_count(0)
        phone.tell("tone", hz=440)
        expect(lit.nth(5)).to_be_attached()
        assert hears(phone.hear(3000), 1000, share=0.7)
        strip(page, 1).get_by_role("button", name="Mute").click()
        phone.hear(500)
        assert silent(phone.hear(1000))
        strip(page, 1).get_by_role("button", name="Hang up").click()
        state(page, 1, "Idle")
