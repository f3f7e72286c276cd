"""The names under which events are told in Kafka."""

from typing import Final

EVENTS: Final = "pencere.events."
"""What the topic of an agency's events begins with; its name follows."""

AUDIT: Final = "pencere.audit"
"""The topic of everything, for auditors."""
