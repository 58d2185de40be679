"""What every test shares: nothing but the meaning of our markers (see pyproject.toml)."""
