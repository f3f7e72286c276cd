"""The names of topics in Kafka."""

from typing import Final

EVENTS: Final = "pencere.events."
"""The beginning of the topic of an agency's events; the agency's name follows."""

AUDIT: Final = "pencere.audit"
"""The topic of all events, for auditors."""
