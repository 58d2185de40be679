"""SIP status codes and our causes, translated once, here."""

from __future__ import annotations

from firmware.core import causes

_CAUSE = {
    200: causes.NORMAL,
    401: causes.NOT_ALLOWED,
    403: causes.NOT_ALLOWED,
    404: causes.NO_SUCH_NUMBER,
    408: causes.UNREACHABLE,
    410: causes.NO_SUCH_NUMBER,
    480: causes.UNREACHABLE,
    486: causes.BUSY,
    487: causes.CANCELED,
    600: causes.BUSY,
    603: causes.REFUSED,
    604: causes.NO_SUCH_NUMBER,
}

_CODE = {
    causes.NORMAL: 200,
    causes.CANCELED: 487,
    causes.BUSY: 486,
    causes.NO_ANSWER: 480,
    causes.REFUSED: 603,
    causes.DND: 480,
    causes.CUT_OFF: 480,
    causes.UNREACHABLE: 480,
    causes.NO_SUCH_NUMBER: 404,
    causes.NOT_ALLOWED: 403,
    causes.LINES_BUSY: 503,
    causes.BOX_BUSY: 503,
    causes.ELSEWHERE: 200,
    causes.STOPPED: 503,
    causes.HELD: 200,
    causes.TRANSFERRED: 200,
    causes.PARKED: 200,
    causes.CUT: 503,
    causes.TIME_UP: 480,
    causes.CUT_OFF: 200,
    causes.FAILED: 500,
}


def cause_of(code: int) -> str:
    return _CAUSE.get(code, causes.FAILED if code >= 300 else causes.NORMAL)


def code_of(cause: str) -> int:
    """For an answered call the code is not sent: hanging up is a BYE then."""
    return _CODE.get(cause, 500)
