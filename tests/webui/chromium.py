"""Real Chromium, with a microphone that plays a file of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.webui.visitor import Visitor

PATIENCE_MS = 20_000
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@contextmanager
def browsing(visitor: Visitor, spoken: Path | None = None, width: int = 1440) -> Iterator[Page]:
    """A page with the visitor's session; any error in its console fails the test."""
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={spoken}"] if spoken else FLAGS
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        context = chromium.new_context(
            ignore_https_errors=True,
            permissions=["microphone"],
            locale="en-GB",
            viewport={"width": width, "height": 900},
        )
        url = f"https://{visitor.address}"
        context.add_cookies(
            [
                {"name": name, "value": value, "url": url, "secure": True}
                for name, value in visitor.cookies.items()
            ]
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda it: troubles.append(it.text) if it.type == "error" else None)
        try:
            yield page
            assert not troubles
        finally:
            chromium.close()
