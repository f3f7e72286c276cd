"""The exchange with state information resources: its messages, its errors, and the life of a request."""
