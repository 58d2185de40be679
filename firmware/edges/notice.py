"""What an edge tells the house about itself, beside events: bans, carriers that come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Notice = Callable[[tuple[Any, ...]], None]
