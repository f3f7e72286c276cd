"""How each service performs: the public evaluation."""
