"""Auditors, and what they do to open the identities in a case, without HTTP."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias
from uuid import UUID

from application.access.callers import Caller, Role
from application.deciding import Changed
from application.idempotency import Idempotency
from application.identity import opening_stream
from application.openings.opening import agree_to_opening, ask_opening
from application.openings.reading import ReadByOpening, read_identities
from application.openings.requests import OpeningToAgreeTo, OpeningToAsk
from application.window import Window
from domain.opening.state import OpeningState
from tests.application.town import ISSUER, submitted
from tests.mandates.family import LEYLA, Days
from tests.openings.examples import REASON, SECOND_REASON

__all__ = ["Days", "Run", "Scenario"]

Scenario: TypeAlias = Callable[[Window, Days], Awaitable[None]]
Run: TypeAlias = Callable[[Scenario], None]


def auditor(name: str, *identifiers: tuple[str, str]) -> Caller:
    """Return an auditor, whose login may say how registers know them."""
    return Caller(ISSUER, name, Role.AUDITOR, identifiers=identifiers)


RENA, TURAL, THIRD = auditor("rena"), auditor("tural"), auditor("third")


async def asks(
    window: Window, case_id: UUID, who: Caller = RENA, *, days: int = 14, sealed: int = 90, key: str | None = None
) -> Changed[OpeningState]:
    """Let an auditor ask to open the identities in a case."""
    request = OpeningToAsk(reason=REASON, days=days, sealed_days=sealed)
    return await ask_opening(window, who, case_id, request, once(key))


async def agrees(
    window: Window, case_id: UUID, who: Caller = TURAL, number: int = 1, key: str | None = None
) -> Changed[OpeningState]:
    """Let an auditor agree to it."""
    return await agree_to_opening(window, who, case_id, number, OpeningToAgreeTo(reason=SECOND_REASON), once(key))


def once(key: str | None) -> Idempotency | None:
    """Return what makes a repeat known."""
    return None if key is None else Idempotency("POST /v1/cases/openings", key, b"")


async def opened_case(window: Window, *, days: int = 14, sealed: int = 90) -> UUID:
    """Return a case of Leyla's in which two auditors have opened the identities."""
    case_id = (await submitted(window, LEYLA)).case_id
    await asks(window, case_id, days=days, sealed=sealed)
    await agrees(window, case_id)
    return case_id


async def reads(window: Window, case_id: UUID, who: Caller = RENA) -> ReadByOpening:
    """Let an auditor read the identities."""
    return await read_identities(window, who, case_id)


async def topics_in(window: Window, case_id: UUID, number: int = 1) -> list[str]:
    """Return what has happened to an opening, without the family's name."""
    entries = await window.ledger.read_stream(opening_stream(case_id, number))
    return [entry.topic.removeprefix("identities.") for entry in entries]
