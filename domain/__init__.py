"""What may happen: pure decisions and state, without I/O, clock or randomness."""
