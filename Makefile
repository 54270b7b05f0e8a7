# What a person types. `make` alone says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(shell command -v uv 2>/dev/null || echo $(VENV)/tools/bin/uv)
# Byte code is kept: without it every process compiles a thousand modules anew, which doubles Airflow's boot.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help setup demo up down reset test check fuzz bench lock

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; try: make PYTHON=python3.12"; exit 1; }
	@test -x "$(UV)" || command -v uv >/dev/null || { $(PYTHON) -m venv $(VENV)/tools && $(VENV)/tools/bin/pip install -q uv; }
	@echo "installing the locked packages into $(VENV) (a minute or two the first time)"
	@$(UV) venv -q --allow-existing --python $(PYTHON) $(VENV)
	@$(UV) pip sync -q --compile-bytecode --require-hashes --python $(BIN)/python requirements.lock
	@$(UV) pip install -q --no-deps --no-build-isolation --python $(BIN)/python -e .
	@touch $@

setup: $(READY) ## the virtual environment, from the hashed lock

demo: $(READY) ## the sample province through Airflow to PostgreSQL, then stops
	@$(BIN)/bidui demo

up: $(READY) ## PostgreSQL and Airflow, left running
	@$(BIN)/bidui up

down: $(READY) ## stops what `make up` started
	@$(BIN)/bidui down

reset: $(READY) ## forgets all data of .bidui
	@$(BIN)/bidui reset

check: $(READY) ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: $(READY) ## the whole suite: real PostgreSQL, Spark and Airflow
	@$(BIN)/python -m pytest

fuzz: $(READY) ## 20,000 malformed deliveries, others each time: CASES=100000 SEED=7 make fuzz
	@FUZZ_CASES=$(or $(CASES),20000) FUZZ_SEED=$(or $(SEED),$(shell date +%s)) $(BIN)/python -m pytest -o addopts="-q --import-mode=importlib" --timeout 0 -s \
		tests/fuzz/test_fuzz_rows.py tests/fuzz/test_fuzz_files.py

bench: $(READY) ## speed and memory, as ratios against a peer in the same run
	@$(BIN)/python -m benchmarks

lock: ## requirements.lock anew: LOCK_DATE=2026-11-21 make lock
	@$(UV) pip compile -q --universal --generate-hashes --exclude-newer $(or $(LOCK_DATE),2026-11-21)T00:00:00Z --python-version 3.11 \
		--extra dev --no-emit-index-url --no-header pyproject.toml -o requirements.lock
