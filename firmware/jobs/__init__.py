"""The process that remembers: it owns `calls.db` and does slow work for the others."""
