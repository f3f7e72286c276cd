"""Bringing in what another system recorded, through the same commands as everybody."""
