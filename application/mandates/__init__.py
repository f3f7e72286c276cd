"""Mandates: giving and accepting them, and acting by one in the cases of whoever has given it."""
