# The tasks of this project. `make` alone lists them.
# Everything is installed into .venv from the lock files (with hashes); a stamp beside it remembers
# what is done, so that a second `make serve` starts at once.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
HOST ?= 127.0.0.1
PORT ?= 8000
ARGS ?=

RUNTIME := $(VENV)/.stamp-runtime
DEV := $(VENV)/.stamp-dev
VENDOR := webmap/static/bundle/file.js
MODULES := $(wildcard webmap/static/js/*.js webmap/static/js/*/*.js webmap/static/js/*/*/*.js)
DEMO := data/demo/out/streets.osm.pbf
PO := $(wildcard webmap/translations/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)

say = @printf '\033[1m==> %s\033[0m\n' $(1)

.PHONY: help setup setup-dev vendor demo serve test lint format bench soak docs wheel lock clean

help: ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(RUNTIME) $(VENDOR) $(MO) $(DEMO) ## install all that serving needs

serve: setup ## set up, build the demonstration city and serve it (HOST=127.0.0.1 PORT=8000)
	@$(VENV)/bin/yizhan serve --host $(HOST) --port $(PORT) $(ARGS)

test: setup-dev ## run the tests, on all processors (ARGS='-k coverage' to choose, ARGS='-n 0' on one)
	@$(PY) -m pytest $(ARGS)

lint: $(DEV) ## check style, types, docstrings and who imports whom
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(PY) -m numpydoc lint $(shell find geo -name "*.py")

format: $(DEV) ## bring the code into the agreed shape
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: setup-dev ## measure against named peers and print the table
	@$(PY) -m tests.benchmarks $(ARGS)

soak: setup-dev ## the long run of the tests
	@$(PY) -m pytest -m soak $(ARGS)

docs: setup-dev ## write the command reference anew
	@$(PY) docs/make_cli.py

wheel: setup-dev ## build dist/*.whl with everything inside
	@rm -rf dist
	@$(PY) -m build --wheel --no-isolation

clean: ## remove what set-up and tests made; the cities in data/cities stay
	@rm -rf $(VENV) build dist data/demo/out webmap/static/vendor webmap/static/bundle \
		webmap/frontend/node_modules .pytest_cache .mypy_cache \
		.ruff_cache .hypothesis .numba_cache .import_linter_cache *.egg-info
	@rm -f webmap/translations/*/LC_MESSAGES/*.mo
	@find geo webmap tests data docs -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "clean; cities in data/cities are kept"

# --- what the tasks need ------------------------------------------------------------------------

setup-dev: $(DEV) $(VENDOR) $(MO) $(DEMO)
vendor: $(VENDOR)
demo: $(DEMO)

$(PY):
	$(call say,"Python environment in $(VENV)")
	@found=; \
	for name in "$${PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3 python; do \
		if [ -n "$$name" ] && "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
			2>/dev/null; then found=$$name; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "error: Python 3.11 or newer is needed; found: $$(python3 --version 2>&1 || true)" >&2; \
		echo "       install it, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
		exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo "error: $$found has no venv module; on Debian and Ubuntu install python3-venv" >&2; \
		exit 1; \
	fi; \
	"$$found" -m venv $(VENV); \
	$(PY) --version

# The date of the interpreter says nothing (it is a link), hence "|".
$(RUNTIME): requirements.lock pyproject.toml hatch_build.py | $(PY)
	$(call say,"Python packages of requirements.lock")
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip  # a set-up that was interrupted
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.lock
	$(call say,"Python packages of requirements-dev.lock")
	@$(PIP) install --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

# -P: webmap/ itself must not be searched for imports.
$(VENDOR): webmap/frontend/files.json webmap/frontend/package-lock.json webmap/vendor.py $(MODULES) | $(RUNTIME)
	$(call say,"front-end packages")
	@$(PY) -P webmap/vendor.py
	@touch $@

%.mo: %.po | $(RUNTIME)
	@$(VENV)/bin/pybabel --quiet compile -i $< -o $@ -l $(word 3,$(subst /, ,$<))

$(DEMO): $(wildcard data/demo/*.py data/demo/*/*.py) | $(RUNTIME) $(VENDOR)
	$(call say,"inputs of the demonstration city")
	@$(PY) data/demo/make_demo.py
	@touch $@

# Only for a change of versions: resolve anew and write the lock files. No registry, no path inside.
# How the lock files look stands under [tool.pip-tools] in pyproject.toml.
COMPILE := $(VENV)/bin/pip-compile --quiet --upgrade --config $(CURDIR)/pyproject.toml
lock: export CUSTOM_COMPILE_COMMAND := make lock
lock: ## resolve the newest versions and write the lock files (slow)
	@$(COMPILE) --build-deps-for editable -o requirements.lock pyproject.toml
	@$(COMPILE) --build-deps-for editable --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	@cd webmap/frontend && ../../$(COMPILE) -o requirements.lock requirements.in
	@# pip-compile forgets the condition, and newer Pythons bring the module themselves.
	@sed -i 's/^\(backports-zstd==[0-9.]*\) \\$$/\1 ; python_version < "3.14" \\/' requirements.lock requirements-dev.lock
	@cd webmap/frontend && npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
	@$(PY) -P webmap/vendor.py --rehash
