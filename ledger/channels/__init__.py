"""How far each channel out of the house is: Kafka and webhooks."""
