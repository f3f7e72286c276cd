"""People of a small town who give each other mandates, and an organisation with a director: what each of them does."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from application.access.callers import Caller
from application.cases.case_commands import change_case
from application.cases.case_streams import load_case
from application.cases.casework import Written
from application.cases.reading import open_entry, read_own
from application.cases.requests import Submission, Withdrawal
from application.cases.submission import submit
from application.clock import system_clock
from application.mandates.answering import accept_mandate
from application.mandates.giving import give_mandate
from application.mandates.joining import join_case
from application.mandates.requests import MandateToGive, NamedBy, Representation
from application.mandates.streams import load_mandate
from application.window import Window
from domain.case.state import CaseState
from domain.mandate.state import MandateState
from tests.application.town import citizen

Scenario: TypeAlias = Callable[[Window], Awaitable[None]]
Run: TypeAlias = Callable[[Scenario], None]
NUMBER, FIRM = "person.number", "organisation.number"
SISTER_NUMBER, FIRM_NUMBER = "AZE-SISTER-7", "FIRM-5501"


def known(name: str, number: str, *organisations: str) -> Caller:
    """Return a citizen whose login says their number, and for which organisations they may act."""
    proved = tuple((FIRM, each) for each in organisations)
    return citizen(name)._replace(identifiers=((NUMBER, number),), organisations=proved)


LEYLA = known("leyla", "AZE-LEYLA-1")
SISTER = known("sister", SISTER_NUMBER)
STRANGER = known("stranger", "AZE-STRANGER-9")
DIRECTOR = known("director", "AZE-DIRECTOR-3", FIRM_NUMBER)
ACCOUNTANT = known("accountant", "AZE-ACCOUNTANT-4", FIRM_NUMBER)
AS_FIRM = NamedBy(element=FIRM, value=FIRM_NUMBER)


class Days:
    """A clock that can be moved on by days."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.ahead


async def gives(window: Window, who: Caller = LEYLA, **changes: Any) -> UUID:
    """Offer the sister a mandate for permits, from today on for a week, with the given changes; return it."""
    parts: dict[str, Any] = {
        "receiver": NamedBy(element=NUMBER, value=SISTER_NUMBER),
        "services": ("permit",),
        "first_day": day(0),
        "last_day": day(7),
    }
    return (await give_mandate(window, who, MandateToGive(**parts | changes), None)).stream


async def accepted(window: Window, who: Caller = LEYLA, by: Caller = SISTER, **changes: Any) -> UUID:
    """Let somebody give a mandate and somebody accept it; return it."""
    mandate = await gives(window, who, **changes)
    await accept_mandate(window, by, mandate)
    return mandate


async def asks(window: Window, who: Caller, **more: Any) -> Written:
    """Submit a request for the permit, for oneself or for somebody else."""
    return await submit(window, who, request(**more), "internet", None)


def request(**more: Any) -> Submission:
    """Return a request for the permit."""
    return Submission(service="permit", answers={"person.name": "Ana"}, **more)


async def joins(window: Window, who: Caller, case_id: UUID, mandate: UUID | None, **more: Any) -> Written:
    """Let somebody act for the applicant of a case."""
    return await join_case(window, who, case_id, Representation(mandate=mandate, **more), None)


async def withdraws(window: Window, who: Caller, case_id: UUID) -> Written:
    """Withdraw a request as it is now."""
    version = (await load_case(window.ledger, case_id)).seen
    return await change_case(window, who, case_id, version, Withdrawal(reason="Moved away."))


async def reads(window: Window, who: Caller, case_id: UUID) -> dict[str, object]:
    """Return what somebody reads in the sealed parts of a case."""
    reading = await read_own(window, who, case_id)
    fields: dict[str, object] = {}
    for entry in await window.ledger.read_stream(case_id):
        fields |= open_entry(reading, entry.sealed, case_id, entry.version).fields
    return fields


def named(value: str, element: str = NUMBER) -> NamedBy:
    """Return how a login names somebody."""
    return NamedBy(element=element, value=value)


async def case_of(window: Window, case_id: UUID) -> CaseState:
    """Return a case as it is now."""
    state = (await load_case(window.ledger, case_id)).state
    assert state is not None
    return state


async def mandate_of(window: Window, mandate: UUID) -> MandateState:
    """Return a mandate as it is now."""
    state = (await load_mandate(window, mandate)).state
    assert state is not None
    return state


async def topics_of(window: Window, stream: UUID) -> list[str]:
    """Return what has happened in a stream."""
    return [entry.topic for entry in await window.ledger.read_stream(stream)]


def day(number: int) -> date:
    """Return the day so many days from today."""
    return system_clock().astimezone(UTC).date() + timedelta(days=number)
