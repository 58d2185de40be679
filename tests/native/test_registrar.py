"""What the registrar answers, case by case, to a phone that says exactly what it wants."""

from __future__ import annotations

from pathlib import Path

import pytest
from hookswitch_engine import native

from firmware.native import rawsip, rig

ACCOUNTS = [rawsip.account("101", "secret"), rawsip.account("102", "other")]


def bench_and_phone(folder: Path) -> tuple[rig.Bench, rawsip.Phone]:
    bench = rig.Bench(str(folder / "bindings"))
    native.set_accounts(ACCOUNTS)
    return bench, rawsip.Phone(bench.port, bench.pump)


def live(account: str = "101") -> list[tuple[str, str, int]]:
    return native.contacts(account)


def contact(number: int, parameters: str = "") -> str:
    return f"Contact: <sip:101@192.0.2.{number}:5060>{parameters}"


LONG = "Contact: <sip:" + "1" * 250 + "@192.0.2.1>"


@pytest.mark.parametrize(
    ("headers", "code", "contacts", "expires"),
    [
        pytest.param([contact(1)], 200, 1, 3600, id="no expires: the longest"),
        pytest.param([contact(1), "Expires: 120"], 200, 1, 120, id="expires header"),
        pytest.param(
            [contact(1, ";expires=90"), "Expires: 120"], 200, 1, 90, id="own expires wins"
        ),
        pytest.param([contact(1), "Expires: 999999"], 200, 1, 3600, id="too long is shortened"),
        pytest.param([contact(1), "Expires: 60"], 200, 1, 60, id="shortest"),
        pytest.param([contact(1), "Expires: 59"], 423, 0, 0, id="too short"),
        pytest.param([contact(1), "Expires: 0"], 200, 0, 0, id="remove what is not there"),
        pytest.param([contact(1), contact(2)], 200, 2, 3600, id="two at once"),
        pytest.param([contact(1), contact(2, ";expires=5")], 423, 0, 0, id="one bad spoils both"),
        pytest.param([contact(i) for i in range(10)], 200, 10, 3600, id="ten"),
        pytest.param([contact(i) for i in range(11)], 400, 0, 0, id="eleven at once"),
        pytest.param([contact(1, ";q=0.5")], 200, 1, 3600, id="q ignored"),
        pytest.param([], 200, 0, 0, id="only asking"),
        pytest.param(["Contact: *", "Expires: 0"], 200, 0, 0, id="star"),
        pytest.param(["Contact: *", "Expires: 60"], 400, 0, 0, id="star must end"),
        pytest.param(["Contact: *"], 400, 0, 0, id="star without expires"),
        pytest.param(["Contact: *", contact(1), "Expires: 0"], 400, 0, 0, id="star alone"),
        pytest.param(["Contact: <tel:101>"], 400, 0, 0, id="tel is no address"),
        pytest.param([LONG], 400, 0, 0, id="too long is refused, not cut"),
        pytest.param(["Contact: <sip:101@[2001:db8::1]:5060>"], 200, 1, 3600, id="IPv6"),
    ],
)
def test_register(
    tmp_path: Path, headers: list[str], code: int, contacts: int, expires: int
) -> None:
    _, phone = bench_and_phone(tmp_path)
    answer = phone.register("secret", *headers)
    assert answer.code == code
    assert len(live()) == contacts
    assert all(expires - 1 <= left <= expires for _, _, left in live())
    listed = answer.headers("Contact")
    assert len(listed) == (contacts if code == 200 else 0)
    assert all(f"expires={expires}" in line for line in listed)
    assert (code != 423) or answer.headers("Min-Expires") == ["60"]


@pytest.mark.parametrize(
    "uri",
    [
        "sip:101@phone.example.org",
        "sip:101@localhost:5060",
        "sip:101@192.0.2.1.example.org",
        "sip:101@1.2",
        "sip:101@3221225985",
        "sip:101@192.0.2.1;maddr=phone.example.org",
        "sip:101@0.0.0.0",
        "sip:101@224.0.1.75",
        "sip:101@255.255.255.255",
        "sip:101@[::]",
        "sip:101@[ff02::1]",
        "sip:101@[::ffff:192.0.2.1]",
    ],
)
def test_fail__a_contact_that_is_not_the_address_of_one_machine(tmp_path: Path, uri: str) -> None:
    _, phone = bench_and_phone(tmp_path)
    answer = phone.register("secret", f"Contact: <{uri}>")
    assert answer.code == 400
    assert live() == []


def test_challenge_offers_sha256_first_and_requires_qop(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    offers = phone.request("REGISTER").headers("WWW-Authenticate")
    assert ["SHA-256" in offer for offer in offers] == [True, False]
    assert all('realm="hookswitch"' in o and 'qop="auth"' in o for o in offers)
    assert not any("stale" in offer for offer in offers)


def test_sha256_can_be_kept_from_phones_that_give_up_on_it(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    native.offer_sha256(False)
    [offer] = phone.request("REGISTER").headers("WWW-Authenticate")
    assert "algorithm=MD5" in offer


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_password_decides(tmp_path: Path, algorithm: str) -> None:
    _, phone = bench_and_phone(tmp_path)
    assert phone.register("wrong", contact(1), algorithm=algorithm).code == 401
    assert live() == []
    assert phone.register("secret", contact(1), algorithm=algorithm).code == 200


def test_unknown_account_gets_the_answer_of_a_wrong_password(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    wrong = phone.register("wrong", contact(1))
    phone.user = "999"
    unknown = phone.register("wrong", contact(1))

    def shape(answer: rawsip.Answer) -> list[str]:
        names = [line.split(":")[0] for line in answer.text.split("\r\n")]
        return [*names, *(k for h in answer.headers("WWW-Authenticate") for k in h.split("=")[::2])]

    assert (wrong.code, len(shape(wrong))) == (unknown.code, len(shape(unknown)))
    assert "stale" not in unknown.text


def test_own_password_is_not_for_somebody_elses_address(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    assert phone.register("secret", contact(1), to="To: <sip:102@127.0.0.1>").code == 403
    assert live("102") == []


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        ({"nonce": "0" * 48}, True),
        ({"nonce": "x"}, True),
        ({"nonce": "0" * 4000}, True),
        ({"qop": "auth-int"}, False),
        ({"qop": ""}, False),
        ({"cnonce": ""}, False),
        ({"nc": "1"}, False),
        ({"realm": "elsewhere"}, False),
        ({"username": "u" * 3000}, False),
        ({"username": ""}, False),
    ],
)
def test_odd_credentials_are_challenged_again(
    tmp_path: Path, change: dict[str, str], stale: bool
) -> None:
    _, phone = bench_and_phone(tmp_path)
    proof = phone.authorize(phone.request("REGISTER"), "REGISTER", "secret", **change)
    again = phone.request("REGISTER", proof, contact(1))
    assert again.code == 401
    assert ("stale=true" in again.text) == stale


def test_nonce_with_a_wrong_seal_or_from_elsewhere_is_stale(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    nonce = phone.request("REGISTER").challenge("SHA-256")["nonce"]
    forged = nonce[:-1] + ("0" if nonce[-1] != "0" else "1")
    for other, used in ((phone, forged), (elsewhere(phone), nonce)):
        asked = other.request("REGISTER")
        again = other.request("REGISTER", phone.authorize(asked, "REGISTER", "secret", nonce=used))
        assert again.challenge("MD5").get("stale") == "true"
    good = phone.authorize(phone.request("REGISTER"), "REGISTER", "secret", nonce=nonce)
    assert phone.request("REGISTER", good).code == 200


def elsewhere(phone: rawsip.Phone) -> rawsip.Phone:
    """The same phone behind another address."""
    other = rawsip.bound("127.0.0.2")
    return rawsip.Phone(phone.server, phone.pump, call_id="elsewhere", socket=other)


@pytest.mark.parametrize(
    "header",
    [
        "Digest",
        "Digest ,,,",
        'Digest username="101',
        'Digest realm="hookswitch"',
        'Digest realm="hookswitch", nonce="", response=""',
        "Digest " + "a=b," * 500,
        "Basic MTAxOnNlY3JldA==",
        'Digest realm="hookswitch", algorithm=SHA-512-256, nonce="1"',
        "",
        "\x01\x02",
    ],
)
def test_malformed_credentials_never_hurt(tmp_path: Path, header: str) -> None:
    _, phone = bench_and_phone(tmp_path)
    phone.patience = 5  # some of these pjsip's own parser drops in silence
    try:
        assert phone.request("REGISTER", f"Authorization: {header}", contact(1)).code == 401
    except TimeoutError:
        pass
    phone.patience = 500
    assert phone.register("secret", contact(1)).code == 200


def test_nonce_is_bound_to_the_method(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    overheard = phone.authorize(phone.request("REGISTER"), "INVITE", "secret")
    assert phone.request("REGISTER", overheard, contact(1)).code == 401


def test_overtaken_request_does_not_undo_a_newer_one(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    phone.cseq = 100
    assert phone.register("secret", contact(1)).code == 200
    phone.cseq = 50
    assert phone.register("secret", contact(1), "Expires: 0").code == 500
    assert len(live()) == 1
    phone.call_id = "rebooted"  # a phone that started anew counts from the beginning
    assert phone.register("secret", contact(1), "Expires: 0").code == 200
    assert live() == []


def test_events_tell_changes_of_the_set_only(tmp_path: Path) -> None:
    bench, phone = bench_and_phone(tmp_path)
    star = ["Contact: *", "Expires: 0"]
    told = []
    for headers in ([contact(1)], [contact(1)], [contact(2)], [contact(1), "Expires: 0"], star):
        bench.events.clear()
        assert phone.register("secret", *headers).code == 200
        told.append(bench.events + native.events())
    assert told == [[("registered", "101", n)] if n >= 0 else [] for n in (1, -1, 2, 1, 0)]


def test_eleventh_contact_replaces_the_one_that_would_end_first(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    for number in range(10):
        seconds = 100 if number == 4 else 3000 + number
        assert phone.register("secret", contact(number), f"Expires: {seconds}").code == 200
    assert phone.register("secret", contact(11)).code == 200
    uris = [contact for _, _, _, contact, _, _ in native.registrations("101")]
    assert len(uris) == 10
    assert uris[0] == "sip:101@192.0.2.11:5060"  # newest first
    assert "sip:101@192.0.2.4:5060" not in uris


@pytest.mark.parametrize("accounts", [ACCOUNTS[1:], [rawsip.account("101", "new"), ACCOUNTS[1]]])
def test_contacts_end_with_the_account_or_its_password(
    tmp_path: Path, accounts: list[tuple[str, str, str]]
) -> None:
    bench, phone = bench_and_phone(tmp_path)
    phone.register("secret", contact(1))
    bench.events += native.events()
    native.set_accounts(ACCOUNTS)
    assert len(live()) == 1
    native.set_accounts(accounts)
    assert live() == []
    assert native.events() == [("registered", "101", 0)]


@pytest.mark.parametrize(
    "accounts",
    [
        [("101", "00", "00")],
        [("", *ACCOUNTS[0][1:])],
        [("x" * 64, *ACCOUNTS[0][1:])],
        [("1 1", *ACCOUNTS[0][1:])],
        [("101", "g" * 32, "0" * 64)],
        [ACCOUNTS[0], ACCOUNTS[0]],
    ],
)
def test_fail__accounts_leave_the_old_ones(
    tmp_path: Path, accounts: list[tuple[str, str, str]]
) -> None:
    _, phone = bench_and_phone(tmp_path)
    with pytest.raises(ValueError, match="account"):
        native.set_accounts(accounts)
    assert phone.register("secret", contact(1)).code == 200


def test_ok__two_thousand_accounts(tmp_path: Path) -> None:
    _, phone = bench_and_phone(tmp_path)
    native.set_accounts([rawsip.account(str(1000 + n), f"pw{n}") for n in range(2500)])
    for user, password in (("1000", "pw0"), ("2250", "pw1250"), ("3499", "pw2499")):
        phone.user, phone.call_id = user, user
        assert phone.register(password, contact(1)).code == 200


@pytest.mark.parametrize(
    ("method", "code"),
    [("OPTIONS", 200), ("MESSAGE", 405), ("PUBLISH", 405), ("NOTIFY", 405), ("FROB", 405),
     ("SUBSCRIBE", 401), ("INVITE", 401)],
)  # fmt: skip
def test_other_requests(tmp_path: Path, method: str, code: int) -> None:
    _, phone = bench_and_phone(tmp_path)
    answer = phone.request(method)
    assert answer.code == code
    assert bool(answer.headers("Allow")) == (code != 401)
