"""Keeps an auditor's look at a case beside it, as long as the applicant must not be told of an opening of theirs."""

from datetime import datetime
from uuid import UUID

from application.access.callers import Caller
from application.openings.streams import sealed_longest
from application.storing import envelope_of, new_events
from domain.envelope import Actor
from domain.opening.commands import RecordOpeningLook
from ledger.store.entries import IdempotencyKey
from ledger.store.ledger import Ledger
from ledger.vault.vault import Vault


async def record_under_seal(
    ledger: Ledger, vault: Vault, caller: Caller, case_id: UUID, at: datetime, key: IdempotencyKey
) -> bool:
    """Record an auditor's look in the opening that is sealed longest; return False if none of theirs is sealed.

    Raises:
        VersionConflictError: something else happened to the opening at the same moment; repeat.
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    hiding = await sealed_longest(
        ledger, vault, caller, case_id, lambda state, auditor: state.hides_looks_of(auditor, at)
    )
    if hiding is None:
        return False
    opening, auditor = hiding
    actor = Actor(role="auditor", pseudonym=auditor)
    events = opening.kind.decide(RecordOpeningLook(at, actor, "case"), opening.state)
    if events:
        envelope = envelope_of(actor, (), at, opening.stream)
        await ledger.append(new_events(opening.stream, opening.version, events, envelope, None), key=key)
    return True
