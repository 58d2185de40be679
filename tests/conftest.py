"""What every test shares: nothing but the meaning of our markers (see pyproject.toml), and that
hypothesis judges what code says, not how busy the machine is."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("box", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("box")
