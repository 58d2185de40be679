"""Hookswitch: open firmware for a telephone box.  Start reading at WAY_OF_A_CALL.md."""
