# Everything a contributor runs. `make help` lists the targets; each sets up what it needs and is safe to repeat.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
STAMP  := $(VENV)/.installed
INPUTS := requirements-dev.txt constraints.txt $(wildcard */pyproject.toml plugins/*/pyproject.toml)

$(STAMP): $(INPUTS)
ifdef UV
	@test -x $(BIN)/python || $(UV) venv --quiet --seed --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --python $(BIN)/python -r requirements-dev.txt
else
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
endif
	@touch $@

.PHONY: help demo test check format docs bench contracts questions faults conformance
help: ## Lists the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(STAMP) ## Asks the server real questions about a demo organisation, as an MCP client would
	@$(BIN)/quaymaster demo

test: $(STAMP) ## Runs the tests
	@$(BIN)/python -m pytest -q -n auto -m "not slow"

contracts: $(STAMP) ## Runs the long forms of the contract and model tests of the sandbox; the better part of an hour
	@$(BIN)/python -m pytest -q -n auto -m slow --timeout 3600

check: $(STAMP) ## Checks format, lint, types, import rules and generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.generate --check

format: $(STAMP) ## Formats the code and mends what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(STAMP) ## Writes the generated parts of the docs
	$(BIN)/python -m docs.generate

bench: $(STAMP) ## Measures what the README claims; prints JSON
	@$(BIN)/python -m benchmarks

questions: $(STAMP) ## Asks a hundred-odd questions, each held against the truth; prints calls, tokens, right or wrong
	@$(BIN)/python -m tests.questions

faults: $(STAMP) ## Runs the whole fault battery against the Port client; prints a table
	@$(BIN)/python -m tests.faults

conformance: $(STAMP) ## Runs MCP's conformance suite against the HTTP server, at both revisions (npm, Node 22)
	@$(BIN)/python -m tests.conformance
