# Two commands matter: `make demo` shows what this is for, `make test` checks everything and is what CI runs.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
NETHACK ?= .venv-nethack
NETHACK_TESTS := tests/nethack tests/tasks/test_packages.py tests/tasks/test_task_events.py tests/training/test_plain_corpus.py \
	tests/rewards/test_vector_wrapper.py -k "nethack or minihack or packages or vector"

.PHONY: demo demo-search test test-nethack test-slow format lint types tests docs bench clean

# Half-cheetah backflips, learned here and now: with a reward written by hand, and with two that a language model wrote
# in a recorded search, a loser and the winner. The search itself took a million steps a candidate.
demo: $(VENV)/.demo
	$(BIN)/eureka-agent compare examples/backflip/by_hand.py examples/backflip/llm_loser.py \
		examples/backflip/llm_winner.py --task half_cheetah_backflip --env-steps 300000 --device cpu --film

# A whole search, without a language model, on a task that every reward solves.
demo-search: $(VENV)/.demo
	$(BIN)/eureka-agent evolve cartpole --generations 2 --samples 4 --confirm-top 1 --confirm-seeds 3 --new

test: lint types tests test-nethack

$(VENV)/.demo: pyproject.toml constraints.txt
	bash scripts/system-packages.sh
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --editable '.[play]'
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

# NetHack and MiniHack, in an environment of their own: NLE needs Gymnasium 1.2.0.
test-nethack: $(NETHACK)/.dev
	$(NETHACK)/bin/pytest $(NETHACK_TESTS) --numprocesses 2 --dist loadfile

$(NETHACK)/.dev: pyproject.toml constraints.txt
	bash scripts/system-packages.sh
	test -x $(NETHACK)/bin/python || $(PYTHON) -m venv $(NETHACK)
	$(NETHACK)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--editable '.[minihack,nethack]' 'hypothesis>=6.100' 'pytest>=8.3' 'pytest-xdist>=3.6'
	touch $@

docs: $(VENV)/.dev
	$(BIN)/zensical build --strict

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/workers.py
	$(BIN)/python benchmarks/hacks.py

clean:
	rm -rf $(VENV) dist build .cache .pytest_cache .ruff_cache .hypothesis
