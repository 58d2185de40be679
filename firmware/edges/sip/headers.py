"""Who calls whom, in the headers that telephones and carriers read.

Names and numbers may hold anything: what could end a header or a URI never gets into one.  Carriers
differ in where they want to read the caller; a trunk's `identity` says which.  What calls that come
in say of themselves is read in C (`native.identity`).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from firmware.core.site import Trunk

NUMBER = re.compile(r"[0-9A-Za-z+*#_.-]{1,32}")  # what a header may say of anybody
NAME_LENGTH = 80
ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'
_ADDRESS = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^<",;]*?))\s*'
    r"<(?:sips?|tel):(?P<user>[^@;>?]*)[^>]*>",
    re.IGNORECASE,
)
_BARE = re.compile(r"\s*(?:sips?|tel):(?P<user>[^@;>?,]*)", re.IGNORECASE)

Header = tuple[str, str]


class Party(NamedTuple):
    """Somebody in a header: a number that may be dialed or shown, and a name."""

    number: str
    name: str = ""
    withheld: bool = False


# -- out -------------------------------------------------------------------------------------------
def address(number: str, name: str, domain: str) -> str:
    """A From header or the like; who has no number that can be shown is anonymous."""
    user = number if NUMBER.fullmatch(number) else "anonymous"
    user = user.replace("#", "%23")  # in a URI it would begin a fragment
    clean = shown(name)
    return f'"{clean}" <sip:{user}@{domain}>' if clean else f"<sip:{user}@{domain}>"


def shown(name: str) -> str:
    letters = (letter for letter in name if letter.isprintable() and letter not in '"\\')
    return "".join(letters)[:NAME_LENGTH].strip()


def to_phone(caller: Party, diverted_by: str, domain: str) -> tuple[str, list[Header]]:
    """The From, and the headers besides, of a call to one of our telephones."""
    headers = _diversion(diverted_by, domain)
    if caller.withheld:
        return ANONYMOUS, [("Privacy", "id"), *headers]
    who = address(caller.number, caller.name, domain)
    if NUMBER.fullmatch(caller.number):
        headers.append(("P-Asserted-Identity", who))
    return who, headers


def to_carrier(
    trunk: Trunk, caller: Party, diverted_by: str, domain: str
) -> tuple[str, list[Header]]:
    """The same for a carrier, who wants to read the caller in a place of his own."""
    number = caller.number if NUMBER.fullmatch(caller.number) else trunk.caller or trunk.user
    caller = caller._replace(number=number)
    who = address(number, caller.name, domain)
    account = address(trunk.user or number, caller.name, domain)
    headers = _diversion(diverted_by, domain)
    if caller.withheld:
        headers.append(("Privacy", "id"))
    match trunk.identity:
        case "pai":
            headers.append(("P-Asserted-Identity", who))
        case "ppi":
            headers.append(("P-Preferred-Identity", who))
        case "rpid":
            privacy = "full" if caller.withheld else "off"
            headers.append(("Remote-Party-ID", f"{who};party=calling;privacy={privacy};screen=no"))
        case "from":
            account = who
    return (ANONYMOUS if caller.withheld else account), headers


def _diversion(number: str, domain: str) -> list[Header]:
    if not NUMBER.fullmatch(number):
        return []
    return [("Diversion", f"{address(number, '', domain)};reason=unconditional")]


# -- in --------------------------------------------------------------------------------------------
def party_of(value: str) -> Party:
    """The first address of a header; empty where there is none that can be shown."""
    found = _ADDRESS.match(value)
    if found:
        name = found["quoted"] if found["quoted"] is not None else found["plain"] or ""
        return Party(_number(found["user"]), shown(re.sub(r"\\(.)", r"\1", name)))
    bare = _BARE.match(value)
    return Party(_number(bare["user"])) if bare else Party("")


def _number(user: str) -> str:
    number = unquote(user)
    if re.fullmatch(r"\+?[0-9().-]+", number):
        number = re.sub(r"[().-]", "", number)  # visual separators of a telephone number
    return number if NUMBER.fullmatch(number) else ""
