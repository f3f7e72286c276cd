"""Asks resources for evidence: one process at a time makes the messages, sends them, and takes in what comes back."""
