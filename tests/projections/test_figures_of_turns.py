"""For how many days a case waited for whom: by hand, from given events, for the view's fold and for the recount."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

import pytest

from domain.case.events import SubjectErased
from domain.case.evidence_events import EvidenceReviewAsked
from domain.case.stage import Stage
from domain.case.stage_machine import stage_after
from domain.envelope import Actor, Envelope
from domain.evaluation.measures import SUSPENDED, WAITED_FOR_APPLICANTS, WAITED_FOR_RESOURCES
from domain.event import Event
from domain.evidence.progress import EvidenceState
from ledger.published.codec import open_part
from ledger.store.entries import StoredEntry
from projections.figures.evidence import OF_EVIDENCE
from projections.figures.fold import VIEW
from projections.figures.recount import TOPICS, Recount
from projections.recorded import Recorded, recorded
from projections.tables import Rows
from tests.domain.evidence_examples import EVIDENCE_EXAMPLES
from tests.domain.evidence_town import LAND_ID, POPULATION_ID, land_answered, past_of, population_ended
from tests.domain.test_evidence_and_the_applicant import (
    ACCEPTED,
    ALSO_SHOWN,
    HER_TURN,
    OBJECTED,
    SETTLED,
    SHOWN,
    SUPPLIED,
    birth_date_asked,
)
from tests.domain.town import (
    ANSWERED,
    APPLICANT,
    ASKED,
    ASSIGNED,
    AT,
    CASE_ID,
    CLOSED,
    DECIDED,
    REOPENED,
    SERVICE,
    TODAY,
    WITHDRAWN,
)

WINDOW = Actor(role="window", pseudonym="evidence")
LAND_ACCEPTED = ACCEPTED.model_copy(update={"request_id": LAND_ID})
NOT_FOUND = (population_ended("NotFound"), birth_date_asked(EvidenceState.NOT_FOUND))
REVIEWED = (land_answered(), EvidenceReviewAsked(local_date=TODAY, request_id=LAND_ID, since=AT))
ERASED = SubjectErased(pseudonym=APPLICANT.pseudonym, local_date=TODAY)


class On(NamedTuple):
    """What happens so many days after the submission, on the local date; `utc` is by how many days UTC's is later."""

    day: int
    events: Sequence[Event]
    utc: int = 0


SUBMITTED = On(0, past_of())
"""The case asks both registers, on 24 November."""


def told(story: Sequence[On]) -> Iterator[Recorded]:
    """Yield the events of a case as recorded, each on its day."""
    version = 0
    for day, events, utc in story:
        local, at = TODAY + timedelta(days=day), AT + timedelta(days=day + utc)
        envelope = Envelope(actor=WINDOW, agencies=(SERVICE.agency,), occurred_at=at, origin="live")
        for event in events:
            version += 1
            on_its_day = event.model_copy(update={"local_date": local}) if hasattr(event, "local_date") else event
            stored = open_part(on_its_day, envelope)
            found = recorded(StoredEntry(version, CASE_ID, version, version, event.topic, bytes(32), stored, b""))
            assert found is not None
            yield found


def folded(events: Sequence[Recorded]) -> Rows:
    """Return the view's rows after the events."""
    rows = Rows(VIEW.tables)
    for event in events:
        VIEW.fold(rows, event)
    return rows


def days_waited(*story: On) -> dict[str, dict[str, list[int]]]:
    """Return month -> cause -> how many days each wait took, if any; view and recount agree."""
    events = list(told(story))
    view = Counter[tuple[str, str, int]]()
    for (_, month, measure, detail), of in folded(events).counted["tallies"].amounts.items():
        if measure in {SUSPENDED, WAITED_FOR_APPLICANTS, WAITED_FOR_RESOURCES}:
            view[month, measure, int(detail)] += of["amount"]
    recount = Recount()
    recount.count(event for event in events if event.topic in TOPICS)
    again = Counter[tuple[str, str, int]]()
    for month in recount.months():
        found = recount.of_service(SERVICE.slug, month)
        again.update({(month, SUSPENDED, days): many for days, many in found.waits.items()})
        again.update({(month, WAITED_FOR_APPLICANTS, days): many for days, many in found.applicant_waits.items()})
        again.update({(month, WAITED_FOR_RESOURCES, days): many for days, many in found.resource_waits.items()})
    assert view == again
    waited: dict[str, dict[str, list[int]]] = {}
    for month, measure, days in sorted(view.elements()):
        if days:
            waited.setdefault(month, {}).setdefault(measure, []).append(days)
    return waited


EVERY_KIND = (
    SUBMITTED,
    On(1, [SHOWN]),  # 1 day for resources
    On(3, [ACCEPTED]),  # 2 for the applicant, to look at a preview
    On(6, NOT_FOUND),  # 3 for resources
    On(10, [SUPPLIED]),  # 4 for the applicant, to give what is missing; the other register has not answered either
    On(15, REVIEWED),  # 5 for resources
    On(21, [LAND_ACCEPTED, SETTLED]),  # 6 for the applicant, to look at an answer
    On(22, [ASSIGNED]),  # at its desk the case waits for nobody
    On(23, [ASKED]),
    On(30, [ANSWERED]),  # 7 for the applicant, whom an official has asked
)


