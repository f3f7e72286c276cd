"""The embedded default: real PostgreSQL servers of our own, started, watched and stopped."""
