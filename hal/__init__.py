"""The hardware: telephone lines, lamps, storage.  `api.py` is the whole contract, on one page."""
