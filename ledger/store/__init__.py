"""The store: what did happen. Append, read, follow; entries and their hashes."""
