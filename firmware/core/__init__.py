"""The call processor, pure: the same events give the same effects, always.

Nothing here reads a clock, a file, a socket or a random number; `tests/architecture` enforces it.
"""
