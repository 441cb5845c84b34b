.PHONY: check test

check:
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy . && .venv/bin/lint-imports

test:
	.venv/bin/python -m pytest -q
