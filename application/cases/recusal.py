"""An official gives a case back that they must not decide, before they have seen it."""

from typing import Final
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError, Written, official_of, written
from application.deciding import change
from application.identity import looks_stream
from application.window import Window
from domain.case.assignment_commands import ReleaseCase
from domain.envelope import Actor
from ledger.published.codec import decode
from ledger.refusals import LedgerBusyError, VersionConflictError

_TRIES: Final = 5


async def recuse(window: Window, caller: Caller, case_id: UUID) -> Written:
    """Take the case from the official who asks for it; another one is drawn. No version is asked for: they know none.

    Raises:
        NotAllowedError: the caller is no official.
        CaseNotFoundError: there is no such case, or it is not assigned to the caller.
        Refusal: they have looked at it, or it has ended.
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.WORK_ON_CASE)
    for _ in range(_TRIES):
        found = await load_case(window.ledger, case_id)
        if found.state is None:
            raise CaseNotFoundError
        official = await official_of(window, caller, case_id, found.state)
        command = ReleaseCase(
            at=window.clock(),
            actor=Actor(role="official", pseudonym=official),
            official=official,
            why="recusal",
            has_looked=await _has_looked(window, case_id, official),
        )
        try:
            return written(await change(window, found, command))
        except VersionConflictError:
            continue  # the clock or the applicant, say, has changed it in this moment
    raise LedgerBusyError(retry_after=1)


async def _has_looked(window: Window, case_id: UUID, official: str) -> bool:
    await window.looks.recorded()  # those of this process that are still under way
    looks = await window.ledger.read_stream(looks_stream(case_id))
    return any(decode(look).envelope.actor.pseudonym == official for look in looks)
