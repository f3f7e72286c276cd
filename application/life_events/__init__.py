"""Life events: one request for several services, submitted as a case for each of them, and followed together."""
