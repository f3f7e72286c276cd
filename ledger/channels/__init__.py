"""The positions of all outgoing channels: Kafka, webhooks and reactions."""
