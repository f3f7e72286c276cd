"""Measures the growing event table, also in other layouts: `python -m bench.growth --data FOLDER`."""
