"""Where SIP and the pages listen: what a person writes becomes addresses to bind one by one."""

from __future__ import annotations

import ipaddress
import socket

from firmware.tools.terminal import Terminal

PORT = 5060
LOOPBACKS = ("127.0.0.1", "::1")
ELSEWHERE = ("192.0.2.1", "2001:db8::1")  # documentation addresses: nothing is ever sent there


def addresses(terminal: Terminal, wanted: str) -> tuple[str, ...]:
    """Empty is this machine alone, `lan` adds its network, anything else is taken as it is."""
    hosts = [host for host in LOOPBACKS if _usable(host)]
    if wanted == "lan":
        hosts += [host for place in ELSEWHERE if (host := _towards(place)) and host not in hosts]
    elif wanted:
        return tuple(_parsed(terminal, part.strip()) for part in wanted.split(","))
    return tuple(_written(host, PORT) for host in hosts)


def one_address(terminal: Terminal, text: str) -> str:
    return _parsed(terminal, text.strip(), "bad-web")


def _parsed(terminal: Terminal, text: str, complaint: str = "bad-sip") -> str:
    host, _, port = text.rpartition(":")
    try:
        ipaddress.ip_address(host.strip("[]"))
        number = int(port)
    except ValueError:
        raise terminal.refuse(complaint, text) from None
    if not 0 < number < 65536:
        raise terminal.refuse(complaint, text)
    return _written(host.strip("[]"), number)


def _written(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _usable(host: str) -> bool:
    with _socket(host) as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
        return True


def _towards(place: str) -> str:
    """This machine's own address on the way to somewhere; empty when there is no way."""
    with _socket(place) as probe:
        try:
            probe.connect((place, 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _socket(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.socket(family, socket.SOCK_DGRAM)
