"""One request, as pages see it: who asks, in which language, and how to answer.

The visit is made once by `app` and kept in the WSGI environment.  Pages get it as their first
argument; what a template needs of it is in `words`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from bottle import request

from firmware.api.users import SessionView
from webui.language import Lang

THEMES = ("auto", "light", "dark")


class Visit(NamedTuple):
    lang: Lang
    theme: str
    path: str
    address: str  # of the browser
    session: SessionView | None = None  # None: nobody has signed in
    token: str = ""  # the secret of the session's cookie

    @property
    def signed_in(self) -> bool:
        return self.session is not None


Page = Callable[..., Any]


def current() -> Visit:
    visit: Visit = request.environ["hookswitch.visit"]
    return visit
