"""Lamps: who watches a number is told at once, and hears it again when it asks."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hookswitch_engine import native

from firmware.native import rawsip, rig

USERS = ("201", "202", "203")
MANY = 50


def bench_with(folder: Path, users: tuple[str, ...] = USERS) -> rig.Bench:
    bench = rig.Bench(str(folder / "bindings"))
    native.set_accounts([rawsip.account(user, "secret") for user in users])
    return bench


def phone_of(bench: rig.Bench, user: str = "201", call_id: str = "one") -> rawsip.Phone:
    return rawsip.Phone(bench.port, bench.pump, user=user, call_id=call_id)


def subscribe(
    phone: rawsip.Phone,
    number: str,
    *headers: str,
    event: str = "dialog",
    expires: int = 600,
    tag: str = "",
    uri_names_it: bool = True,
) -> rawsip.Answer:
    to = f"To: <sip:{number}@127.0.0.1>" + (f";tag={tag}" if tag else "")
    user = f"{number}@" if uri_names_it else ""
    uri = f"sip:{user}127.0.0.1:{phone.server}"
    more = [f"Contact: {phone.contact}", f"Event: {event}", f"Expires: {expires}", *headers]
    asked = phone.request("SUBSCRIBE", *more, to=to, uri=uri)
    assert asked.code == 401, asked.text
    proof = phone.authorize(asked, "SUBSCRIBE", "secret")
    return phone.request("SUBSCRIBE", proof, *more, to=to, uri=uri)


def tag_of(answer: rawsip.Answer) -> str:
    found = re.search(r";tag=(\S+)", answer.headers("To")[0])
    assert found
    return found[1]


def news(phone: rawsip.Phone) -> str:
    return phone.wait_for("NOTIFY").body


def state(phone: rawsip.Phone) -> tuple[str, int]:
    """As a lamp reads it: the state of the dialog, and the version of the document."""
    body = news(phone)
    found = re.search(r"<state>(\w+)</state>", body)
    version = re.search(r'version="(\d+)"', body)
    assert found
    assert version
    return found[1], int(version[1])


def test_lamp_follows_the_number(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    answer = subscribe(phone, "203")
    assert (answer.code, answer.headers("Expires")) == (200, ["600"])
    assert state(phone) == ("terminated", 0)
    for version, (shown, read) in enumerate(
        [
            ("ringing", "early"),
            ("busy", "confirmed"),
            ("held", "confirmed"),
            ("idle", "terminated"),
        ],
        start=1,
    ):
        assert native.show_extension("203", shown) == 1  # type: ignore[arg-type]
        assert state(phone) == (read, version)
    assert native.show_extension("202", "busy") == 0


def test_notify_belongs_to_the_dialog_of_the_subscription(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    answer = subscribe(phone, "203")
    first = phone.wait_for("NOTIFY")
    native.show_extension("203", "busy")
    second = phone.wait_for("NOTIFY")
    assert [n.headers("CSeq")[0] for n in (first, second)] == ["1 NOTIFY", "2 NOTIFY"]
    assert second.headers("Call-ID") == ["one"]
    assert second.headers("From")[0].endswith(f";tag={tag_of(answer)}")
    assert second.headers("To") == ["<sip:201@127.0.0.1>;tag=from"]
    assert second.headers("Event") == ["dialog"]
    assert re.fullmatch(r"active;expires=(59\d|600)", second.headers("Subscription-State")[0])
    assert second.headers("Content-Type") == ["application/dialog-info+xml"]


def test_who_rings_there_is_told_and_cannot_break_the_document(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    native.show_extension("203", "ringing", "010 555", '<b>"Kitchen" & \x07</b>')
    subscribe(phone, "203")
    body = news(phone)
    assert 'display="&lt;b&gt;&quot;Kitchen&quot; &amp; &lt;/b&gt;"' in body
    assert "sip:010555@127.0.0.1" in body
    assert 'direction="recipient"' in body


def test_number_watched_may_stand_in_to_only(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    assert subscribe(phone, "203", uri_names_it=False).code == 200
    assert native.watchers("203") == [
        ("dialog", "201", f"127.0.0.1:{phone.port};udp", native.watchers("203")[0][3])
    ]


def test_refresh_ends_and_begins_anew(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    tag = tag_of(subscribe(phone, "203", expires=60))
    assert state(phone)[1] == 0
    assert subscribe(phone, "203", expires=1200, tag=tag).code == 200
    assert state(phone)[1] == 1
    assert native.watchers("203")[0][3] > 1100
    assert subscribe(phone, "203", expires=0, tag=tag).code == 200
    last = phone.wait_for("NOTIFY")
    assert last.headers("Subscription-State") == ["terminated;reason=timeout"]
    assert native.show_extension("203", "busy") == 0
    phone.call_id = "two"
    assert subscribe(phone, "203").code == 200
    assert state(phone) == ("confirmed", 0)


def test_asking_once_is_answered_once(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    assert subscribe(phone, "203", expires=0).code == 200
    assert phone.wait_for("NOTIFY").headers("Subscription-State")[0].startswith("terminated")
    assert native.show_extension("203", "busy") == 0


def test_phone_that_restarted_replaces_what_it_had(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    for call_id in ("one", "two", "three"):
        phone.call_id = call_id
        assert subscribe(phone, "203").code == 200
    assert len(native.watchers("203")) == 1


@pytest.mark.parametrize(("code", "left"), [(481, 0), (200, 1)])
def test_watcher_that_knows_nothing_of_it_is_dropped(tmp_path: Path, code: int, left: int) -> None:
    bench = bench_with(tmp_path)
    phone = phone_of(bench)
    phone.silent = True
    subscribe(phone, "203")
    phone.reply(phone.wait_for("NOTIFY"), code)
    if left:
        bench.pump()
        assert len(native.watchers("203")) == left
    else:
        bench.until(lambda: len(native.watchers("203")) == left)


def test_news_waits_for_the_answer_and_is_the_newest_then(tmp_path: Path) -> None:
    bench = bench_with(tmp_path)
    phone = phone_of(bench)
    phone.silent = True
    subscribe(phone, "203")
    first = phone.wait_for("NOTIFY")
    for shown in ("ringing", "busy", "idle", "held"):
        native.show_extension("203", shown)
    phone.reply(first, 200)
    body = phone.wait_for("NOTIFY").body
    assert "+sip.rendering" in body
    assert 'version="1"' in body


def test_messages(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    native.show_messages("201", 2, 5)
    accept = "Accept: application/simple-message-summary"
    assert subscribe(phone, "201", accept, event="message-summary").code == 200
    account = "Message-Account: sip:201@127.0.0.1"
    assert news(phone).split("\r\n") == [
        "Messages-Waiting: yes",
        account,
        "Voice-Message: 2/5 (0/0)",
        "",
    ]
    assert native.show_messages("201", 0, 7) == 1
    assert news(phone).startswith(f"Messages-Waiting: no\r\n{account}\r\nVoice-Message: 0/7")


def test_presence_knows_calls_and_registrations(tmp_path: Path) -> None:
    bench = bench_with(tmp_path)
    phone, watched = phone_of(bench), phone_of(bench, "203", "watched")
    subscribe(phone, "203", event="presence")
    assert "<basic>closed</basic>" in news(phone)
    watched.register("secret", f"Contact: {watched.contact}")
    assert "<basic>open</basic>" in news(phone)
    native.show_extension("203", "busy")
    assert "<rpid:on-the-phone/>" in news(phone)
    native.unregister("203")
    assert "<basic>closed</basic>" in news(phone)
    subscribe(phone, "800", event="presence")  # no SIP phone: nothing that could be away
    assert "<basic>open</basic>" in news(phone)


@pytest.mark.parametrize(
    ("number", "event", "expires", "headers", "code"),
    [
        ("203", "reg", 600, (), 489),
        ("203", "dialog", 59, (), 423),
        ("203", "dialog", 600, ("Accept: text/plain",), 406),
        ("203", "dialog", 600, ("Accept: application/*",), 200),
        ("%0A", "dialog", 600, (), 404),
        ("9" * 64, "dialog", 600, (), 404),
        ("a%22b", "dialog", 600, (), 404),
        ("no-such-number", "dialog", 600, (), 200),
    ],
)
def test_subscribe(
    tmp_path: Path, number: str, event: str, expires: int, headers: tuple[str, ...], code: int
) -> None:
    phone = phone_of(bench_with(tmp_path))
    answer = subscribe(phone, number, *headers, event=event, expires=expires)
    assert answer.code == code
    assert bool(answer.headers("Allow-Events")) == (code == 489)
    assert bool(answer.headers("Min-Expires")) == (code == 423)


def test_only_who_proves_himself_watches_or_ends_it(tmp_path: Path) -> None:
    bench = bench_with(tmp_path)
    phone, thief = phone_of(bench), phone_of(bench, "202")
    tag = tag_of(subscribe(phone, "203"))
    assert phone.request("SUBSCRIBE", "Event: dialog", to=f"To: <sip:203@x>;tag={tag}").code == 401
    thief.cseq = 50
    assert subscribe(thief, "203", expires=0, tag=tag).code == 403
    assert len(native.watchers("203")) == 1
    phone.cseq, phone.via = 0, "-late"  # an old refresh, overtaken
    assert subscribe(phone, "203", tag=tag).code == 500
    other = phone_of(bench, call_id="elsewhere")
    answer = other.request("SUBSCRIBE", "Event: dialog", to=f"To: <sip:203@x>;tag={tag}")
    assert answer.code == 481


def test_watching_ends_with_the_password(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    subscribe(phone, "203")
    native.set_accounts([rawsip.account("201", "secret")])
    assert len(native.watchers("203")) == 1
    native.set_accounts([rawsip.account("201", "new")])
    assert native.watchers("203") == []


def test_one_account_cannot_take_all_the_room(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    codes = []
    for number in range(257):
        phone.call_id = f"key{number}"
        codes.append(subscribe(phone, str(1000 + number)).code)
    assert codes == [200] * 256 + [503]


def test_route_set_of_a_proxy_comes_back(tmp_path: Path) -> None:
    phone = phone_of(bench_with(tmp_path))
    routes = ["<sip:192.0.2.8;lr>", "<sip:192.0.2.9;lr>"]
    subscribe(phone, "203", *(f"Record-Route: {route}" for route in routes))
    notify = phone.wait_for("NOTIFY")
    assert notify.headers("Route") == routes
    assert notify.text.startswith(f"NOTIFY sip:201@127.0.0.1:{phone.port} SIP/2.0")


@pytest.mark.parametrize("number", ["", "x" * 64, "1 2", "<1>", "é"])
def test_fail__number_to_show(tmp_path: Path, number: str) -> None:
    bench_with(tmp_path)
    with pytest.raises(ValueError, match="number"):
        native.show_extension(number, "idle")
    with pytest.raises(ValueError, match="state"):
        native.show_extension("203", "asleep")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="0"):
        native.show_messages("203", -1, 0)


def test_fifty_watchers_are_told_in_one_call(tmp_path: Path) -> None:
    users = tuple(str(1000 + n) for n in range(MANY))
    bench = bench_with(tmp_path, users)
    phones = [phone_of(bench, user, user) for user in users]
    for phone in phones:
        assert subscribe(phone, "203").code == 200
        assert state(phone) == ("terminated", 0)
    for version in range(1, 6):
        assert native.show_extension("203", "busy" if version % 2 else "idle") == MANY
        for phone in phones:
            assert state(phone)[1] == version


if __name__ == "__main__":  # the measurement: python -m tests.native.test_watchers FOLDER
    import sys

    crowd = tuple(str(1000 + n) for n in range(MANY))
    engine = bench_with(Path(sys.argv[1]), crowd)
    watchers = [phone_of(engine, user, user) for user in crowd]
    for watcher in watchers:
        subscribe(watcher, "203")
        news(watcher)
    delays = []
    for turn in range(200):
        begun = time.perf_counter()
        native.show_extension("203", "busy" if turn % 2 else "idle")
        delays.append((time.perf_counter() - begun) * 1000)
        for watcher in watchers:
            news(watcher)
    delays.sort()
    print(f"all {MANY} sent: median {delays[100]:.2f} ms, p99 {delays[197]:.2f} ms")
