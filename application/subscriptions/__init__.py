"""Subscriptions of agencies: who asks, who grants, and where events may be sent."""
