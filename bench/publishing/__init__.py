"""The rows about Kafka: how much is published, how soon it is heard, and what publishing takes from those beside it."""
