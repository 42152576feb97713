# Every command that people and CI run. Bare `make` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_OUT := demo-output
FUZZ_SECONDS ?= 60
FAULT_KILLS ?= 200
FAULT_SEED ?= 20261127
SOAK_SECONDS ?= 3600

# Where bytecode is not kept, each command compiles two thousand modules before it does anything.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo azure-loopback test check lint types format bench fuzz faults soak scan record-release reference wheel audit release clean docs docs-serve bench-peers

help: ## List what can be made
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

demo: $(VENV)/.runtime ## Answer a file of prompts with the embedded model, and show three of the answers
	@$(BIN)/textnlp batch run examples/product-reviews.jsonl --out $(DEMO_OUT)

azure-loopback: $(VENV)/.development ## Run the platform on stand-ins for Azure, and show what the flows do
	@$(BIN)/python -m tests.azure_loopback

test: $(VENV)/.development ## Run all tests; the last lines say what was skipped and why
	@$(BIN)/pytest -n 3 --dist worksteal

check: lint types docs ## Lint, format, types, import contracts, and documentation without a warning

lint: $(VENV)/.development ## Lint, format and import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: $(VENV)/.development ## Types
	@$(BIN)/basedpyright

format: $(VENV)/.development ## Mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.development ## Print the speed and memory figures
	@for question in startup job_queue service_bus call_limits usage_ledger idempotency_keys call_cache batch_run gateway embeddings dataset_files near_duplicates sampling recipe_run; do echo "== $$question"; $(BIN)/python benchmarks/$$question.py; done

bench-peers: $(VENV)/.development ## Do the same jobs with others by turns, and write the table into docs/explanation/benchmarks.md
	@$(BIN)/python benchmarks/bench_peers.py --write

fuzz: $(VENV)/.development ## Look for inputs that break a parser, FUZZ_SECONDS each
	@$(BIN)/uv sync --frozen --inexact --group fuzz
	@for target in $$($(BIN)/python -c "from tests.fuzz.targets import TARGETS; print(*TARGETS)"); do echo "== $$target"; $(BIN)/python -m tests.fuzz.hunt $$target -max_total_time=$(FUZZ_SECONDS); done

faults: $(VENV)/.development ## Kill every part of a platform FAULT_KILLS times, at moments of FAULT_SEED, and have the doctor look
	@FAULT_KILLS=$(FAULT_KILLS) FAULT_SEED=$(FAULT_SEED) $(BIN)/pytest -q -x -p no:xdist tests/faults/test_crash_matrix.py

soak: $(VENV)/.development ## Work with a platform for SOAK_SECONDS, and see that it takes no more in the end than before
	@SOAK_SECONDS=$(SOAK_SECONDS) $(BIN)/pytest -q -x -p no:xdist tests/faults/test_soak.py

record-release: $(VENV)/.development ## Record what this version writes under tests/compatibility, for the tests of later ones
	@$(BIN)/python -m tools.record_release

scan: $(VENV)/.development ## Have checkov look for insecure settings in the Azure templates and in what k8s/ builds
	@$(BIN)/python -m tools.scan_templates
	@$(BIN)/python -m tools.scan_manifests

reference: $(VENV)/.development ## Write docs/reference, the estate's picture, the capacity, the client and parts of k8s/ anew from the code
	@$(BIN)/python -m tools.render_client
	@$(BIN)/python -m tools.render_reference
	@$(BIN)/python -m tools.render_estate
	@$(BIN)/python -m tools.render_architecture
	@$(BIN)/python -m tools.render_capacity
	@$(BIN)/python -m tools.render_manifests

docs: $(VENV)/.docs ## Build the documentation into site/; a warning fails it
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "read it: site/index.html"

docs-serve: $(VENV)/.docs ## Show the documentation at http://127.0.0.1:8001, renewed as it is written
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve --dev-addr 127.0.0.1:8001

wheel: $(VENV)/.development ## Build the wheel into dist/
	@$(BIN)/uv build --wheel --out-dir dist

audit: $(VENV)/.development ## Ask osv.dev for known vulnerabilities of the packages in the lock file
	@$(BIN)/uv audit --frozen

release: $(VENV)/.development ## Build wheel, Azure templates, list of parts and changes into dist/, with their hashes
	@rm -rf dist
	@$(BIN)/python -m tools.build_release

clean: ## Remove what can be made again
	@rm -rf $(VENV) dist build site $(DEMO_OUT) .coverage* .hypothesis .ruff_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/uv:
	@tools/make_environment.sh $(PYTHON) $(VENV)

$(VENV)/.runtime: pyproject.toml uv.lock | $(BIN)/uv
	@test -e $(VENV)/.development || $(BIN)/uv sync --frozen --no-dev --inexact
	@touch $@

$(VENV)/.development: pyproject.toml uv.lock | $(BIN)/uv
	@$(BIN)/uv sync --frozen --inexact
	@touch $@ $(VENV)/.runtime

$(VENV)/.docs: $(VENV)/.development
	@$(BIN)/uv sync --frozen --inexact --group docs
	@touch $@
