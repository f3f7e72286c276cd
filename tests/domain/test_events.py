"""Events are facts that never change, with open and sealed parts."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from domain.case.events import CaseSubmitted
from domain.case.evidence_events import EvidenceDisputed, EvidenceRequested
from domain.case.message_events import MessageSent
from domain.case.state import evolve as evolve_case
from domain.event import Event, sealed_fields
from domain.topics import TOPICS
from tests.domain.examples import EXAMPLES
from tests.domain.town import SUBMITTED

ASKED_BEFORE = [event for event in EXAMPLES if isinstance(event, EvidenceRequested | EvidenceDisputed | MessageSent)]


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.topic)
def test_sealed_fields_stay_out_of_the_open_part(event: Event) -> None:
    sealed = sealed_fields(type(event))
    opened = event.model_dump(mode="json", exclude=set(sealed))

    assert not set(sealed) & set(opened)
    assert all(getattr(event, name) is not None for name in sealed)
    assert not any(isinstance(value, float) for value in leaves(opened))


@pytest.mark.parametrize("event", [event for event in EXAMPLES if event.topic.startswith("case.")], ids=type)
def test_a_case_can_tell_what_each_of_its_events_means(event: Event) -> None:
    case = None if isinstance(event, CaseSubmitted) else evolve_case(None, SUBMITTED)
    for before in ASKED_BEFORE[: ASKED_BEFORE.index(event)] if event in ASKED_BEFORE else ASKED_BEFORE:
        case = case and evolve_case(case, before)

    evolve_case(case, event)


def test_the_sealed_fields_are_these() -> None:
    assert {topic: sealed_fields(kind) for topic, kind in TOPICS.items() if sealed_fields(kind)} == {
        "case.applicant_answered": ("answer", "sealed_answers"),
        "case.applicant_asked": ("question",),
        "case.decided": ("reasons",),
        "case.evidence_answered": ("source_entry", "sealed_answers", "signed_answer"),
        "case.evidence_dispute_answered": ("corrected_version",),
        "case.evidence_disputed": ("statement",),
        "case.evidence_objected": ("reason",),
        "case.evidence_preview_asked": ("location",),
        "case.evidence_supplied": ("sealed_answers",),
        "case.contact_reported": ("statement",),
        "case.message_sent": ("form", "words"),
        "case.reopened": ("reason",),
        "case.representative_added": ("mandate",),
        "case.step_recorded": ("note",),
        "case.term_extended": ("reason",),
        "case.submitted": ("sealed_answers", "sealed_identifiers"),
        "case.withdrawn": ("reason",),
        "desk.draw_requested": ("openings",),
        "identities.opened": ("reason",),
        "identities.opening_asked": ("reason",),
        "mandate.given": ("content",),
    }


def test_an_event_takes_no_unknown_field_and_never_changes() -> None:
    with pytest.raises(ValidationError):
        type(SUBMITTED).model_validate(SUBMITTED.model_dump() | {"nickname": "x"})
    with pytest.raises(ValidationError):
        SUBMITTED.desk = "back"  # type: ignore[misc] # that is the point


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value
