"""What agencies have subscribed to."""
