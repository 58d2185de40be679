"""A box without an administrator shows only the first start, and takes only its code."""

from __future__ import annotations

import re

import pytest

from tests.e2e.box import Box
from tests.webui.visitor import PASSWORD, Visitor


@pytest.mark.req("USR-01")
def test_first_start_in_its_order(box: Box, stranger: Visitor) -> None:
    for path in ("/", "/sign-in", "/system/simulator"):
        place = stranger.get(path).place
        assert place in ("/sign-in", "/first-start")
    page = stranger.get("/first-start")
    assert "Set-up code" in page.body

    wrong = {"code": "AAAA-BBBB-CCCC", "account": "eve", "password": PASSWORD, "again": PASSWORD}
    refused = stranger.post("/first-start", wrong)
    assert (refused.status, "not the set-up code" in refused.body) == (403, True)
    assert PASSWORD not in refused.body
    differs = stranger.post("/first-start", {**wrong, "again": "other-7-Quay"})
    assert "differ" in differs.body

    made = stranger.set_up(box.state)
    assert (made.status, made.place) == (303, "/")
    cookie = made.headers["Set-Cookie"]
    for flag in ("__Host-session=", "Secure", "HttpOnly", "SameSite=strict", "Path=/"):
        assert re.search(flag, cookie, re.IGNORECASE), flag
    assert stranger.get("/").status == 200
    assert stranger.get("/first-start").place == "/"
    other = Visitor(box.web)
    assert other.post("/first-start", wrong).status in (303, 403)
    assert other.get("/").place == "/sign-in"


@pytest.mark.req("USR-01")
def test_a_factory_password_is_named_for_what_it_is(box: Box) -> None:
    visitor = Visitor(box.web)
    told = visitor.post("/sign-in", {"account": "admin", "password": "123456"})
    assert told.status == 403
    assert "admin / 123456 never works on this box" in told.body
    visitor.cookies["lang"] = "zh"
    assert "出厂密码" in visitor.sign_in("admin", "admin").body
