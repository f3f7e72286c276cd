"""Use cases: load, decide, append."""
