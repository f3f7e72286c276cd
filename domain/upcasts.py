"""How an old event's open data become those of today's type, one schema version at a time."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from domain.topics import TOPICS

Data: TypeAlias = dict[str, Any]
Upcasts: TypeAlias = Mapping[tuple[str, int], Callable[[Data], Data]]


def _submitted_with_what_follows_the_term(data: Data) -> Data:
    """A submission of version 1 pinned neither: no silence approved it, and no term of appeal was promised."""
    return {**data, "silent_approval": False, "appeal_term": None}


def _registered_with_the_usual_limits(data: Data) -> Data:
    """A registration of version 1 set no limits: the usual one holds at each of its desks."""
    return {**data, "desk_limits": {}}


UPCASTS: Final[Upcasts] = {
    ("agency.registered", 1): _registered_with_the_usual_limits,
    ("case.submitted", 1): _submitted_with_what_follows_the_term,
}
"""(topic, schema version) -> what makes it the next schema version."""


class UnknownSchemaVersionError(Exception):
    """The event is of a schema version to or from which no way is known."""

    def __init__(self, topic: str, version: int) -> None:
        super().__init__(f"{topic} is not known in schema version {version}")


def upcast(topic: str, schema_version: int, data: Data) -> Data:
    """Return the data as today's type of the topic has them.

    Raises:
        UnknownSchemaVersionError: when the event is newer than this program, or a step of the way is missing.
    """
    return walk(topic, schema_version, TOPICS[topic].schema_version, data, UPCASTS)


def walk(topic: str, version: int, current: int, data: Data, upcasts: Upcasts) -> Data:
    """Return the data after every step from one schema version to another.

    Raises:
        UnknownSchemaVersionError: when a step is missing, or leads back.
    """
    if version > current:
        raise UnknownSchemaVersionError(topic, version)
    for step in range(version, current):
        if (topic, step) not in upcasts:
            raise UnknownSchemaVersionError(topic, step)
        data = upcasts[topic, step](data)
    return data
