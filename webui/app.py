"""The pages as one WSGI application, and the process that serves them.

`Site` is what every page module gets: the owners to ask, the templates, the live feeds.  A page
module has `mount(site)` and adds its routes with `site.get`, `site.post` and `site.socket`; what
stands before every page (host, session, role, origin, token) is here and cannot be left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import bottle
from bottle import HTTPResponse, request, response

from firmware.api.users import ShowSession
from firmware.wire.frames import Refused
from hal.board import Board
from webui import guard, language
from webui.assets import Assets
from webui.live import Feed
from webui.owners import Owners
from webui.render import Renderer
from webui.visit import THEMES, Page, Visit, current

log = logging.getLogger("web")

BODY_LIMIT = 256 * 1024  # forms; uploads have routes and limits of their own
YEAR = "public, max-age=31536000, immutable"
bottle.BaseRequest.MEMFILE_MAX = BODY_LIMIT


class Site:
    def __init__(self, run: Path, built: Path, names: frozenset[str], board: Board) -> None:
        self.names, self.board, self.parts = names, board.title, board.chassis
        self.owners = Owners(run)
        self.calls = Feed(run / "callproc.sock")
        self.simulator = Feed(run / "sim.sock") if board.simulated else None
        self.assets = Assets(built)
        self.renderer = Renderer(language.load(built / "locale"), self.assets)
        self.app = bottle.Bottle(catchall=True)
        self.app.add_hook("before_request", self._arrive)
        self.app.default_error_handler = self._error
        self.app.get("/assets/<name>", callback=self._asset)

    # -- routes ------------------------------------------------------------------------------------
    def get(self, path: str, page: Page, *, open_to_all: bool = False) -> None:
        self.app.get(path, callback=self._gate(page, open_to_all))

    def post(self, path: str, page: Page, *, open_to_all: bool = False) -> None:
        self.app.post(path, callback=self._form(self._gate(page, open_to_all)))

    def socket(self, path: str, page: Page) -> None:
        """A WebSocket: a browser sends its origin, and the session is asked for as ever."""
        self.app.get(path, callback=self._from_here(self._gate(page, open_to_all=False)))

    def _gate(self, page: Page, open_to_all: bool) -> Callable[..., Any]:
        @wraps(page)
        def gated(**arguments: Any) -> Any:
            visit = current()
            if not visit.signed_in and not open_to_all:
                return self._strangers(visit)
            try:
                return page(visit, **arguments)
            except Refused as refused:
                return self._refused(visit, refused)

        return gated

    def _strangers(self, visit: Visit) -> Any:
        if request.method == "GET" and "websocket" not in request.get_header("Upgrade", ""):
            return go("/sign-in")
        raise bottle.HTTPError(401, self.renderer.translate(visit.lang, "Sign in first."))

    def _form(self, page: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(page)
        def checked(**arguments: Any) -> Any:
            visit = current()
            session = visit.session
            own = guard.same_origin(request.get_header("Host", ""), request.get_header("Origin"))
            given = request.forms.get("csrf", "")
            ours = session is None or guard.same_token(given, session.csrf)
            if not own or not ours:
                raise bottle.HTTPError(403, "This form does not come from this page.")
            return page(**arguments)

        return checked

    def _from_here(self, page: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(page)
        def checked(**arguments: Any) -> Any:
            host, origin = request.get_header("Host", ""), request.get_header("Origin")
            if not guard.same_origin(host, origin):
                raise bottle.HTTPError(403, "This connection does not come from this page.")
            return page(**arguments)

        return checked

    # -- what stands before every page -------------------------------------------------------------
    def _arrive(self) -> None:
        for name, value in guard.HEADERS.items():
            response.set_header(name, value)
        if not guard.known_host(request.get_header("Host", ""), self.names):
            raise bottle.HTTPError(421, "This box has no such name.")
        if not request.path.startswith("/assets/"):
            request.environ["hookswitch.visit"] = self._visit()

    def _visit(self) -> Visit:
        token = request.get_cookie(guard.COOKIE) or ""
        session = None
        if 0 < len(token) <= 128:
            try:
                session = self.owners.sysd.ask(ShowSession(token, request.remote_addr or ""))
            except Refused as refused:
                if refused.code == "away":
                    raise bottle.HTTPError(503, "The box is starting.") from None
        lang = language.choose(
            request.get_cookie("lang") or "", request.get_header("Accept-Language", "")
        )
        theme = request.get_cookie("theme") or ""
        theme = theme if theme in THEMES else "auto"
        return Visit(lang, theme, request.path, request.remote_addr or "", session, token)

    # -- answers -----------------------------------------------------------------------------------
    def page(self, visit: Visit, template: str, **values: Any) -> str:
        return self.renderer.page(visit, template, **values)

    def _refused(self, visit: Visit, refused: Refused) -> Any:
        status = {"away": 503, "forbidden": 403, "no-such": 404}.get(refused.code, 409)
        return self._say(visit, status, refused.text)

    def _say(self, visit: Visit, status: int, words: str) -> HTTPResponse:
        frame = "trouble.html" if visit.signed_in else "trouble-bare.html"
        body = self.page(visit, frame, title=words, words=words, status=status)
        return HTTPResponse(body, status, headers={"Content-Type": "text/html; charset=utf-8"})

    def _error(self, error: bottle.HTTPError) -> Any:
        for name, value in guard.HEADERS.items():
            error.set_header(name, value)
        if error.exception:
            log.error("%s %s", request.method, request.path, exc_info=error.exception)
        visit = request.environ.get("hookswitch.visit") or Visit(
            language.choose("", request.get_header("Accept-Language", "")), "auto", "", ""
        )
        words = WORDS.get(error.status_code, WORDS[0])
        words = self.renderer.translate(visit.lang, words)
        frame = "trouble.html" if visit.signed_in else "trouble-bare.html"
        error.content_type = "text/html; charset=utf-8"
        return self.page(visit, frame, title=words, words=words, status=error.status_code)

    def _asset(self, name: str) -> Any:
        found = self.assets.served.get(name)
        if found is None:
            raise bottle.HTTPError(404, "no such file")
        packed = "gzip" in request.get_header("Accept-Encoding", "")
        headers = {"Content-Type": found.type, "Cache-Control": YEAR, "Vary": "Accept-Encoding"}
        headers["X-Content-Type-Options"] = "nosniff"
        if packed:
            headers["Content-Encoding"] = "gzip"
        return HTTPResponse(found.packed if packed else found.body, 200, headers=headers)


def _(text: str) -> str:
    """Marks a text for the catalogue."""
    return text


WORDS = {
    0: _("This did not work."),
    401: _("Sign in first."),
    403: _("This is not allowed."),
    404: _("There is no such page."),
    405: _("This address does not take that."),
    413: _("This is more than can be sent at once."),
    421: _("This box has no such name."),
    500: _("Something went wrong in the box. It has been written to the log."),
    503: _("A part of the box is not answering. It starts again by itself; try in a few seconds."),
}


def go(path: str) -> HTTPResponse:
    """Look there instead; only ever a path of ours."""
    return HTTPResponse("", 303, headers={"Location": path, **guard.HEADERS})