def test_each_kind_of_waiting_counts_for_its_own_cause_in_the_month_of_its_end() -> None:
    assert days_waited(*EVERY_KIND) == {
        "2026-11": {WAITED_FOR_RESOURCES: [1, 3], WAITED_FOR_APPLICANTS: [2]},
        "2026-12": {WAITED_FOR_RESOURCES: [5], WAITED_FOR_APPLICANTS: [4, 6], SUSPENDED: [7]},
    }


def test_no_day_from_the_submission_until_evidence_is_settled_is_missing_or_counts_twice() -> None:
    waited = days_waited(*EVERY_KIND[:7])

    assert sum(days for month in waited.values() for each in month.values() for days in each) == 21


def test_waiting_that_has_not_ended_does_not_count_yet() -> None:
    assert days_waited(SUBMITTED, On(1, [SHOWN])) == {"2026-11": {WAITED_FOR_RESOURCES: [1]}}


def test_an_applicant_who_has_more_to_say_is_waited_for_on() -> None:
    story = (SUBMITTED, On(0, [SHOWN, ALSO_SHOWN]), On(4, [ACCEPTED, HER_TURN]), On(9, [LAND_ACCEPTED]))

    assert days_waited(*story) == {
        "2026-11": {WAITED_FOR_APPLICANTS: [4]},
        "2026-12": {WAITED_FOR_APPLICANTS: [5]},
    }


def test_another_reason_to_wait_for_the_applicant_begins_no_other_waiting() -> None:
    story = (SUBMITTED, On(1, [SHOWN]), On(3, [ALSO_SHOWN]), On(5, REVIEWED), On(6, [ACCEPTED]))

    assert days_waited(*story) == {"2026-11": {WAITED_FOR_RESOURCES: [1], WAITED_FOR_APPLICANTS: [5]}}


def test_a_withdrawal_ends_the_waiting_for_the_applicant_and_counts_it() -> None:
    assert days_waited(SUBMITTED, On(1, [SHOWN]), On(9, [WITHDRAWN])) == {
        "2026-11": {WAITED_FOR_RESOURCES: [1]},
        "2026-12": {WAITED_FOR_APPLICANTS: [8]},
    }


def test_an_officials_question_that_is_overtaken_by_a_withdrawal_does_not_count() -> None:
    story = (SUBMITTED, On(2, [land_answered(), SETTLED]), On(3, [ASSIGNED, ASKED]), On(9, [WITHDRAWN]))

    assert days_waited(*story) == {"2026-11": {WAITED_FOR_RESOURCES: [2]}}


def test_nobody_waits_for_an_erased_applicant() -> None:
    story = (SUBMITTED, On(1, [SHOWN]), On(3, [ERASED, population_ended("Failed"), SETTLED]), On(5, [ASSIGNED]))

    assert days_waited(*story) == {"2026-11": {WAITED_FOR_RESOURCES: [1], WAITED_FOR_APPLICANTS: [2]}}


def test_a_reopening_takes_back_no_waiting_and_begins_none() -> None:
    waited = {"2026-11": {WAITED_FOR_APPLICANTS: [3]}}
    ended = (SUBMITTED, On(0, NOT_FOUND), On(3, [SUPPLIED, SETTLED]), On(4, [ASSIGNED, DECIDED, CLOSED]))
    reopened = (*ended, On(7, [REOPENED]))
    ended_again = (*reopened, On(8, [ASKED]), On(10, [ANSWERED]), On(20, [DECIDED, CLOSED]))

    assert days_waited(*ended) == days_waited(*reopened) == waited
    assert days_waited(*ended_again) == {**waited, "2026-12": {SUSPENDED: [2]}}


@pytest.mark.parametrize("said", [[ACCEPTED], [OBJECTED, *NOT_FOUND[:1]]], ids=["agrees", "objects"])
def test_days_are_local_ones_where_the_date_in_utc_is_later(said: Sequence[Event]) -> None:
    story = (SUBMITTED, On(2, [SHOWN], utc=1), On(2, said), On(5, [land_answered(), SETTLED]))

    assert days_waited(*story) == {"2026-11": {WAITED_FOR_RESOURCES: [2, 3]}}


@pytest.mark.parametrize("event", [each for each in EVIDENCE_EXAMPLES if each.topic in OF_EVIDENCE], ids=type)
@pytest.mark.parametrize("before", [(), (SHOWN,)], ids=["for-resources", "for-the-applicant"])
def test_whose_turn_it_is_follows_from_the_stage_machine(before: Sequence[Event], event: Event) -> None:
    turns = {Stage.AWAITING_APPLICANT: "applicant", Stage.AWAITING_EVIDENCE: "resources", Stage.SUBMITTED: None}
    is_of_request = hasattr(event, "request_id")
    known = event.model_copy(update={"request_id": POPULATION_ID}) if is_of_request else event
    rows = folded(list(told([SUBMITTED, On(0, [*before, known])])))
    stage = Stage.AWAITING_APPLICANT if before else Stage.AWAITING_EVIDENCE

    assert rows.keyed["cases"].require(CASE_ID)["turn"] == turns[stage_after(event, stage)]
