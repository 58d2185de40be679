"""The doors: first start, signing in and out, and the reader's language.

Until there is an administrator the box shows nothing but the first start.  What is wrong is said
where it was typed; the password is never sent back.
"""

from __future__ import annotations

from typing import Any

import bottle
from bottle import request, response

from firmware.api.users import SetUp, ShowSetUp, SignedIn, SignIn, SignOut
from firmware.wire.frames import Refused
from webui import guard
from webui.app import Site, go
from webui.language import LANGUAGES
from webui.visit import Page, Visit

YEAR = 365 * 24 * 3600
SHORT = 256  # letters of anything typed here, and of a browser's name
COOKIE: dict[str, Any] = {"secure": True, "httponly": True, "path": "/"}


def mount(site: Site) -> None:
    doors = Doors(site)
    site.get("/first-start", doors.first_start, open_to_all=True)
    site.post("/first-start", doors.make_administrator, open_to_all=True)
    site.get("/sign-in", doors.sign_in, open_to_all=True)
    site.post("/sign-in", doors.open_session, open_to_all=True)
    site.post("/sign-out", doors.sign_out)
    site.post("/language", doors.speak, open_to_all=True)


class Doors:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._ask = site.owners.sysd.ask
        self._translate = site.renderer.translate

    # -- what is shown -----------------------------------------------------------------------------
    def first_start(self, visit: Visit, refused: str = "", account: str = "admin") -> Any:
        if not self._ask(ShowSetUp()):
            return go("/")
        title = self._translate(visit.lang, "First start")
        return self._door(visit, "set-up.html", title, refused, account)

    def sign_in(self, visit: Visit, refused: str = "", account: str = "") -> Any:
        if self._ask(ShowSetUp()):
            return go("/first-start")
        if visit.signed_in:
            return go("/")
        title = self._translate(visit.lang, "Sign in")
        return self._door(visit, "sign-in.html", title, refused, account)

    def _door(self, visit: Visit, template: str, title: str, refused: str, account: str) -> str:
        if refused:
            response.status = 403
        return self._site.page(
            visit, template, title=title, refused=refused, account=account, board=self._site.board
        )

    # -- what is done ------------------------------------------------------------------------------
    def make_administrator(self, visit: Visit) -> Any:
        account, password = typed("account"), secret("password")
        if password != secret("again"):
            words = self._translate(visit.lang, "The two passwords differ.")
            return self.first_start(visit, words, account)
        question = SetUp(typed("code"), account, password, visit.address, agent(), visit.lang)
        return self._enter(visit, question, self.first_start)

    def open_session(self, visit: Visit) -> Any:
        address = visit.address
        question = SignIn(typed("account"), secret("password"), address, agent(), visit.lang)
        return self._enter(visit, question, self.sign_in)

    def _enter(self, visit: Visit, question: SetUp | SignIn, page: Page) -> Any:
        if not question.account:
            words = self._translate(visit.lang, "Type an account or an extension number.")
            return page(visit, words)
        try:
            signed: SignedIn = self._ask(question)
        except Refused as refused:
            if refused.code == "away":
                raise
            return page(visit, refused.text, question.account)
        answer = go("/")
        answer.set_cookie(guard.COOKIE, signed.token, samesite="strict", **COOKIE)
        return answer

    def sign_out(self, visit: Visit) -> Any:
        self._ask(SignOut(visit.token))
        answer = go("/sign-in")
        answer.delete_cookie(guard.COOKIE, **COOKIE)
        return answer

    def speak(self, _: Visit) -> Any:
        lang, back = typed("lang"), typed("back")
        if lang not in LANGUAGES:
            raise bottle.HTTPError(404, "no such language")
        answer = go(back if local(back) else "/")
        answer.set_cookie("lang", lang, samesite="lax", max_age=YEAR, **COOKIE)
        return answer


def typed(name: str) -> str:
    text: str = request.forms.getunicode(name, "")
    return text.strip()[:SHORT]


def secret(name: str) -> str:
    text: str = request.forms.getunicode(name, "")
    return text[:SHORT]


def agent() -> str:
    text: str = request.get_header("User-Agent", "")
    return text[:SHORT]


def local(path: str) -> bool:
    """A path of ours: `//evil` and `/\\evil` are other hosts to a browser."""
    return path.startswith("/") and not path.startswith(("//", "/\\"))
