"""What Pencere is measured against, each peer at its own best settings."""
