"""Checks a whole ledger as an auditor does: its bytes and tree, and that every event could have happened."""
