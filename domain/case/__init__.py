"""A case: one request for one service, from its submission to its end."""
