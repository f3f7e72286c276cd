"""Erases a person: first the events that say so, then the keys."""

from typing import Final

from application.cases.case_streams import load_case
from application.cases.prevention import begun_among, prevent_submission
from application.deciding import change
from application.draws.rosters import has_left
from application.mandates.answering import ended_by_erasure
from application.window import Window
from domain.case.commands import EraseSubject
from domain.case.deadlines import local_date
from domain.case.refusals import SubjectAlreadyErased
from domain.envelope import Actor
from ledger.refusals import VersionConflictError
from ledger.vault.person_key import PSEUDONYM_ONLY
from ledger.vault.vault import PersonCase

_ERASURE: Final = Actor(role="window", pseudonym="erasure")
_ROUNDS: Final = 50


class ErasureUnfinishedError(Exception):
    """The person made new requests during the erasure. What there was before is gone; run it again."""


async def erase_person(window: Window, issuer: str, subject: str) -> list[PersonCase]:
    """Erase a person everywhere; return the cases in which they were.

    It works in rounds. A round first appends an event to each case that names the key, then destroys those keys and no
    others. A key that was made meanwhile waits for the next round. After a crash, run it again: no case gets its event
    twice. Afterwards nobody can open what was sealed, or find out which cases were the person's.

    Raises:
        ErasureUnfinishedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    erased: list[PersonCase] = []
    for _ in range(_ROUNDS):
        held = await window.vault.keys_of(issuer, subject)
        if not held:
            return sorted(erased)
        told = [own for own in held if await _told(window, own)]
        # The commit point: from here on the person is no party to these cases.
        await window.vault.shred(issuer, subject, [own.key_ref for own in told])
        erased += told
    raise ErasureUnfinishedError


async def _told(window: Window, own: PersonCase) -> bool:
    """Return whether the case, desk or mandate has the event; if not, somebody changed it just now, so look again."""
    if own.role == "seat":
        return await has_left(window, own.case_id, own.key_ref)
    if own.role == "receiver" or (own.role == "giver" and await begun_among(window, [own.case_id])):
        return await ended_by_erasure(window, own.case_id, own.key_ref)
    found = await load_case(window.ledger, own.case_id)
    if found.state is None:
        return own.role in PSEUDONYM_ONLY or await prevent_submission(window, own.case_id, _ERASURE)
    at = window.clock()
    today = local_date(at, found.state.time_zone)
    command = EraseSubject(at=at, local_date=today, actor=_ERASURE, pseudonym=str(own.key_ref))
    try:
        await change(window, found, command)
    except SubjectAlreadyErased:
        return True
    except VersionConflictError:
        return False
    return True
