"""What the rules of mandates and representation forbid is found by the audit; an honest history is not accused."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
import pytest

from application.identity import agency_stream, service_stream
from application.storing import new_events
from domain.agency.events import AgencyRegistered
from domain.case.representation_decisions import RIGHT_OVER
from domain.case.representation_events import RepresentativeAdded, RepresentativeRemoved
from domain.envelope import COORDINATOR, Actor, Envelope
from domain.event import Event
from domain.mandate.events import MandateAccepted, MandateRevoked
from domain.service.events import ServiceDrafted, ServicePublished
from ledger.store.entries import NewEvent, StoredEntry
from ledger.vault.vault import CaseKey
from tests.domain.town import (
    APPLICANT,
    AT,
    CASE_ID,
    REPRESENTATIVE,
    SERVICE,
    SUBMITTED,
    TODAY,
    TOWN,
    WITHDRAWN,
)
from tests.mandates.examples import (
    ACCEPTED,
    ADDED,
    DECLINED,
    ERASURE,
    GIVEN,
    GIVER,
    LEFT,
    MANDATE_ID,
    OTHER,
    RECEIVER,
    TAKEN_BACK,
)
from tests.verifying.test_legality import found_in, stored

_KEY = bytes(32)
OVER = RepresentativeRemoved(representative=REPRESENTATIVE.pseudonym, why="right_over")
OF_ORGANISATION = SUBMITTED.model_copy(update={"party": "organisation"})
BY_LOGIN = ADDED.model_copy(update={"mandate": None})


def happened(
    stream: UUID, key: str | None, *told: tuple[Actor, Event] | tuple[Actor, Event, Event], **of: Any
) -> list[NewEvent]:
    """Return events of a stream as they are stored: each tuple is who asked, and what came of it in one append."""
    made: list[NewEvent] = []
    for actor, *events in told:
        envelope = Envelope(
            actor=actor,
            agencies=of.get("agencies", ()),
            occurred_at=AT,
            origin="live",
            causation=None,
            correlation=stream,
        )
        sealing = None if key is None else CaseKey(UUID(key), _KEY, "applicant")
        made += new_events(stream, len(made), events, envelope, sealing)
    return made


def mandate(*told: tuple[Actor, Event], key: str = GIVER.pseudonym, **of: Any) -> list[StoredEntry]:
    return stored(happened(MANDATE_ID, key, *told, **of))


def catalogue() -> list[NewEvent]:
    registered = AgencyRegistered(
        slug=TOWN.slug, name=TOWN.name, time_zone=TOWN.time_zone, desks=TOWN.desks, desk_limits={}
    )
    drafted, published = (
        ServiceDrafted(version=2, definition=SERVICE),
        ServicePublished(version=2, local_date=TODAY, valid_from=TODAY),
    )
    first = ServiceDrafted(version=1, definition=SERVICE)
    return [
        *happened(agency_stream(TOWN.slug), None, (COORDINATOR, registered)),
        *happened(
            service_stream(SERVICE.slug), None, (COORDINATOR, first), (COORDINATOR, drafted), (COORDINATOR, published)
        ),
    ]


def case(*told: Any) -> list[StoredEntry]:
    return stored([*catalogue(), *happened(CASE_ID, APPLICANT.pseudonym, *told, agencies=("town",))])


def says(entries: Sequence[StoredEntry]) -> list[str]:
    return [found.says for found in found_in(list(entries))]


@pytest.mark.parametrize(
    "told",
    [
        ((GIVER, GIVEN),),
        ((GIVER, GIVEN), (RECEIVER, ACCEPTED), (GIVER, TAKEN_BACK)),
        ((GIVER, GIVEN), (RECEIVER, ACCEPTED), (RECEIVER, MandateRevoked(why="given_back"))),
        ((GIVER, GIVEN), (OTHER, DECLINED)),
        ((GIVER, GIVEN), (ERASURE, MandateRevoked(why="erased"))),
    ],
)
def test_an_honest_mandate_is_not_accused(told: tuple[tuple[Actor, Event], ...]) -> None:
    assert says(mandate(*told)) == []


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (((RECEIVER, GIVEN),), "a mandate is given by somebody"),
        (((GIVER, GIVEN.model_copy(update={"content": None})),), "a mandate is given by somebody"),
        (((GIVER, GIVEN.model_copy(update={"giver": OTHER.pseudonym})),), "giver is not what the rules give"),
        (
            ((GIVER, GIVEN), (RECEIVER, MandateAccepted(receiver=OTHER.pseudonym))),
            "receiver is not what the rules give",
        ),
        (((GIVER, GIVEN), (RECEIVER, ACCEPTED), (RECEIVER, ACCEPTED)), "it changes nothing"),
        (((GIVER, GIVEN), (RECEIVER, ACCEPTED), (OTHER, DECLINED)), "mandate-already-accepted"),
        (((GIVER, GIVEN), (OTHER, DECLINED), (RECEIVER, ACCEPTED)), "mandate-over"),
        (((GIVER, GIVEN), (RECEIVER, TAKEN_BACK)), "not-a-party-of-the-mandate"),
        (((GIVER, GIVEN), (GIVER, MandateRevoked(why="erased"))), "why is not what the rules give"),
        (((GIVER, GIVEN), (GIVER, TAKEN_BACK), (GIVER, TAKEN_BACK)), "it changes nothing"),
        (((GIVER, GIVEN), (GIVER, LEFT)), "does not happen to a mandate"),
    ],
)
def test_what_the_rules_of_mandates_forbid_is_found(told: tuple[tuple[Actor, Event], ...], fault: str) -> None:
    [found] = says(mandate(*told))

    assert fault in found


def test_a_mandate_is_sealed_for_its_giver_and_concerns_no_agency() -> None:
    assert "sealed for somebody else" in says(mandate((GIVER, GIVEN), key=OTHER.pseudonym))[0]
    assert "a mandate concerns no agency" in says(mandate((GIVER, GIVEN), agencies=("town",)))[0]


@pytest.mark.parametrize(
    "told",
    [
        ((APPLICANT, SUBMITTED), (REPRESENTATIVE, ADDED), (REPRESENTATIVE, WITHDRAWN)),
        ((APPLICANT, SUBMITTED), (REPRESENTATIVE, ADDED), (REPRESENTATIVE, LEFT), (REPRESENTATIVE, ADDED)),
        ((REPRESENTATIVE, SUBMITTED, ADDED), (RIGHT_OVER, OVER), (APPLICANT, WITHDRAWN)),
        ((REPRESENTATIVE, OF_ORGANISATION, BY_LOGIN), (REPRESENTATIVE, WITHDRAWN)),
        ((REPRESENTATIVE, OF_ORGANISATION, ADDED), (OTHER, RepresentativeAdded(representative=OTHER.pseudonym))),
    ],
)
def test_an_honest_representation_is_not_accused(told: tuple[Any, ...]) -> None:
    assert says(case(*told)) == []


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (((APPLICANT, SUBMITTED), (REPRESENTATIVE, WITHDRAWN)), "not-the-applicant"),
        (((APPLICANT, SUBMITTED), (REPRESENTATIVE, ADDED), (OTHER, WITHDRAWN)), "not-the-applicant"),
        (((APPLICANT, SUBMITTED), (REPRESENTATIVE, ADDED), (RIGHT_OVER, OVER), (REPRESENTATIVE, WITHDRAWN)), "not-the"),
        (((APPLICANT, SUBMITTED), (APPLICANT, ADDED)), "not-the-representative"),
        (((APPLICANT, SUBMITTED), (OTHER, ADDED)), "representative is not what the rules give"),
        (((APPLICANT, SUBMITTED), (REPRESENTATIVE, BY_LOGIN)), "mandate-missing"),
        (((APPLICANT, SUBMITTED), (REPRESENTATIVE, ADDED), (REPRESENTATIVE, ADDED)), "representative-already-added"),
        (((APPLICANT, SUBMITTED), (REPRESENTATIVE, LEFT)), "representative-not-added"),
        (((APPLICANT, SUBMITTED), (REPRESENTATIVE, ADDED), (REPRESENTATIVE, OVER)), "why is not what the rules give"),
        (((APPLICANT, SUBMITTED), (REPRESENTATIVE, ADDED), (OTHER, LEFT)), "not-the-representative"),
        (((REPRESENTATIVE, SUBMITTED), (REPRESENTATIVE, WITHDRAWN)), "a case.representative_added is due here"),
        (((REPRESENTATIVE, SUBMITTED, RepresentativeAdded(representative=OTHER.pseudonym)),), "representative is not"),
        (((APPLICANT, OF_ORGANISATION),), "not-the-applicant"),
    ],
)
def test_what_the_rules_of_representation_forbid_is_found(told: tuple[Any, ...], fault: str) -> None:
    [found] = says(case(*told))

    assert fault in found


def test_what_is_sealed_of_a_mandate_is_nowhere_in_the_open_parts() -> None:
    for entry in [*mandate((GIVER, GIVEN)), *case((REPRESENTATIVE, SUBMITTED, ADDED))]:
        assert b"AZE" not in entry.open
        if entry.stream == CASE_ID:
            assert str(MANDATE_ID).encode() not in entry.open
            assert orjson.loads(entry.open)["actor"]["pseudonym"] == REPRESENTATIVE.pseudonym
