"""A fresh ledger for each test that keeps a log of its own."""

from tests.ledger.tree.conftest import place

__all__ = ["place"]
