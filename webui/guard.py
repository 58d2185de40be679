"""Who may come in: the checks that stand before every page.

Promises: a request for another host's name is answered by nobody (DNS rebinding); a form is taken
only from our own pages (Origin and the session's own token); every answer forbids framing, foreign
scripts and guessing of types; nothing is kept by caches but assets.  Sessions themselves live in
sysd: the cookie is only their key, and each request asks anew, so a session that was ended is over.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    "Strict-Transport-Security": "max-age=31536000",
    "Cache-Control": "no-store",
}
COOKIE = "__Host-session"


def known_host(host: str, names: Collection[str]) -> bool:
    """An address, or one of the box's own names, with any port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name in names
    return True


def same_origin(host: str, origin: str | None) -> bool:
    """A browser tells with every POST and WebSocket where the page came from."""
    return origin is not None and origin.lower() == f"https://{host}".lower()


def same_token(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
