# Two commands need nothing but Python 3.11 or newer, make and git: `make demo` and `make test`.
SHELL  := /bin/bash
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

CLIENTS := .venv-clients

.PHONY: help setup clients demo test site check lint types format cover clean

help:
	@echo "make demo    crawl three invented papers twice and look at what was kept"
	@echo "make test    run all tests"
	@echo "make site SITE=name   check one site file, read its fixtures, print what is read"
	@echo "make check   lint, types and tests, as CI runs them"
	@echo "make setup   only make the virtual environment in $(VENV)"
	@echo "make clients the programs of others that some tests run (pywb), in $(CLIENTS)"
	@echo "make format  let ruff put the code in order"

setup: $(READY)

# Made anew when the lock or the packaging changes; half-made ones have no .ready and are finished next time. The lock is
# whole, so pip resolves nothing (--no-deps): older pips take the newest release for a package asked for with an extra
# (coverage[toml]) and then refuse it for having no hash. `pip check` says if the lock ever lacks something.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Hemeroteca needs Python 3.11 or newer; $(PYTHON) is `$(PYTHON) -V 2>&1`. Name another one: make PYTHON=python3.12 setup" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments. Install the package python3-venv (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }
	@echo "Making the virtual environment $(VENV) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing `grep -c '==' requirements.lock` pinned packages (about a minute) ..."
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --no-deps --progress-bar on -r requirements.lock \
	  | sed -u -n 's/^Collecting \([^ ]*\).*/  \1/p; s/^Successfully installed.*/  installed/p; /ERROR/p'; test $${PIPESTATUS[0]} -eq 0
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m pip check --disable-pip-version-check >/dev/null || { $(BIN)/python -m pip check; exit 1; }
	@touch $@

# Other people's programs that tests run on our files (pywb). They want older libraries than ours, so they live apart.
clients: $(CLIENTS)/.ready

$(CLIENTS)/.ready: tests/clients/requirements.lock
	@echo "Making the virtual environment $(CLIENTS) ..."
	@test -x $(CLIENTS)/bin/python || $(PYTHON) -m venv $(CLIENTS)
	@$(CLIENTS)/bin/python -m pip install --disable-pip-version-check --quiet --require-hashes --no-deps -r tests/clients/requirements.lock
	@touch $@

demo: $(READY)
	@$(BIN)/python -m tests.newsroom.demo

test: $(READY)
	$(BIN)/python -m pytest -n auto $(ARGS)

# Only this site: its file, its fixtures, what is read of them. Status 1 when one disagrees or nobody has reviewed it.
site: $(READY)
	@test -n "$(SITE)" || { echo "Which site? make site SITE=panublion" >&2; exit 2; }
	@$(BIN)/scrapy sites $(SITE)

check: lint types test

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

cover: $(READY)
	$(BIN)/python -m pytest -n auto --cov --cov-report=term-missing:skip-covered --cov-fail-under=85

clean:
	rm -rf $(VENV) $(CLIENTS) build *.egg-info .coverage* .mypy_cache .ruff_cache .pytest_cache
