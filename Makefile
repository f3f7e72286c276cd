.PHONY: check slow bench format
check:
	./check
slow:
	./check --slow
bench:
	.venv/bin/python -m bench
format:
	.venv/bin/python -m ruff format .
	.venv/bin/python -m ruff check --fix .
