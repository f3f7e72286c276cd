"""Lists the openings of a case for auditors, with the reasons."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.openings.opening import case_to_open
from application.openings.streams import LoadedOpening, OpeningNotFoundError, load_opening, openings_of
from application.window import Window
from domain.opening.events import IdentitiesOpened, OpeningAsked
from domain.opening.state import OpeningState, OpeningStatus
from ledger.vault.seal import open_sealed


class SeenOpening(NamedTuple):
    """An opening as auditors see it; a reason is None where there is none, or none any more."""

    state: OpeningState
    status: OpeningStatus
    first_reason: str | None
    second_reason: str | None


async def seen_openings(window: Window, caller: Caller, case_id: UUID) -> list[SeenOpening]:
    """Return the openings of a case, by their numbers.

    Raises:
        NotAllowedError, CaseNotFoundError, AuditorIsParty, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.OPEN_IDENTITIES)
    case = await case_to_open(window, caller, case_id)
    deks = await window.vault.open_keys([UUID(case.applicant)])
    return [await _seen(window, found, deks) for found in await openings_of(window.ledger, case_id)]


async def seen_opening(window: Window, caller: Caller, case_id: UUID, number: int) -> SeenOpening:
    """Return one of them.

    Raises:
        OpeningNotFoundError: there is none of that number.
        NotAllowedError, CaseNotFoundError, AuditorIsParty, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.OPEN_IDENTITIES)
    case = await case_to_open(window, caller, case_id)
    deks = await window.vault.open_keys([UUID(case.applicant)])
    return await _seen(window, await load_opening(window.ledger, case_id, number), deks)


async def _seen(window: Window, found: LoadedOpening, deks: Mapping[UUID, bytes]) -> SeenOpening:
    if found.state is None:
        raise OpeningNotFoundError
    reasons: dict[str, str | None] = {}
    for entry in await window.ledger.read_stream(found.stream):
        if entry.sealed:
            said = open_sealed(entry.sealed, deks, entry.stream, entry.version).fields.get("reason")
            reasons[entry.topic] = said if isinstance(said, str) else None
    status = found.state.status(window.clock())
    return SeenOpening(found.state, status, reasons.get(OpeningAsked.topic), reasons.get(IdentitiesOpened.topic))
