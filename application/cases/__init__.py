"""What people do to cases, and what they read of them."""
