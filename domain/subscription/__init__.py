"""A subscription: which of its events an agency gets, who has granted it, and where they are sent."""
