"""A subscription: which of its events an agency is told, on whose word, and where to."""
