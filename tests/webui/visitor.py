"""A browser that does what it is told: any host, any origin, any cookie."""

from __future__ import annotations

import http.client
import re
import ssl
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

PATIENCE = 20.0
PASSWORD = "lantern-7-Quay"


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: str

    @property
    def place(self) -> str:
        return self.headers.get("Location", "")


class Visitor:
    def __init__(self, address: str) -> None:
        self.address = address
        self.cookies: dict[str, str] = {}
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        given = {"Origin": f"https://{self.address}", **headers}
        return self.ask("POST", path, urlencode(fields), given)

    def ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        host, port = self.address.rsplit(":", 1)
        line = http.client.HTTPSConnection(host, int(port), timeout=PATIENCE, context=self.context)
        sent = {name.replace("_", "-"): value for name, value in headers.items() if value}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, path, body, sent)
            got = line.getresponse()
            answer = Answer(got.status, got.headers, got.read().decode())
        finally:
            line.close()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value.strip('"')
        return answer

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/").body)
        assert found
        return found[1]

    def set_up(self, state: Path) -> Answer:
        """The first administrator."""
        code = (state / "run" / "setup-code").read_text().strip()
        fields = {"code": code, "account": "admin", "password": PASSWORD, "again": PASSWORD}
        return self.post("/first-start", fields)

    def sign_in(self, account: str = "admin", password: str = PASSWORD) -> Answer:
        return self.post("/sign-in", {"account": account, "password": password})
