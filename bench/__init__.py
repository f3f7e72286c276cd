"""Measurements, each side by side with a peer: `python -m bench`. Not part of the product."""
