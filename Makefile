# Everything happens in .venv. With another interpreter: make PYTHON=python3.12 demo
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTS ?= tests
FAST := tests/domain tests/process tests/cli tests/records tests/activities tests/test_architecture.py

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-fast soak storm browser histories check fingerprint format bench pictures lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(READY) ## .venv with exactly what requirements.lock names

demo: $(READY) ## a real deal of three goods, from the CRM's webhook to paid, in under two minutes
	@$(BIN)/deal demo

up: $(READY) ## Temporal, its Web UI, a worker and the web, until Ctrl-C; the state is kept
	@$(BIN)/deal up

test: $(READY) browser ## the whole suite (a part of it: make test TESTS=tests/domain)
	$(BIN)/python -m pytest --numprocesses 3 --dist worksteal --inline-snapshot=disable $(TESTS)

test-fast: $(READY) ## what needs no server and is quick: rules, scenarios in memory, records, adapters
	$(BIN)/python -m pytest -q --numprocesses 2 --dist worksteal --inline-snapshot=disable -m "not server and not long" $(FAST)

DEALS ?= 5000
soak: $(READY) ## random deals and random agreements in memory, other ones each time (as many: make soak DEALS=100000)
	DEALS=$(DEALS) $(BIN)/python -m pytest -q --numprocesses 2 tests/process/test_random_deals.py tests/process/test_random_agreements.py

storm: $(READY) ## two hundred deals through a failing portal, while worker and web are killed (make test does twenty)
	FAULT_DEALS=200 $(BIN)/python -m pytest --inline-snapshot=disable -s tests/faults/test_portal.py

browser:
	@sh tests/support/browser.sh

histories: $(READY) ## record tests/histories anew, on a real server (until 0.5.0; say so in the commit)
	$(BIN)/python -m tests.support.record_histories

check: $(READY) ## format, lint, import arrows, types, the commands that workflows issue
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m tests.support.fingerprint

fingerprint: $(READY) ## write tests/fingerprints.json anew, after a change of the workflows that was meant
	$(BIN)/python -m tests.support.fingerprint --write

format: $(READY) ## rewrite the code as `make check` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## measure against bare Temporal workflows; writes docs/explanation/performance.md
	$(BIN)/python -m bench

pictures: $(READY) ## draw docs/pictures anew, of what the tutorial's commands print
	DOCS_REWRITE=1 $(BIN)/python -m pytest -q tests/cli/test_tutorial.py

COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command "make lock" --quiet

lock: ## resolve both requirements.lock anew (needs uv: python3 -m pip install uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: run python3 -m pip install uv, then make lock again." >&2; exit 1; }
	$(COMPILE) --upgrade --extra embedded --extra postgres --group dev --output-file requirements.lock
	$(COMPILE) --constraint requirements.lock --extra postgres --output-file deploy/requirements.lock

clean: ## remove .venv and every cache (not the state of deals: that is in DEALWRIGHT_HOME)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Dealwright needs Python 3.11 or newer and found no '$(PYTHON)': install it, or run make PYTHON=/path/to/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Dealwright needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1): run make PYTHON=/path/to/a/newer/python3." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Dealwright needs the venv module of '$(PYTHON)': install it (on Debian and Ubuntu: apt install python3-venv) and run make again." >&2; exit 1; }
	@echo "Setting up $(VENV) (once; about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
