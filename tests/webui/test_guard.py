"""What stands before every page: session, host, origin, token, and harmless strangers' words."""

from __future__ import annotations

import pytest

from hal.sim.messages import RingIn, StopRing
from tests.e2e.box import Box
from tests.webui.visitor import Visitor

PAGES = ("/", "/system/simulator")
SOCKETS = ("/live/simulator", "/live/simulator/voice/1")
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec_WebSocket_Version": "13",
}


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_sent_to_the_door(admin: Visitor, stranger: Visitor, path: str) -> None:
    assert admin.get(path).status == 200
    sent = stranger.get(path)
    assert (sent.status, sent.place, sent.body) == (303, "/sign-in", "")


@pytest.mark.parametrize("path", SOCKETS)
def test_sockets_need_a_session_and_our_own_page(
    admin: Visitor, stranger: Visitor, path: str
) -> None:
    origin = f"https://{admin.address}"
    assert stranger.get(path, Origin=origin, **UPGRADE).status == 401
    assert admin.get(path, Origin="https://evil.example", **UPGRADE).status == 403
    assert admin.get(path, **UPGRADE).status == 403


@pytest.mark.parametrize("token", ["x", "a" * 4000, "../../etc/passwd", "%00", "'; DROP TABLE"])
def test_a_made_up_session_is_nobody(admin: Visitor, stranger: Visitor, token: str) -> None:
    assert admin.get("/").status == 200
    stranger.cookies["__Host-session"] = token
    assert stranger.get("/").place == "/sign-in"


def test_a_session_that_ended_is_over_at_once(admin: Visitor, box: Box) -> None:
    second = Visitor(box.web)
    assert second.sign_in().status == 303
    kept = dict(second.cookies)
    assert second.post("/sign-out", {"csrf": second.csrf()}).place == "/sign-in"
    second.cookies = kept
    assert second.get("/").place == "/sign-in"
    assert admin.get("/").status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8443", "hookswitch.evil.example", "["]
)
def test_another_hosts_name_is_answered_by_nobody(admin: Visitor, host: str) -> None:
    answer = admin.get("/", Host=host)
    assert answer.status == 421
    assert "admin" not in answer.body


def test_forms_of_other_pages_are_refused(admin: Visitor) -> None:
    csrf = admin.csrf()
    fields = {"lang": "zh", "back": "/"}
    for origin in ("https://evil.example", "null", ""):
        assert admin.post("/language", {**fields, "csrf": csrf}, Origin=origin).status == 403
    assert admin.post("/language", fields).status == 403
    assert admin.post("/language", {**fields, "csrf": "x" * 32}).status == 403
    assert admin.post("/language", {**fields, "csrf": csrf}).status == 303


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", ""])
def test_nobody_is_sent_elsewhere(admin: Visitor, back: str) -> None:
    fields = {"lang": "en", "back": back, "csrf": admin.csrf()}
    assert admin.post("/language", fields).place == "/"


@pytest.mark.parametrize(
    "path", ["/assets/../app.py", "/assets/%2e%2e/app.py", "/none", "/assets/x"]
)
def test_paths_lead_nowhere_else(admin: Visitor, path: str) -> None:
    answer = admin.get(path)
    assert answer.status == 404
    assert "import" not in answer.body


def test_every_answer_is_guarded(admin: Visitor, stranger: Visitor) -> None:
    answers = (admin.get("/"), stranger.get("/"), admin.get("/none"), stranger.get("/sign-in"))
    for answer in answers:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_callers_words_are_shown_and_never_run(admin: Visitor, box: Box) -> None:
    """Caller ID is a stranger's text: markup, quotation marks and direction tricks."""
    box.people(RingIn(5, caller="<script>alert(1)", name='"><img src=x>'))
    box.news.until(lambda it: getattr(it, "kind", "") == "fxo")
    page = admin.get("/").body
    box.people(StopRing(5))
    assert "<script>alert" not in page
    assert "<img" not in page
