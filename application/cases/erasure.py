"""Forgetting a person: the events that say so first, then the keys."""

from typing import Final

from application.cases.case_streams import load_case
from application.cases.prevention import prevent_submission
from application.deciding import change
from application.window import Window
from domain.case.commands import EraseSubject
from domain.case.refusals import SubjectAlreadyErased
from domain.envelope import Actor
from ledger.refusals import VersionConflictError
from ledger.vault.person_key import PSEUDONYM_ONLY
from ledger.vault.vault import PersonCase

_ERASURE: Final = Actor(role="window", pseudonym="erasure")
_ROUNDS: Final = 50


class ErasureUnfinishedError(Exception):
    """The person goes on asking for things while they are erased; what there was is gone. Do it again."""


async def erase_person(window: Window, issuer: str, subject: str) -> list[PersonCase]:
    """Erase a person everywhere; return the cases in which they were.

    In rounds: each case is told first, then the keys are destroyed that were told, and no others. A key that was made
    meanwhile is told in the next round. A crash anywhere is mended by doing it again, and told cases are not told
    twice. Afterwards nobody can open what was sealed, or tell which cases were theirs.

    Raises:
        ErasureUnfinishedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    erased: list[PersonCase] = []
    for _ in range(_ROUNDS):
        held = await window.vault.keys_of(issuer, subject)
        if not held:
            return sorted(erased)
        told = [own for own in held if await _told(window, own)]
        # The commit point: from here on the person has no part in these cases.
        await window.vault.shred(issuer, subject, [own.key_ref for own in told])
        erased += told
    raise ErasureUnfinishedError


async def _told(window: Window, own: PersonCase) -> bool:
    """Return whether the key's end is told; if not, somebody changed the case in this moment: look again."""
    found = await load_case(window.ledger, own.case_id)
    if found.state is None:
        return own.role in PSEUDONYM_ONLY or await prevent_submission(window, own.case_id, _ERASURE)
    command = EraseSubject(at=window.clock(), actor=_ERASURE, pseudonym=str(own.key_ref))
    try:
        await change(window, found, command)
    except SubjectAlreadyErased:
        return True
    except VersionConflictError:
        return False
    return True
