"""A real Apache Kafka on this machine, for tests and for whoever has no Docker. Not for production."""
