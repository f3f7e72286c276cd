"""The rows about Kafka: how much is published, how soon it arrives, and how much publishing slows down others."""
