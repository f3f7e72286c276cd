"""The calendars, and the acts of which they are made."""
