"""A request on its way into the ledger: what is left when it may not arrive any more."""
