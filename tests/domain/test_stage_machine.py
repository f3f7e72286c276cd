"""One table says which stage a case is in after each event. The state and the views have no other."""

from typing import get_args

import pytest

from domain.case.assignment_events import ASSIGNMENT_EVENTS
from domain.case.clock_events import CLOCK_EVENTS, CaseLapsed, GrantedBySilence
from domain.case.events import CaseEvent, SubjectErased
from domain.case.evidence_events import EVIDENCE_EVENTS, EvidenceDisputed, EvidenceRequested
from domain.case.message_events import MESSAGE_EVENTS
from domain.case.representation_events import REPRESENTATION_EVENTS
from domain.case.stage import ENDED, Stage
from domain.case.stage_machine import ENDING, MOVING, RESUMING, STAGE_AFTER, stage_after
from domain.case.state import evolve
from domain.event import Event, UnknownEventError
from domain.submission.events import SubmissionPrevented
from projections import case_rows
from tests.domain.assignment_examples import ASSIGNMENT_EXAMPLES
from tests.domain.clock_examples import CLOCK_EXAMPLES, GRANTED, LAPSED
from tests.domain.evidence_examples import EVIDENCE_EXAMPLES
from tests.domain.message_examples import MESSAGE_EXAMPLES, SENT
from tests.domain.town import (
    ANSWERED,
    APPLICANT,
    ASKED,
    ASSIGNED,
    CHECKED,
    CLOSED,
    DECIDED,
    OVERDUE,
    REOPENED,
    SUBMITTED,
    TODAY,
    WITHDRAWN,
)
from tests.mandates.examples import ADDED, LEFT

STAYING_TOPICS = {
    f"case.evidence_{what}"
    for what in (
        *("sent", "acknowledged", "deferred", "answered", "ended", "remarked"),
        *("disputed", "dispute_sent", "dispute_answered"),
    )
}
STAYING_ON_TIME = {kind.topic for kind in CLOCK_EVENTS} - {GrantedBySilence.topic, CaseLapsed.topic}
TO_THE_APPLICANT = {
    "case.applicant_awaited",
    *(f"case.evidence_{what}" for what in ("preview_asked", "review_asked", "asked_of_applicant")),
}
STAYING = (
    CHECKED,
    SubjectErased(pseudonym=APPLICANT.pseudonym, local_date=TODAY),
    OVERDUE,
    *ASSIGNMENT_EXAMPLES,
    *MESSAGE_EXAMPLES,
    *(event for event in CLOCK_EXAMPLES if event.topic in STAYING_ON_TIME),
    ADDED,
    LEFT,
    *(event for event in EVIDENCE_EXAMPLES if event.topic in STAYING_TOPICS),
)


def evidence_leads_to(event: Event) -> Stage:
    if event.topic == "case.evidence_settled":
        return Stage.SUBMITTED
    return Stage.AWAITING_APPLICANT if event.topic in TO_THE_APPLICANT else Stage.AWAITING_EVIDENCE


LEADING = (
    (ASKED, Stage.AWAITING_APPLICANT),
    (ANSWERED, Stage.IN_PROGRESS),
    (DECIDED, Stage.DECIDED),
    (CLOSED, Stage.CLOSED),
    (WITHDRAWN, Stage.WITHDRAWN),
    (REOPENED, Stage.IN_PROGRESS),
    (GRANTED, Stage.DECIDED),
    (LAPSED, Stage.CLOSED),
    *((event, evidence_leads_to(event)) for event in EVIDENCE_EXAMPLES if event.topic not in STAYING_TOPICS),
)
EVENTS = (ASSIGNED, *STAYING, *(event for event, _ in LEADING))


def test_the_table_has_every_event_of_a_case() -> None:
    further = (*CLOCK_EVENTS, *EVIDENCE_EVENTS, *MESSAGE_EVENTS, *ASSIGNMENT_EVENTS, *REPRESENTATION_EVENTS)

    assert set(STAGE_AFTER) == {kind.topic for kind in (*get_args(CaseEvent), *further)}


def test_a_submission_begins_and_every_other_event_leads_somewhere_from_everywhere() -> None:
    began = STAGE_AFTER[SUBMITTED.topic]
    others = [after for after in STAGE_AFTER.values() if after is not began]

    assert began == {None: Stage.SUBMITTED}
    assert all(set(after) == set(Stage) for after in others)


@pytest.mark.parametrize("before", Stage)
def test_each_event_leaves_the_case_in_its_stage(before: Stage) -> None:
    assert stage_after(ASSIGNED, before) is (Stage.IN_PROGRESS if before is Stage.SUBMITTED else before)
    assert [stage_after(event, before) for event in STAYING] == [before] * len(STAYING)
    assert [stage_after(event, before) for event, _ in LEADING] == [stage for _, stage in LEADING]


@pytest.mark.parametrize("before", Stage)
def test_the_state_is_in_the_stage_that_the_table_says(before: Stage) -> None:
    case = evolve(None, SUBMITTED)
    for event in (event for event in EVIDENCE_EXAMPLES if isinstance(event, EvidenceRequested | EvidenceDisputed)):
        case = evolve(case, event)
    case = evolve(case, SENT)._replace(stage=before)

    assert [evolve(case, event).stage for event in EVENTS] == [stage_after(event, before) for event in EVENTS]


@pytest.mark.parametrize(
    ("event", "before"), [(SUBMITTED, Stage.SUBMITTED), (CLOSED, None), (SubmissionPrevented(), Stage.SUBMITTED)]
)
def test_what_cannot_follow_has_no_stage(event: Event, before: Stage | None) -> None:
    with pytest.raises(UnknownEventError):
        stage_after(event, before)


def test_what_moves_ends_and_resumes_is_told_from_the_table() -> None:
    assert {event.topic for event in STAYING} == set(STAGE_AFTER) - MOVING
    assert {CLOSED.topic, WITHDRAWN.topic, LAPSED.topic} == ENDING
    assert all(ENDED.isdisjoint(STAGE_AFTER[topic].values()) for topic in RESUMING)


def test_the_views_have_the_same_table_in_the_texts_that_rows_keep() -> None:
    assert case_rows.STAGE_AFTER == STAGE_AFTER
    assert {type(stage) for after in case_rows.STAGE_AFTER.values() for stage in after.values()} == {str}
