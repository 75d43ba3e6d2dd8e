# Everything by hand: python3 -m venv .venv && .venv/bin/pip install -e '.[test]' -c constraints.txt

PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Servers, browsers and databases let a worker wait a quarter of its time: half as many again keep all cores busy.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores + (cores + 1) / 2)))
# A file stays on one worker, which makes what the file shares once, and the longest files come first.
SPREAD := --dist loadfile --no-loadscope-reorder

# Servers, commands and workers are hundreds of processes: what one of them compiled the others read.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

##@ Try it
.PHONY: run
run: $(READY) ## serve the demo city on 127.0.0.1:8000 and :8001 (RESET=1 makes it anew)
	$(BIN)/huying demo $(if $(RESET),--reset)

##@ Work on it
.PHONY: test
test: $(READY) ## all tests: SQLite, PostgreSQL, real servers, real Chromium
	$(BIN)/pytest -q -n $(WORKERS) $(SPREAD) -m "not slow" $(ARGS)

.PHONY: test-fast
test-fast: $(READY) ## for the hour's work: no browser, no server, SQLite alone, few examples, none that is dear
	HYPOTHESIS_PROFILE=quick $(BIN)/pytest -q -n auto $(SPREAD) --cheap -m "not slow and not browser and not server and not postgres" $(ARGS)

.PHONY: test-all
test-all: $(READY) ## by night: everything, slow tests too, a thousand examples a property
	HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -q -n $(WORKERS) $(SPREAD) $(ARGS)

.PHONY: lint
lint: $(READY) ## ruff, format, mypy --strict, import contracts, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/djlint templates --check --quiet

.PHONY: mutants
mutants: $(READY) ## plant small faults in the policy, one at a time: do its tests notice? (hours at first, then what changed)
	$(BIN)/python bench/mutants.py $(ARGS)

DATA ?= var/survey

.PHONY: contract
contract: $(READY) ## ask a demo's app (DATA) all that its OpenAPI document allows, and more; brings schemathesis
	test -d $(VENV)-contract || $(PY) -m venv $(VENV)-contract
	$(VENV)-contract/bin/pip install --quiet --disable-pip-version-check -e '.[contract]' -c constraints.txt
	$(VENV)-contract/bin/python -m bench.contract --data $(DATA) $(ARGS)

.PHONY: covered
covered: $(READY) ## which branches of the policy its plain tests take; fails below 98 % (seven minutes)
	$(BIN)/python -m bench.covered $(ARGS)

.PHONY: format
format: $(READY) ## put sources and templates in order
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(BIN)/djlint templates --reformat --quiet || true

CATALOGUE := translations/en/LC_MESSAGES/huying.po

.PHONY: messages
messages: $(READY) ## collect the sentences to be translated into the catalogue
	$(BIN)/pybabel -q extract -F pyproject.toml -k _ -k lazy -k mark -k _n:1,1 --no-default-keywords \
	  --add-location=file --sort-by-file --project huying -o $(CATALOGUE)t huying feedback survey demo templates
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --omit-header -w 100 -l en -i $(CATALOGUE)t -o $(CATALOGUE)
	rm $(CATALOGUE)t

.PHONY: bundle
bundle: $(READY) ## make dist/huying-…-offline.tar, which installs without a network
	$(BIN)/python deploy/bundle.py --out dist

.PHONY: constraints
constraints: $(READY) ## choose the newest versions that fit together
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --all-extras pyproject.toml -o constraints.txt

.PHONY: clean
clean: ## remove the environment and the demo's data
	rm -rf $(VENV) $(VENV)-contract var

.PHONY: help
help: ## show this
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
	  /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): pyproject.toml constraints.txt
	$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PY=/path/to/python3")'
	$(PY) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test]' -c constraints.txt
	@touch $@
