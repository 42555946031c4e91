PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
.DEFAULT_GOAL := help
.PHONY: help up demo test test-long check format lock lock-check sync bench bench-ingest bench-query bench-decode bench-redact bench-store bench-settle bench-compare bench-agent bench-changes bench-source recording docs

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

$(VENV)/.stamp: requirements.lock packages/echoline/pyproject.toml packages/echoline-agent/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Echoline needs Python 3.11 or newer; make PYTHON=python3.12 ... picks another one" >&2; exit 2; }
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked dependencies into $(VENV) (about a minute, once)" >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e packages/echoline -e packages/echoline-agent
	@touch $@

sync: $(VENV)/.stamp ## create .venv from the lock, or bring it up to date

up: sync ## start Echoline on its usual ports
	@$(BIN)/echoline up

demo: sync ## start Echoline, deploy two releases of the example shop, show what is seen and what changed
	@$(BIN)/echoline demo $(if $(DEMO_ONCE),--once)

test: sync ## all tests but the long ones
	@$(PY) -m pytest -m 'not long and not exclusive' -n 2 --dist loadgroup
	@$(PY) -m pytest -m 'not long and exclusive'

test-long: sync ## the long ones: more kills, more examples, bigger data, fixed seeds
	@$(PY) -m pytest -m long --timeout 3600

check: sync ## format, lint, types, import contracts, docs
	@$(BIN)/ruff format --check --quiet . || { echo "run: make format" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy packages/echoline/src packages/echoline/tests packages/echoline-agent/src packages/echoline-agent/tests examples/shop
	@PYTHONPATH=packages/echoline/src:packages/echoline-agent/src $(BIN)/lint-imports --config importlinter.toml --no-cache --no-logo
	@$(MAKE) --no-print-directory lock-check

format: sync ## format and sort imports
	@$(BIN)/ruff check --fix-only --quiet . ; $(BIN)/ruff format --quiet .

lock: sync ## resolve the dependencies anew, for Python 3.11 to 3.14
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-emit-package echoline-agent packages/echoline/pyproject.toml packages/echoline-agent/pyproject.toml dev.in -o requirements.lock

lock-check: sync ## does the lock hold for each Python that we support?
	@for version in 3.11 3.12 3.13 3.14; do $(BIN)/uv pip install --quiet --dry-run --target /nonexistent --python-version $$version --only-binary :all: --require-hashes -r requirements.lock || exit 1; done

bench: bench-ingest bench-query bench-decode bench-redact bench-store bench-settle bench-agent bench-changes bench-source ## all benchmarks; their figures are in docs/performance.md

bench-ingest: sync ## spans/s, CPU per span, acknowledgement, lag and memory, beside other servers
	@$(PY) bench/ingest.py $(if $(PEERS),--peers $(PEERS)) $(if $(REQUESTS),--requests $(REQUESTS))

bench-query: sync ## times of questions with 10M spans and 3M log records stored, and growth up to there
	@$(PY) bench/query.py $(if $(SPANS),--spans $(SPANS)) $(if $(LOGS),--logs $(LOGS))

bench-decode: sync ## decoding, the fast way beside the slow one
	@$(PY) bench/decode.py

bench-redact: sync ## redaction; PEERS=1 sets it beside Presidio and detect-secrets
	@$(PY) bench/redact.py $(if $(PEERS),--peers)

bench-compare: sync ## time to compare two revisions over 10M spans
	@$(PY) bench/compare.py $(if $(SPANS),--spans $(SPANS))

bench-settle: sync ## what settling costs by stage, and questions about code objects
	@$(PY) bench/settle.py

bench-store: sync ## what a span costs by stage, from decoding to merged rows
	@$(PY) bench/store.py

bench-agent: sync ## what the agent adds to a span and to a program, beside the bare SDK; AGENT_PYTHON=... picks another one
	@$(PY) bench/functions.py
	@$(PY) bench/profiling.py $(if $(AGENT_PYTHON),--python $(AGENT_PYTHON))

bench-changes: sync ## false alarms and power of comparisons, beside Apache Otava
	@$(PY) bench/change_detection.py $(if $(SERIES),--series $(SERIES)) $(if $(STEPS),--steps $(STEPS))

bench-source: sync ## reading a repository of 10,000 commits and 2,000 files
	@$(PY) bench/source.py $(if $(COMMITS),--commits $(COMMITS)) $(if $(FILES),--files $(FILES))

docs: sync ## write docs/configuration.md anew from the settings
	@$(PY) docs/build_configuration.py

recording: sync ## record the example shop anew for the tests
	@$(PY) examples/shop/record.py packages/echoline/tests/recordings/shop
