"""Subscriptions of agencies: asked for, granted, and where events may be sent."""
