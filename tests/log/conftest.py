"""A fresh ledger for each test that keeps its own log."""

from tests.ledger.tree.conftest import place

__all__ = ["place"]
