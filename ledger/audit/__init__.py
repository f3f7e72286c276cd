"""Checks a whole ledger from outside: bytes, positions, times, tree, tiles, checkpoints. It only reads."""
