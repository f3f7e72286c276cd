"""When each open case is due."""
