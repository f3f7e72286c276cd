.PHONY: check slow bench format lock
check:
	./check
slow:
	./check --slow
bench:
	.venv/bin/python -m bench
format:
	.venv/bin/python -m ruff format .
	.venv/bin/python -m ruff check --fix .
# Renews both lock files from pyproject.toml; what they pin already stays as it is.
LOCK = .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml
lock:
	$(LOCK) --output-file requirements.lock
	$(LOCK) --group dev --output-file requirements-dev.lock
