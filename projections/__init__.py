"""What it looks like: one folder per read model."""
