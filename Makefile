# `make` prints what there is to do.

SHELL := /bin/bash
.DEFAULT_GOAL := help
ARGS ?=
# The folder with the outside test data, if there is one.
DATA ?= $(EARMARK_TEST_DATA)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# The first of these that is Python 3.11 or 3.12; `make PYTHON=/path/to/python` chooses another.
PYTHON ?= $(shell for python in python3.11 python3.12 python3 python; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && echo $$python && break; done)

##@ Try it
.PHONY: demo
demo: $(VENV)/.base  ## Sample calls through the whole road, then the API (ARGS=--once: only the calls)
	@$(BIN)/earmark demo $(ARGS)

##@ Work on it
.PHONY: test
test: $(VENV)/.dev  ## Run the tests (ARGS="tests/storage -x": some of them)
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

.PHONY: test-slow
test-slow: $(VENV)/.dev  ## Run the tests that take minutes, such as a kill at every point of every stage
	@$(BIN)/pytest -m slow $(ARGS)

.PHONY: eval
eval: $(VENV)/.dev  ## Score the tags on held-back calls, as they are and made harder (DATA=../shared: its examples too)
	@mkdir -p build
	@$(BIN)/earmark eval evaluation/labelled/held-*.jsonl --hard --picture build/confusion.svg
	@if [ -d "$(DATA)/examples" ]; then echo "$(DATA)/examples:"; $(BIN)/earmark eval $(DATA)/examples/*.jsonl; fi

.PHONY: bench
bench: $(VENV)/.dev  ## Measure speed, memory and errors into benchmarks/RESULTS.md (DATA=../shared: real calls too)
	@$(BIN)/python -m benchmarks build/bench --data $(DATA) $(ARGS)

.PHONY: bench-rivals
bench-rivals: $(VENV)/.dev .venv-rivals/.made  ## Measure whisperX beside ours (installs some GB into .venv-rivals)
	@mkdir -p build/bench
	@$(BIN)/python -m benchmarks.over_whisperx build/bench .venv-rivals/bin/python

.PHONY: test-pyannote
test-pyannote: .venv-pyannote/.made  ## Run the tests of the engine pyannote (installs torch, 6 GB, into .venv-pyannote)
	@.venv-pyannote/bin/pytest tests/diarization/test_pyannote.py $(ARGS)

.PHONY: check
check: $(VENV)/.dev  ## Format, lint, types and import contracts, changing nothing
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports

.PHONY: fmt
fmt: $(VENV)/.dev  ## Format the code, and mend what the linter can
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

# Hashes and no address of any index, so that it installs from whichever one the machine uses.
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --python-version 3.11 --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

.PHONY: lock
lock: $(VENV)/.dev  ## Compile the locks anew from the ranges in pyproject.toml (ARGS=--upgrade: take the newest)
	@$(LOCK) $(ARGS) --extra dev -o requirements-dev.lock
	@$(LOCK) $(ARGS) -c requirements-dev.lock -o requirements.lock
	@echo "requirements.lock and requirements-dev.lock are up to date"

.PHONY: settings
settings: $(VENV)/.base  ## Write .env.example and the README's table of settings from the code
	@$(BIN)/earmark settings --write

##@ Run it
.PHONY: install
install: $(VENV)/.base  ## Install into .venv what Earmark runs with

.PHONY: up
up:  ## Start API, workers, scheduler and servers in containers
	@docker compose up --build --detach --wait

.PHONY: migrate
migrate: $(VENV)/.base  ## Bring the database to this version's schema
	@$(BIN)/earmark migrate

.PHONY: clean
clean:  ## Remove what can be made again: .venv, .demo, caches (data/ stays)
	@rm -rf $(VENV) .venv-pyannote .venv-rivals .demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help:
	@awk 'BEGIN { FS = ":.*##" } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*##/ { printf "  make %-12s %s\n", $$1, $$2 } END { print "" }' Makefile

# A stamp is touched last: what broke off is done again.
$(VENV)/.python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or 3.12 is needed and none was found; install one, or: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' || { \
		echo "$(PYTHON) is not Python 3.11 or 3.12; try: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(BIN)/python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null || { \
		echo "Making $(VENV) with $$($(PYTHON) --version)"; $(PYTHON) -m venv --clear $(VENV); } || { \
		echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.base: $(VENV)/.python requirements.lock pyproject.toml
	@echo "Installing what Earmark runs with (requirements.lock); the first time takes a minute or two"
	@$(PIP) install -qq --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $@

# torch is too large to be in everybody's venv.
.venv-pyannote/.made: $(VENV)/.python pyproject.toml
	@echo "Installing pyannote.audio with torch; the first time takes some minutes"
	@$(BIN)/python -m venv .venv-pyannote
	@.venv-pyannote/bin/python -m pip --disable-pip-version-check install -q -e '.[pyannote]' 'pytest>=9,<10' pytest-timeout
	@touch $@

.venv-rivals/.made: benchmarks/rivals.txt $(VENV)/.python
	@$(BIN)/python -m venv --clear .venv-rivals
	@.venv-rivals/bin/python -m pip --disable-pip-version-check install -qq -r benchmarks/rivals.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.python requirements-dev.lock requirements.lock pyproject.toml
	@echo "Installing what the tests need (requirements-dev.lock); the first time takes a minute or two"
	@$(PIP) install -qq --require-hashes --only-binary :all: -r requirements-dev.lock
	@$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $(VENV)/.base $@
