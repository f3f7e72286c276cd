"""The legal clock: what a case's term is counted from, and when it ends."""
