"""What the history of a case says is confirmed about its applicant: whose word it is, and nothing of what it says."""

from collections.abc import Sequence
from datetime import date

import pytest

from domain.case.events import CaseSubmitted
from domain.case.evidence_events import (
    EvidenceAccepted,
    EvidenceDisputeAnswered,
    EvidenceDisputed,
    EvidenceObjected,
    EvidenceReviewAsked,
)
from domain.case.evidence_ids import dispute_id_of
from domain.event import Event
from domain.evidence.values import DisputeOutcome
from ledger.published.codec import decode
from projections.case_history.claims import Claim, claims_of
from projections.case_history.fold import entry_of as shown
from projections.case_history.types import HistoryRow
from tests.domain.evidence_town import (
    LAND_ID,
    POPULATION_ID,
    POPULATION_REGISTER,
    land_answered,
    past_of,
    population_answered,
    was_sent,
)
from tests.domain.town import AT, CASE_ID, TODAY
from tests.published.examples import ENVELOPE, entry_of

PAST = (*past_of(), was_sent(), was_sent(LAND_ID))
BOTH = ("person.birth_date", "person.address")
DISPUTE_ID = dispute_id_of(CASE_ID, 1, AT)
REVIEW = EvidenceReviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT)
DISPUTED = EvidenceDisputed(
    request_id=POPULATION_ID, dispute_id=DISPUTE_ID, resource=POPULATION_REGISTER, elements=("person.address",)
)


def claims(*events: Event) -> list[Claim]:
    stored = [entry_of(event, number)._replace(sealed=b"") for number, event in enumerate(events, start=1)]
    return claims_of([HistoryRow(e.version, e.position, e.stream, shown(decode(e)), b"") for e in stored])


def said(elements: Sequence[str] = BOTH, disputed: Sequence[str] = ()) -> Claim:
    day = TODAY.isoformat()
    return Claim(elements=[*elements], confirmed_by=POPULATION_REGISTER, as_of=day, disputed=[*disputed])


def test_what_a_register_has_answered_is_confirmed_by_it_as_of_the_day_that_was_asked_about() -> None:
    assert claims(*PAST) == []
    assert claims(*PAST, population_answered(*BOTH)) == [said()]
    of_land = claims(*PAST, population_answered(*BOTH), land_answered())[1]
    assert (of_land.elements, of_land.confirmed_by) == (["plot.owner"], "land-register")


def test_a_document_confirms_all_that_was_asked_of_its_register() -> None:
    answered = population_answered().model_copy(update={"is_document": True})
    asked = next(event for event in PAST if getattr(event, "request_id", None) == POPULATION_ID)

    assert claims(*PAST, answered) == [said(getattr(asked, "elements", ()))]


def test_what_the_login_has_shown_is_confirmed_by_no_register() -> None:
    first = PAST[0]
    assert isinstance(first, CaseSubmitted)
    proved = first.model_copy(update={"proved": ("person.number",)})
    day = date(2026, 11, 25)  # of the envelope, in Baku

    (claim,) = claims(proved, *PAST[1:])
    assert (claim.elements, claim.confirmed_by, claim.as_of) == (["person.number"], None, day.isoformat())
    assert ENVELOPE.occurred_at.date() == day


def test_what_the_applicant_has_yet_to_look_at_or_objects_to_is_no_claim() -> None:
    under_review = (*PAST, population_answered(*BOTH), REVIEW)
    assert claims(*under_review) == []
    accepted = EvidenceAccepted(local_date=TODAY, request_id=POPULATION_ID, since=AT)
    assert claims(*under_review, accepted) == [said()]
    objected = EvidenceObjected(local_date=TODAY, request_id=POPULATION_ID)
    assert claims(*under_review, objected) == []
    assert claims(*PAST, population_answered(*BOTH), objected) == []


@pytest.mark.parametrize(
    ("outcome", "disputed"),
    [("examining", True), ("corrected", True), ("confirmed", False), ("refused", False)],
)
def test_a_disputed_claim_says_so_until_its_register_has_upheld_it(outcome: DisputeOutcome, *, disputed: bool) -> None:
    past = (*PAST, population_answered(*BOTH), DISPUTED)
    assert claims(*past) == [said(disputed=["person.address"])]

    last = EvidenceDisputeAnswered(dispute_id=DISPUTE_ID, outcome=outcome, source_version=None)
    assert claims(*past, last) == [said(disputed=["person.address"] if disputed else [])]
