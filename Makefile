# Hookswitch: `make run` and `make test` are all a newcomer needs.
# Every target that needs packages or the engine gets them by `make deps`, and only by it.

SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
VENV        := .venv
PYTHON      := /usr/bin/python3
BIN         := $(VENV)/bin
READY       := $(VENV)/ready

STATE  ?= var
BOARD  ?= sim8
CONFIG ?=
SIP    ?=
WEB    ?=
export HOOKSWITCH_STATE := $(abspath $(STATE))

.PHONY: help prompts deps run test check test-vm image bench soak manual coverage-table engine-selftest clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 20

deps: ## install packages (says which) and build the SIP and media engine
	@firmware/tools/deps.sh $(PYTHON) $(VENV)
	@touch $(READY)

# what the installed packages and the engine depend on; newer than `ready` means: again
$(READY): pyproject.toml firmware/prompts/texts.toml firmware/tools/prompts.py firmware/tools/music.py \
          $(wildcard */packages.txt */*/packages.txt $(addprefix firmware/native/,*.c *.h *.py */*.py) \
              $(addprefix webui/,build.py assets/*.json assets/src/*.js locale/*/*/*.po))
	@$(MAKE) --no-print-directory deps

.PHONY: on-path
on-path: $(READY)
	@[ "$$(readlink /usr/local/bin/hookswitch)" = "$(abspath $(BIN))/hookswitch" ] || $(MAKE) --no-print-directory deps

run: on-path ## start the whole box; CONFIG=file.toml STATE=dir SIP=addr:port WEB=addr:port BOARD=name
	@exec $(BIN)/hookswitch run --state $(STATE) --board $(BOARD) \
	    $(if $(CONFIG),--config $(CONFIG)) $(if $(SIP),--sip $(SIP)) $(if $(WEB),--web $(WEB))

check: $(READY) ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	shellcheck firmware/tools/*.sh .ci/run

test: check engine-selftest ## every check that needs no virtual machine
	$(BIN)/pytest -n 2 --dist loadfile

prompts: ## make the spoken prompts and the melody again
	@$(PYTHON) firmware/tools/prompts.py $(VENV)/share/hookswitch/prompts
	@$(PYTHON) firmware/tools/music.py $(VENV)/share/hookswitch/music

engine-selftest: $(READY) ## prove that the engine does what we need of it
	$(BIN)/python -m firmware.native.selftest

manual: $(READY) ## write the manual's chapter on settings and the example file
	$(BIN)/python -m firmware.tools.manual docs

coverage-table: $(READY) ## requirement -> test -> kind, from the collected tests
	@$(BIN)/python -m tests.coverage_table

soak: $(READY) ## the long loops: fuzzing under AddressSanitizer, 32 ports talking, event storms; half an hour
	$(BIN)/python -m tests.native.fuzz 600
	HOOKSWITCH_LOAD_SECONDS=600 $(BIN)/pytest -s tests/e2e/test_load.py
	$(BIN)/python -m tests.core.test_storm 1000 400

bench: $(READY) ## measure; three runs, medians and spreads as JSON; PEER=host:port measures that one too
	@$(BIN)/python -m tests.bench $(if $(PEER),--peer $(PEER))

test-vm image:
	@echo "make $@: not built yet, see README.md for what is" >&2; exit 2

clean: ## forget what was built in the tree (the engine's cache stays)
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache
