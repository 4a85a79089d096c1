# Two commands matter: `make demo` shows what this does, `make test` checks everything and is what CI runs.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test test-slow format lint types tests docs bench clean

demo: $(VENV)/.demo
	$(BIN)/eureka-agent evolve cartpole --generations 2 --samples 4 --confirm-top 1 --confirm-seeds 3 --new

test: lint types tests

$(VENV)/.demo: pyproject.toml constraints.txt
	bash scripts/system-packages.sh
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable .
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	bash scripts/system-packages.sh
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable '.[dev]'
	touch $@ $(VENV)/.demo

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/basedpyright

tests: $(VENV)/.dev
	$(BIN)/pytest -m "not slow" --numprocesses 2 --dist loadfile

test-slow: $(VENV)/.dev
	$(BIN)/pytest -m slow

docs: $(VENV)/.dev
	$(BIN)/zensical build --strict

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/workers.py
	$(BIN)/python benchmarks/hacks.py

clean:
	rm -rf $(VENV) dist build .cache .pytest_cache .ruff_cache .hypothesis
