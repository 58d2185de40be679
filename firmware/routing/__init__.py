"""Where a call goes: pure decisions over the `Site`, the same for live calls and for dry runs."""
