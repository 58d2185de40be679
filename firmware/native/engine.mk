# The engine: built once and kept outside the tree, installed into the project's environment.
# The main Makefile includes this file and sets VENV_PYTHON; `make deps` calls `engine`.
VENV_PYTHON ?= .venv/bin/python

.PHONY: engine engine-selftest
engine:
	@$(VENV_PYTHON) -B firmware/native/build.py $(VENV_PYTHON)

engine-selftest: engine
	@$(VENV_PYTHON) -m firmware.native.selftest
