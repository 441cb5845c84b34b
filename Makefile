# make run, make test: the two commands. `make help` lists the rest.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run test test-all check bench tour checkers requirements site dev

help:
	@echo "make run        set up what is missing, then the whole house on http://localhost:8000"
	@echo "make test       every test that needs only Python"
	@echo "make test-all   also browser, PostgreSQL, killed brokers and workers"
	@echo "make check      format, lint, types, imports, templates, migrations, deployment"
	@echo "make bench      measure, and write docs/benchmarks.md"
	@echo "make tour       draw docs/tour.md anew in a real browser"
	@echo "make checkers   fetch the Nu HTML checker and what mail programs know, for tests (needs npm, Java)"
	@echo "make requirements   pin what pyproject.toml asks for"

site:
	@$(PYTHON) deploy/install.py site

dev: site
	@$(PYTHON) deploy/install.py dev

run: site
	@exec $(BIN)/python manage.py run

test: dev
	@$(BIN)/python -m pytest --numprocesses 2 --quiet

test-all: dev
	@echo "== PostgreSQL"
	@$(BIN)/python deploy/with_postgres.py --still $(BIN)/python -m pytest --numprocesses 2 --quiet
	@echo "== Browser"
	@$(BIN)/python -m pytest --quiet -m browser
	@echo "== Workers, broker, kills"
	@$(BIN)/python -m pytest --quiet -m processes

check: dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports
	@git ls-files '*.html' ':!docs' ':!tests' ':!articles/first_pages' ':!newsroom/desk/demo' | xargs $(BIN)/djade --check
	@$(BIN)/djlint --lint --quiet templates
	@DATA_DIR=build/check $(BIN)/python manage.py makemigrations --check --dry-run
	@deploy/check-deployment

bench: dev
	@$(BIN)/python -m bench --write

tour: dev
	@$(BIN)/python -m pytest --quiet -m tour --capture no

checkers:
	@npm install --silent --no-save --no-package-lock --prefix build/nu vnu-jar@26.9.27 caniemail@1.0.5

requirements:
	@$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make requirements" \
		pyproject.toml --output-file requirements/site.txt
	@$(PYTHON) -m uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make requirements" \
		pyproject.toml --extra dev --constraint requirements/site.txt --output-file requirements/dev.txt
