"""Where each case stands."""
