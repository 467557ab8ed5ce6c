PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2

.PHONY: help env run test browser long check format bench schema lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

env: .venv/ready  ## make the environment in .venv from the locked requirements

# The stamp is written last, so an installation that was cut off is made again.
.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

run: env  ## simulate scenarios/professional.yaml and write reports/professional/
	$(BIN)/dgisim run scenarios/professional.yaml

test: env  ## the whole test suite; without a browser, the tests of the pages are skipped
	-@$(MAKE) --silent browser
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

browser:  ## install Chromium for the tests of the pages (Debian's, as root), where there is none
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	  { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium; }

long: env  ## the two engines on 2,000 random plants, and at every point of every scenario; 200 pairs of unchanged studies
	LONG=1 $(BIN)/python -m pytest -n $(JOBS) --dist loadgroup $$(grep -lr LONG tests --include="test_*.py")

check: env  ## style, types and the floors of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: env  ## rewrite the code in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: env  ## the measured speeds, as ratios in one run
	$(BIN)/python -m tests.benchmarks

schema: env  ## write scenarios/schema.json again, after a change of the scenario's keys
	$(BIN)/dgisim schema > scenarios/schema.json

clean:  ## remove the environment and every cache
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# Needs uv, and is for those who change a dependency only.
lock:  ## pin all dependencies again, with hashes and without naming an index
	uv pip compile pyproject.toml --all-extras --generate-hashes --universal --python-version 3.11 \
	  --no-header --no-annotate --output-file requirements.lock
