"""The store of events: append, read, follow; entries and their hashes."""
