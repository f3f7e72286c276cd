"""What waits at each desk."""
