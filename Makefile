# The daily commands. `make` alone lists them.

PYTHON ?= python3
PY := .venv/bin/python
ROOMS := foundation runtime identity dispatch_backend archive_gateway emr portal interop demo
CODE := $(ROOMS) app_factory.py wsgi.py migrations tests benchmarks requirements/install.py
PYTEST_WORKERS ?= 2

# make lock needs uv; its answer names no index. uv brings its own list of authorities; this machine may trust others
# beside it (the second name is that of older versions).
UV_COMPILE := UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url

.DEFAULT_GOAL := help
.PHONY: help install environment develop assets run test tests check screenshots peers mutants bench lock routes translations clean
MAKEFLAGS += --no-print-directory

help: ## Lists these commands.
	@echo "The Dispatching Center. What you can ask for:"
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-13s %s\n' "$$name" "$$text"; done

install: environment assets ## Makes the environment and the pages' assets from the locks; needs Python 3.11 or newer and nothing else.

environment: ## Makes the environment from the locks; install is this and the assets.
	@$(PYTHON) requirements/install.py run

develop: environment ## Adds what checks and tests need to the environment.
	@$(PYTHON) requirements/install.py develop

assets: environment demo/pictures/drawn demo/loading/kept ## Builds the pages' scripts, styles and translations and what the demo makes once, where something changed.
	@$(PY) -m runtime.asset_build

demo/pictures/drawn: $(wildcard demo/pictures/*.py) | environment
	@echo "Drawing the pictures of the demo region."
	@$(PY) -m demo.pictures.drawings

demo/loading/kept: $(shell find demo dispatch_backend emr foundation identity migrations translations/emr -name __pycache__ -prune -o '(' -name '*.py' -o -name '*.tsv' -o -name '*.po' ')' -print) | environment
	@echo "Reckoning the history and the records of the demo region, and making its tables."
	@$(PY) -m demo.loading.keep_region

run: assets ## Starts the whole service with a demo region; PORT and DATA_DIR move it, Ctrl-C ends it.
	@exec $(PY) -m runtime.supervisor --ends-with-parent

test: develop assets ## Checks everything and runs every test; with CI set, brings the peers and insists on them.
	@if [ -n "$$CI" ]; then $(MAKE) peers; fi
	@$(MAKE) check
	@$(MAKE) tests TESTS="tests --ignore=tests/architecture"

tests: ## Runs the tests alone: every one, or with TESTS=tests/emr/notes those of a room, a subject or a file.
	@$(PY) -m pytest -q -n $(PYTEST_WORKERS) --dist loadfile $(TESTS)

check: develop ## Looks the code over without running the service; lists its steps.
	@echo "The code keeps to the style (ruff)."
	@$(PY) -m ruff check --quiet $(CODE)
	@echo "The code is formatted (ruff)."
	@$(PY) -m ruff format --quiet --check $(CODE)
	@echo "The types agree (mypy)."
	@$(PY) -m mypy --no-error-summary
	@echo "The walls between the rooms stand (import-linter)."
	@.venv/bin/lint-imports --no-logo > .venv/import-linter.log || { cat .venv/import-linter.log; exit 1; }
	@echo "The pages are well-formed (djlint)."
	@$(PY) -m djlint --quiet --lint templates > .venv/djlint.log || { cat .venv/djlint.log; exit 1; }
	@echo "The rules of the house hold (architecture tests)."
	@$(PY) -m pytest -q -n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder tests/architecture

screenshots: develop assets ## Photographs every page, in both languages, on a phone and a desk, into screenshots/.
	@SCREENSHOTS=screenshots $(PY) -m pytest -q tests/journeys/test_every_page.py tests/journeys/test_moments.py

peers: ## Brings the outside programs that some tests speak to (as root: apt-get and npm).
	@tests/peers/install.sh

mutants: develop ## Changes the policy of access in every way there is, and insists that its tests notice each.
	@tests/mutants.sh

bench: ## Runs one benchmark: make bench NAME=start; QUICK=1 ends within 50 seconds; without a name, lists them.
	@$(PYTHON) -m benchmarks.listing $(NAME)
	@[ -z "$(NAME)" ] || $(MAKE) develop assets
	@[ -z "$(NAME)" ] || $(PY) -m benchmarks.$(subst -,_,$(NAME))

lock: ## Locks the newest fitting packages, with hashes; needs uv.
	@command -v uv > /dev/null || { echo "Locking needs uv, which is not here; pipx install uv brings it."; exit 2; }
	@$(UV_COMPILE) requirements/run.in -o requirements/run.txt
	@$(UV_COMPILE) requirements/develop.in -c requirements/run.txt -o requirements/develop.txt

routes: develop ## Writes the reviewed list of addresses anew; read the difference before you commit it.
	@$(PY) -m tests.architecture.write_routes

translations: develop ## Lists every sentence that has no Russian yet.
	@$(PY) -m pytest -q tests/architecture -k translat

clean: ## Removes what can be made again: the environment, the built pages; never the data.
	@rm -rf .venv frontend/node_modules static/built demo/pictures/drawn demo/loading/kept .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@find translations -name '*.mo' -delete
