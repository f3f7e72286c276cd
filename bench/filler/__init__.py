"""Fills a ledger with millions of plausible events: `python -m bench.filler --data FOLDER --events N`."""
