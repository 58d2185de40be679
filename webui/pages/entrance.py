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
from webui.visit import Visit

YEAR = 365 * 24 * 3600
SHORT = 256  # letters of a browser's name that are kept


def mount(site: Site) -> None:
    def first_start(visit: Visit, refused: str = "", account: str = "admin") -> Any:
        if not site.owners.sysd.ask(ShowSetUp()):
            return go("/")
        return site.page(
            visit, "set-up.html", title=site.renderer.translate(visit.lang, "First start"),
            refused=refused, account=account, board=site.board,
        )

    def sign_in(visit: Visit, refused: str = "", account: str = "") -> Any:
        if site.owners.sysd.ask(ShowSetUp()):
            return go("/first-start")
        if visit.signed_in:
            return go("/")
        return site.page(
            visit, "sign-in.html", title=site.renderer.translate(visit.lang, "Sign in"),
            refused=refused, account=account, board=site.board,
        )

    def make_administrator(visit: Visit) -> Any:
        account, password = typed("account"), request.forms.getunicode("password", "")
        if password != request.forms.getunicode("again", ""):
            words = site.renderer.translate(visit.lang, "The two passwords differ.")
            return first_start(visit, words, account)
        question = SetUp(typed("code"), account, password, visit.address, agent(), visit.lang)
        return enter(visit, question, first_start, account)

    def open_session(visit: Visit) -> Any:
        account, password = typed("account"), request.forms.getunicode("password", "")
        question = SignIn(account, password[:SHORT], visit.address, agent(), visit.lang)
        return enter(visit, question, sign_in, account)

    def enter(visit: Visit, question: SetUp | SignIn, page: Any, account: str) -> Any:
        if not account:
            words = "Type an account or an extension number."
            return page(visit, site.renderer.translate(visit.lang, words))
        try:
            signed: SignedIn = site.owners.sysd.ask(question)
        except Refused as refused:
            if refused.code == "away":
                raise
            response.status = 403
            return page(visit, refused.text, account)
        answer = go("/")
        answer.set_cookie(
            guard.COOKIE, signed.token, secure=True, httponly=True, samesite="strict", path="/"
        )
        return answer

    def sign_out(visit: Visit) -> Any:
        site.owners.sysd.ask(SignOut(visit.token))
        answer = go("/sign-in")
        answer.delete_cookie(guard.COOKIE, path="/", secure=True, httponly=True)
        return answer

    def speak(_: Visit) -> Any:
        lang, back = typed("lang"), typed("back")
        if lang not in LANGUAGES:
            raise bottle.HTTPError(404, "no such language")
        answer = go(back if local(back) else "/")
        answer.set_cookie(
            "lang", lang, secure=True, httponly=True, samesite="lax", path="/", max_age=YEAR
        )
        return answer

    site.get("/first-start", first_start, open_to_all=True)
    site.post("/first-start", make_administrator, open_to_all=True)
    site.get("/sign-in", sign_in, open_to_all=True)
    site.post("/sign-in", open_session, open_to_all=True)
    site.post("/sign-out", sign_out)
    site.post("/language", speak, open_to_all=True)


def typed(name: str) -> str:
    text: str = request.forms.getunicode(name, "")
    return text.strip()[:SHORT]


def agent() -> str:
    text: str = request.get_header("User-Agent", "")
    return text[:SHORT]


def local(path: str) -> bool:
    """A path of ours: `//evil` and `/\\evil` are other hosts to a browser."""
    return path.startswith("/") and not path.startswith(("//", "/\\"))
