"""What people do to cases, and what they read about them."""
