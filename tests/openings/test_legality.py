"""What the rules of openings forbid is found by the audit; an honest history is not accused."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import pytest

from application.cases.reading import may_read
from application.identity import opening_stream
from application.openings.opening import take_opening_back
from application.storing import new_events
from application.window import Window
from domain.envelope import Actor, Envelope
from domain.event import Event
from domain.opening.events import OPENING_EVENTS, IdentitiesOpened
from ledger.store.entries import NewEvent, StoredEntry
from ledger.vault.vault import CaseKey
from tests.domain.town import APPLICANT, AT, CASE_ID, COLLEAGUE, OFFICIAL, SUBMITTED, TOWN
from tests.mandates.family import case_of
from tests.mandates.test_legality import catalogue, happened
from tests.openings.auditors import RENA, TURAL, Days, Run, asks, opened_case, reads
from tests.openings.examples import ASKED, DAY, DROPPED, FIRST, OPENED, SECOND, THIRD, looked
from tests.verifying.test_legality import found_in, stored

Told: TypeAlias = tuple[Actor, Event] | tuple[Actor, Event, datetime]
STREAM = opening_stream(CASE_ID, 1)
OTHER_CASE = UUID("019abcde-f012-7345-8678-9abcdef09999")


def opening(*told: Told, key: str = APPLICANT.pseudonym, stream: UUID = STREAM, **of: Any) -> list[StoredEntry]:
    """Return a case, and what happened to an opening beside it: who, what, and when if not at once."""
    case = happened(CASE_ID, APPLICANT.pseudonym, (APPLICANT, SUBMITTED), agencies=(TOWN.slug,))
    made: list[NewEvent] = []
    for actor, event, *at in told:
        envelope = Envelope(
            actor=actor,
            agencies=of.get("agencies", ()),
            occurred_at=at[0] if at else AT,
            origin="live",
            causation=of.get("causation"),
            correlation=stream,
        )
        made += new_events(stream, len(made), [event], envelope, CaseKey(UUID(key), bytes(32), "applicant"))
    return stored([*catalogue(), *case, *made])


def says(entries: Sequence[StoredEntry]) -> list[str]:
    return [found.says for found in found_in(list(entries))]


@pytest.mark.parametrize(
    "told",
    [
        ((FIRST, ASKED),),
        ((FIRST, ASKED), (SECOND, OPENED), (SECOND, looked(SECOND)), (FIRST, looked())),
        ((FIRST, ASKED), (FIRST, DROPPED)),
        ((FIRST, ASKED), (SECOND, OPENED), (FIRST, DROPPED)),
        ((FIRST, ASKED), (SECOND, OPENED), (FIRST, looked(FIRST, "case", AT + 30 * DAY), AT + 30 * DAY)),
    ],
)
def test_an_honest_opening_is_not_accused(told: tuple[Told, ...]) -> None:
    assert says(opening(*told)) == []


def changed(event: Event, **update: object) -> Event:
    return event.model_copy(update=update)


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (((FIRST, ASKED), (FIRST, changed(OPENED, auditor=FIRST.pseudonym))), "second-auditor-is-the-first"),
        (((FIRST, ASKED), (SECOND, changed(OPENED, auditor=THIRD.pseudonym))), "auditor is not what the rules give"),
        (((FIRST, changed(ASKED, auditor=SECOND.pseudonym)),), "auditor is not what the rules give"),
        (((FIRST, changed(ASKED, until=AT + 31 * DAY)),), "opening-too-long"),
        (((FIRST, changed(ASKED, until=AT + 14 * DAY + timedelta(hours=1))),), "until is not what the rules give"),
        (((FIRST, changed(ASKED, sealed_until=AT + 181 * DAY)),), "seal-too-long"),
        (((FIRST, changed(ASKED, sealed_until=AT - DAY)),), "seal-too-long"),
        (((FIRST, changed(ASKED, lapses_at=AT + 8 * DAY)),), "lapses_at is not what the rules give"),
        (((FIRST, changed(ASKED, reason=None)),), "whoever opens identities says why"),
        (((FIRST, ASKED), (SECOND, changed(OPENED, reason=None))), "whoever opens identities says why"),
        (((SECOND, OPENED),), "opening-not-asked"),
        (((FIRST, DROPPED),), "opening-not-asked"),
        (((FIRST, ASKED), (FIRST, looked())), "identities-not-opened"),
        (((FIRST, ASKED), (SECOND, OPENED), (THIRD, looked(THIRD))), "identities-not-opened"),
        (((FIRST, ASKED), (SECOND, OPENED), (FIRST, looked(at=AT + 14 * DAY), AT + 14 * DAY)), "identities-not-opened"),
        (((FIRST, ASKED), (SECOND, OPENED), (FIRST, looked(at=AT + DAY))), "hour is not what the rules give"),
        (((FIRST, ASKED), (SECOND, OPENED), (FIRST, looked()), (FIRST, looked())), "it changes nothing"),
        (((FIRST, ASKED), (SECOND, OPENED, AT + 7 * DAY)), "opening-over"),
        (((FIRST, ASKED), (FIRST, DROPPED), (SECOND, OPENED)), "opening-over"),
        (
            ((FIRST, ASKED), (SECOND, OPENED), (THIRD, changed(OPENED, auditor=THIRD.pseudonym))),
            "opening-agreed-already",
        ),
        (((FIRST, ASKED), (SECOND, DROPPED)), "not-the-first-auditor"),
        (((OFFICIAL, changed(ASKED, auditor=OFFICIAL.pseudonym)),), "not-an-auditor"),
        (((FIRST, ASKED), (COLLEAGUE, changed(OPENED, auditor=COLLEAGUE.pseudonym))), "not-an-auditor"),
        (((FIRST, changed(ASKED, number=2)),), "stream of its name"),
        (((FIRST, ASKED), (SECOND, changed(OPENED, case_id=OTHER_CASE))), "case_id is not what the rules give"),
        (((FIRST, ASKED), (FIRST, changed(DROPPED, case_id=OTHER_CASE))), "case_id is not what the rules give"),
    ],
)
def test_what_the_rules_of_openings_forbid_is_found(told: tuple[Told, ...], fault: str) -> None:
    [found] = says(opening(*told))

    assert fault in found


def test_an_opening_concerns_no_agency_and_its_reasons_are_sealed_for_the_applicant() -> None:
    assert "concerns no agency" in says(opening((FIRST, ASKED), agencies=(TOWN.slug,)))[0]
    assert "sealed for somebody else" in says(opening((FIRST, ASKED), key=THIRD.pseudonym))[0]


def test_nothing_but_an_auditor_leads_to_an_opening() -> None:
    assert "names another cause" in says(opening((FIRST, ASKED), causation=f"{CASE_ID}:1"))[0]


def test_an_opening_is_of_a_case_that_was_submitted_before() -> None:
    [*others, asked] = opening((FIRST, ASKED))

    [found] = says([*others, asked._replace(position=0)])
    assert found == "it is about a case that had not been submitted"
    [found] = says([asked])
    assert "sealed for somebody else" in found, "of no case is anybody the applicant"


def test_what_the_window_itself_has_written_is_not_accused(run: Run) -> None:
    async def scenario(window: Window, days: Days) -> None:
        case_id = await opened_case(window, sealed=60)
        await asks(window, case_id, days=1, sealed=0)
        days.ahead = timedelta(days=3)
        await reads(window, case_id)
        await may_read(window, TURAL, case_id, await case_of(window, case_id))
        await window.looks.recorded()
        await take_opening_back(window, RENA, case_id, 1)
        days.ahead = timedelta(days=60)
        await may_read(window, TURAL, case_id, await case_of(window, case_id))
        await window.looks.recorded()

        entries = await window.ledger.read(0, 1000)

        assert {entry.topic for entry in entries} >= {kind.topic for kind in OPENING_EVENTS} | {"look.recorded"}
        assert says(entries) == []

    run(scenario)


def test_no_open_part_has_a_reason() -> None:
    for entry in opening((FIRST, ASKED), (SECOND, OPENED)):
        assert b"street" not in entry.open
        assert entry.topic != IdentitiesOpened.topic or b"decisions" not in entry.open
