"""Keeps an auditor's look at a case beside it, as long as the applicant must not be told of an opening of theirs."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from application.access.callers import Caller
from application.openings.streams import LoadedOpening, openings_of, pseudonym_in
from application.storing import envelope_of, new_events
from domain.envelope import Actor
from domain.opening.commands import RecordOpeningLook
from ledger.store.entries import IdempotencyKey
from ledger.store.ledger import Ledger
from ledger.vault.vault import Vault


class _Hiding(NamedTuple):
    """An opening that hides the looks of an auditor, their pseudonym there, and until when it does."""

    until: datetime
    opening: LoadedOpening
    auditor: str


async def record_under_seal(
    ledger: Ledger, vault: Vault, caller: Caller, case_id: UUID, at: datetime, key: IdempotencyKey
) -> bool:
    """Record an auditor's look in the opening that is sealed longest; return False if none of theirs is sealed.

    Raises:
        VersionConflictError: something else happened to the opening at the same moment; repeat.
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    hiding: list[_Hiding] = []
    for opening in await openings_of(ledger, case_id):
        auditor = await pseudonym_in(vault, caller, opening)
        if opening.state is not None and auditor is not None and opening.state.hides_looks_of(auditor, at):
            hiding.append(_Hiding(opening.state.sealed_until, opening, auditor))
    if not hiding:
        return False
    _, opening, auditor = max(hiding, key=lambda each: each.until)
    actor = Actor(role="auditor", pseudonym=auditor)
    events = opening.kind.decide(RecordOpeningLook(at, actor, "case"), opening.state)
    if events:
        envelope = envelope_of(actor, (), at, opening.stream)
        await ledger.append(new_events(opening.stream, opening.version, events, envelope, None), key=key)
    return True
