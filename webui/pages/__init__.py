"""One file a page; see README.md.  The order is that of the menu."""

from __future__ import annotations

from webui.pages import entrance, simulator, status

PAGES = (entrance, status, simulator)
