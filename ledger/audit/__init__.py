"""Checks a whole ledger from the outside: bytes, positions, times, tree, tiles, checkpoints. It only reads."""
