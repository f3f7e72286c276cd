"""How each service does: the public evaluation."""
