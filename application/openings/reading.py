"""Lets one of two auditors read the identities that they have opened together, once the read is recorded."""

from typing import Final, NamedTuple
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.deciding import change
from application.openings.identities import Identities, identities_in
from application.openings.opening import case_to_open
from application.openings.streams import OwnOpening, sealed_longest
from application.window import Window
from domain.envelope import Actor
from domain.opening.commands import RecordOpeningLook
from domain.opening.refusals import IdentitiesNotOpened
from domain.opening.state import OpeningState, OpeningStatus
from ledger.refusals import LedgerBusyError, VersionConflictError

_TRIES: Final = 10


class ReadByOpening(NamedTuple):
    """The identities in a case, and the opening by which they were read."""

    opening: OpeningState
    identities: Identities


async def read_identities(window: Window, caller: Caller, case_id: UUID) -> ReadByOpening:
    """Return the identities in a case, once it is recorded that the caller reads them.

    Raises:
        IdentitiesNotOpened: the caller is none of two auditors who have them open now.
        NotAllowedError, CaseNotFoundError, AuditorIsParty.
        LedgerBusyError: the read cannot be recorded now, so nothing is shown.
        LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.OPEN_IDENTITIES)
    await case_to_open(window, caller, case_id)
    for _ in range(_TRIES):
        usable = await _usable(window, caller, case_id)
        actor = Actor(role="auditor", pseudonym=usable.auditor)
        command = RecordOpeningLook(window.clock(), actor, "identities")
        try:
            # The commit point: whoever is shown anything below has left a look, whatever dies from here on.
            looked = await change(window, usable.opening, command)
        except VersionConflictError:
            continue  # the other auditor looks too, or the opening was taken back: the domain says what holds now
        case = await case_to_open(window, caller, case_id)  # again: somebody may have been erased meanwhile
        return ReadByOpening(looked.state, await identities_in(window, case_id, case))
    raise LedgerBusyError(retry_after=1)


async def _usable(window: Window, caller: Caller, case_id: UUID) -> OwnOpening:
    """Return the opening by which the caller may read: of several the one that is sealed longest.

    Raises:
        IdentitiesNotOpened: there is none.
    """
    at = window.clock()

    def is_open(state: OpeningState, auditor: str) -> bool:
        return state.is_by(auditor) and state.status(at) is OpeningStatus.OPENED

    usable = await sealed_longest(window.ledger, window.vault, caller, case_id, is_open)
    if usable is None:
        raise IdentitiesNotOpened
    return usable
