"""The process that decides for the box: it owns the configuration and the secrets."""
