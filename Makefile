# Everything a developer types. `make setup` runs first and does nothing the second time.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CODE := schemas consent adapters audit gateway tests benchmarks

.PHONY: setup demo test quick thorough sequences openapi check format lock docs bench mutants clean

setup: $(STAMP)

$(STAMP): requirements-dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: setup
	$(BIN)/schakel demo --once

test: setup
	$(BIN)/python -m tests

quick: setup
	QUICK=1 $(BIN)/python -m pytest -m "not server and not served"

# What `make test` does, with every case of each sweep and three times as many examples of each property.
thorough: setup
	THOROUGH=1 $(BIN)/python -m tests

# Ten thousand random sequences of facts and questions on each database; takes an hour and more.
sequences: setup
	SEQUENCES=10000 $(BIN)/python -m pytest tests/gateway/facts/sequences --log-cli-level=INFO

# A hundred right and wrong requests of each door by every role; `make test` asks one of each.
openapi: setup
	OPENAPI_EXAMPLES=100 $(BIN)/python -m pytest tests/gateway/openapi

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.generate --check

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup
	$(BIN)/python -m docs.generate

bench: setup
	$(BIN)/python -m benchmarks

mutants: setup
	$(BIN)/python -m tests.mutants

# Versions and hashes only: no address of a registry may stand in a lock file (docs/decisions).
LOCK = CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate --upgrade

lock:
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet pip-tools
	$(LOCK) -o requirements.txt pyproject.toml
	$(LOCK) --extra dev -o requirements-dev.txt pyproject.toml

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
