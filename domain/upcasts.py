"""Turns an old event's open data into those of today's type, one schema version at a time."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from domain.topics import TOPICS

Data: TypeAlias = dict[str, Any]
Upcasts: TypeAlias = Mapping[tuple[str, int], Callable[[Data], Data]]


_NEW_IN_DEFINITIONS: Final[Data] = {
    "evidence": [],
    "opens": [],
    "outputs": [],
    "costs": [],
    "extension": None,
    "appeal_body": None,
}
_NO_TIMING: Final[Data] = dict.fromkeys(
    (
        "suspended_for_answers",
        "suspended_for_evidence",
        "answers_within",
        "lapses_on",
        "warned_before",
        "escalated_after",
        "silence_published_within",
    )
)
_NEW_IN_STEPS: Final[Data] = {"phase": "process", "channel": None}
_NO_DRAW_RULES: Final[Data] = {"keepers": [], "cosignatures": 0, "late_after": 60, "guardians": []}
_ENTRY_IN_THE_SEAL: Final[Data] = {"document": None, "source_version": "sealed", "valid_from": None, "valid_to": None}
_NEW_IN_PUBLICATIONS: Final[Data] = {"local_date": None, "valid_from": None, "valid_to": None, "register_version": 0}


def _drafted_before_registers(data: Data) -> Data:
    definition = data["definition"]
    steps = [{**step, **_NEW_IN_STEPS} for step in definition["steps"]]
    return {**data, "definition": {**definition, "steps": steps, **_NEW_IN_DEFINITIONS}}


def _drafted_before_messages(data: Data) -> Data:
    definition = data["definition"]
    asked = {name: [{**each, "shown_on": None} for each in definition[name]] for name in ("questions", "evidence")}
    return {**data, "definition": {**definition, **asked, "message_forms": []}}


def _published_before_registers(data: Data) -> Data:
    return {**data, **_NEW_IN_PUBLICATIONS}


def _submitted_before_registers(data: Data) -> Data:
    return {**data, "register_version": 0}


def _erased_before_evidence(data: Data) -> Data:
    return {**data, "local_date": None}


def _submitted_before_draws(data: Data) -> Data:
    return {**data, "nonce": None, "party": "person", "proved": []}


def _submitted_before_calendars(data: Data) -> Data:
    return {**data, "calendar": None, "last_day_is_stated": None, "suspended_for": []}


def _reopened_before_calendars(data: Data) -> Data:
    return {**data, "clock": "goes_on", "term": None}


def _overdue_before_calendars(data: Data) -> Data:
    return {**data, "calendar_version": 0}


def _drafted_before_timing(data: Data) -> Data:
    return {**data, "definition": {**data["definition"], "timing": dict(_NO_TIMING)}}


def _rules_before_draws(data: Data) -> Data:
    return {**data, "rules": {**data["rules"], "draw": dict(_NO_DRAW_RULES)}}


def _assigned_before_draws(data: Data) -> Data:
    return {**data, "draw": None}


def _answered_in_clear(data: Data) -> Data:
    """Leave out what it said of the register's entry in clear; the resource's sealed message still says it."""
    return {**data, "is_document": data.get("document") is not None, **_ENTRY_IN_THE_SEAL}


def _dispute_answered_in_clear(data: Data) -> Data:
    return {**data, "source_version": None}


UPCASTS: Final[Upcasts] = {
    ("case.assigned", 1): _assigned_before_draws,
    ("case.evidence_answered", 1): _answered_in_clear,
    ("case.evidence_dispute_answered", 1): _dispute_answered_in_clear,
    ("case.subject_erased", 1): _erased_before_evidence,
    ("case.submitted", 1): _submitted_before_registers,
    ("case.submitted", 2): _submitted_before_draws,
    ("case.became_overdue", 1): _overdue_before_calendars,
    ("case.submitted", 3): _submitted_before_calendars,
    ("case.reopened", 1): _reopened_before_calendars,
    ("register.rules_set", 1): _rules_before_draws,
    ("service.drafted", 1): _drafted_before_registers,
    ("service.drafted", 2): _drafted_before_messages,
    ("service.drafted", 3): _drafted_before_timing,
    ("service.published", 1): _published_before_registers,
}
"""Maps (topic, schema version) to the function that makes the next schema version."""


class UnknownSchemaVersionError(Exception):
    """The event has a schema version that this program cannot convert to or from."""

    def __init__(self, topic: str, version: int) -> None:
        super().__init__(f"{topic} is not known in schema version {version}")


def upcast(topic: str, schema_version: int, data: Data) -> Data:
    """Return the data in the form of the topic's present type.

    Raises:
        UnknownSchemaVersionError: the event is newer than this program, or a step is missing.
    """
    return walk(topic, schema_version, TOPICS[topic].schema_version, data, UPCASTS)


def walk(topic: str, version: int, current: int, data: Data, upcasts: Upcasts) -> Data:
    """Return the data after all steps from one schema version to another.

    Raises:
        UnknownSchemaVersionError: a step is missing, or leads back.
    """
    if version > current:
        raise UnknownSchemaVersionError(topic, version)
    for step in range(version, current):
        if (topic, step) not in upcasts:
            raise UnknownSchemaVersionError(topic, step)
        data = upcasts[topic, step](data)
    return data
