"""The names of topics in Kafka."""

from typing import Final

EVENTS: Final = "pencere.events."
"""The beginning of the topic of an agency's events; the agency's name follows."""

AUDIT: Final = "pencere.audit"
"""The topic of all events, for auditors."""

EVIDENCE: Final = "pencere.evidence."
"""The beginning of the two topics of a resource; its name follows, and then `.requests` or `.answers`."""


def requests_topic(resource: str) -> str:
    """Return the topic in which the window asks a resource: it alone may read it, so that no other learns of it."""
    return f"{EVIDENCE}{resource}.requests"


def answers_topic(resource: str) -> str:
    """Return the topic in which a resource answers: it alone may write to it, so that no other can flood it."""
    return f"{EVIDENCE}{resource}.answers"


ANSWERS_PATTERN: Final = r"^pencere\.evidence\.[a-z0-9-]+\.answers$"
"""The topics in which resources answer."""


def resource_of_answers(topic: str) -> str:
    """Return the resource that answers in a topic."""
    return topic.removeprefix(EVIDENCE).removesuffix(".answers")
