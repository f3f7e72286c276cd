"""A life event: one request for several services. Only the vault knows that its cases belong together."""
