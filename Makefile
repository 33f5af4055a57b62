# Two commands matter: `make site` and `make test`. Both make their own environment.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export NO_MKDOCS_2_WARNING = 1

.PHONY: site test check test-heavy fuzz bench lock wheel bundle serve clean

site: $(VENV)/.site
	$(BIN)/kb validate
	$(BIN)/kb build
	@echo
	$(BIN)/kbmatch "Could not connect to the registry login server"

test: $(VENV)/.test check
	sh tests/install-chromium.sh
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not heavy"

# Lint, format, types, knowledge: no browser needed.
check: $(VENV)/.test
	$(BIN)/ruff check scripts tests
	$(BIN)/ruff format --check scripts tests
	$(BIN)/mypy
	$(BIN)/kb validate

# chdb, Spark, Zensical and the Azure CLI's command tables, each in an environment of its own; and a
# day of a stream: ten gigabytes, some minutes.
test-heavy: $(VENV)/.test
	sh tests/heavy/run.sh $(BIN)/python

# Coverage-guided, in an environment of its own; the seconds are shared by all targets.
SECONDS_OF_FUZZING ?= 48
fuzz: .venv-fuzz/.ready
	.venv-fuzz/bin/python tests/fuzz/run.py $(SECONDS_OF_FUZZING)

.venv-fuzz/.ready: requirements/fuzz.txt
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	@touch $@

bench: $(VENV)/.test
	$(BIN)/python -m tests.bench

serve: $(VENV)/.site
	$(BIN)/kb serve

bundle: $(VENV)/.site
	$(BIN)/kb bundle

wheel: $(VENV)/.site
	$(BIN)/kb build --pack-only --ship
	$(BIN)/pip wheel --no-deps --no-build-isolation -w dist .

# Needs the network and `uv`; everything else installs exactly what is locked here.
lock:
	uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --extra scan --extra gaps -o requirements/site.txt pyproject.toml requirements/build.in
	uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --extra scan --extra gaps --extra test -o requirements/test.txt pyproject.toml requirements/build.in
	uv pip compile -q --universal --python-version 3.10 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links -c requirements/site.txt -o requirements/fuzz.txt requirements/fuzz.in

$(VENV)/.site: requirements/site.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "Python 3.10 or newer is needed; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/site.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q scripts/kbmatch
	@touch $@

$(VENV)/.test: $(VENV)/.site requirements/test.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

clean:
	rm -rf $(VENV) build site dist .kbmatch
