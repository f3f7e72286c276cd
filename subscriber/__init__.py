"""The kit for agencies that subscribe to events."""
