# `make help` lists the targets. Everything is installed below .venv and .uv; nothing else on the machine is touched.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PORT ?= 5005
WORKERS ?= 1
BIN := .venv/bin
MODEL := models/signpost.tar.gz

export RASA_TELEMETRY_ENABLED := false
export ORT_DISABLE_TELEMETRY := 1
# Rasa's older dependencies warn of their own deprecations at every start.
export PYTHONWARNINGS := ignore
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export PYTHONUNBUFFERED := 1

CONTENT := $(wildcard data/*.yml data/*/*.yml data/*/*/*.yml data/encoder/*) domain.yml config.yml
CODE := $(wildcard signpost/nlu/*.py signpost/nlu/gate/*.py signpost/policies/*.py) signpost/importer.py signpost/topic_file.py signpost/files.py

.PHONY: help run test check train eval eval-safety shell adapter bench bench-nlu bench-scale soak clean setup format

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(MODEL) ## set up, train if needed, serve, print the address of the chat (PORT=5005 WORKERS=1)
	@exec $(BIN)/python -m signpost.serve --port $(PORT) --workers $(WORKERS) --model $(MODEL)

test: $(MODEL) .venv/ready-dev ## set up and run every test
	@scripts/chromium.sh
	@scripts/services.sh
	@$(BIN)/python -m pytest -q tests

check: .venv/ready-dev ## format, lint, types, deployment files, content checks, rasa data validate
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy
	@scripts/javascript.sh
	@scripts/deployment.sh
	@$(BIN)/python -m checks
	@$(BIN)/rasa data validate --fail-on-warnings 2>&1 | scripts/quiet.sh

train: $(MODEL) ## train the model if anything it is made of has changed

eval: $(MODEL) ## measure answers and safety on tests/eval, write reports/
	@$(BIN)/python -m evaluation
	@$(BIN)/python -m evaluation.safety

eval-safety: $(MODEL) ## measure the safety gate alone
	@$(BIN)/python -m evaluation.safety

shell: $(MODEL) ## talk to the assistant in the terminal
	@$(BIN)/rasa shell --model $(MODEL)

adapter: .venv/ready ## fit the encoder to the training questions anew (half an hour; fetches torch into .cache)
	@$(BIN)/python -m adaptation

bench-nlu: .venv/ready ## public yardstick of the intent classifier
	@$(BIN)/python -m bench

bench: $(MODEL) ## our server against stock Rasa (needs Python 3.10; BENCH="--quick" and other options)
	@$(BIN)/python -m bench.stock $(BENCH)

bench-scale: $(MODEL) .venv/ready-dev ## replies a second with one and with two workers, behind nginx and with Redis
	@scripts/services.sh
	@$(BIN)/python -m bench.scale

soak: $(MODEL) .venv/ready-dev ## send 10,000 messages over every channel, look for lost replies and growing memory
	@$(BIN)/python -m bench.soak

clean: ## remove everything that make made
	@rm -rf .venv .uv .rasa .cache models reports checks/javascript/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis

format: .venv/ready-dev
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

setup: .venv/ready-dev

.venv/ready: pyproject.toml uv.toml uv.lock $(wildcard stubs/*/*.toml stubs/*/*.py stubs/*/*/*.py) scripts/setup.sh
	@scripts/setup.sh --no-dev
	@rm -f .venv/ready-dev
	@touch $@

# What only tests and checks need is left out of a server's installation.
.venv/ready-dev: .venv/ready
	@scripts/setup.sh --group dev
	@touch $@

$(MODEL): $(CONTENT) $(CODE) | .venv/ready
	@$(BIN)/python -m signpost.preflight
	@echo "Training the assistant (one to two minutes on two cores)..."
	@$(BIN)/rasa train --skip-validation --fixed-model-name signpost --out models 2>&1 | scripts/quiet.sh
	@touch $@
