"""A coverage-guided fuzzer for the C of the engine; see `__main__.py`."""
