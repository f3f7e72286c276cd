"""Accepts, declines and revokes mandates."""

from typing import Final
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases.case_streams import load_case
from application.deciding import Changed, change
from application.mandates.organisations import proved, themselves
from application.mandates.representing import take_off
from application.mandates.streams import LoadedMandate, MandateNotFoundError, load_mandate, tags_of
from application.window import Window
from domain.envelope import Actor
from domain.mandate.commands import AcceptMandate, DeclineMandate, RevokeMandate
from domain.mandate.refusals import MandateToOneself
from domain.mandate.state import MandateState
from ledger.refusals import LedgerBusyError, VersionConflictError
from ledger.vault.person_key import random_ref
from ledger.vault.vault import CaseKey

_ERASURE: Final = Actor(role="window", pseudonym="erasure")
_TRIES: Final = 5


async def accept_mandate(window: Window, caller: Caller, mandate: UUID) -> Changed[MandateState]:
    """Let the caller accept a mandate that is offered to them; a repeat completes what a crash has left out.

    Raises:
        MandateNotFoundError: it is not offered to them.
        NotAllowedError, Refusal, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.KEEP_MANDATES)
    own = await window.vault.find(caller.issuer, caller.subject, mandate, "receiver")
    if own is None:
        await _check_offered(window, caller, mandate)
        # A crash from here to the append leaves a pseudonym that gives no right, and that the next attempt uses.
        own = await window.vault.make_key(caller.issuer, caller.subject, mandate, "receiver")
    actor = _receiver(own)
    for _ in range(_TRIES):
        found = await load_mandate(window, mandate)
        if found.state is None:
            raise MandateNotFoundError
        try:
            changed: Changed[MandateState] = await change(window, found, AcceptMandate(window.clock(), actor))
        except VersionConflictError:
            continue
        # A crash before this leaves a mandate that its receiver cannot open, so it gives no right.
        await window.vault.mandates.let_open(own.key_ref, UUID(changed.state.giver), mandate)
        return changed
    raise LedgerBusyError(retry_after=1)


async def decline_mandate(window: Window, caller: Caller, mandate: UUID) -> None:
    """Let the caller decline a mandate that is offered to them; the vault keeps nothing of it.

    Raises:
        as `accept_mandate` does.
    """
    authorise(caller, Action.KEEP_MANDATES)
    giver = await _check_offered(window, caller, mandate)
    for _ in range(_TRIES):
        found = await load_mandate(window, mandate)
        if found.state is None:
            raise MandateNotFoundError
        actor = Actor(role="representative", pseudonym=str(random_ref()))
        try:
            await change(window, found, DeclineMandate(window.clock(), actor))
        except VersionConflictError:
            continue
        # A crash before this leaves an offer of a mandate that is over, and nobody is shown it.
        await window.vault.mandates.end(giver, mandate)
        return
    raise LedgerBusyError(retry_after=1)


async def revoke_mandate(window: Window, caller: Caller, mandate: UUID) -> None:
    """Let the giver take a mandate back, or the receiver give it back. Nobody acts by it from the append on.

    A case that has its representative is told at once only if it is the only one: several at the same moment would show
    everybody whose cases they are. The others are told when the representative comes there next.

    Raises:
        MandateNotFoundError: the caller has neither given nor accepted it.
        NotAllowedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.KEEP_MANDATES)
    for _ in range(_TRIES):
        found = await load_mandate(window, mandate)
        actor = await _party(window, caller, found)
        try:
            # The commit point. After a crash from here on, nobody has a right that was not over before.
            changed = await change(window, found, RevokeMandate(window.clock(), actor))
        except VersionConflictError:
            continue
        represented = await window.vault.mandates.end(UUID(changed.state.giver), mandate)
        if len(represented) == 1:
            ((case_id, representative, role),) = represented
            await take_off(window, await load_case(window.ledger, case_id), CaseKey(representative, None, role))
        return
    raise LedgerBusyError(retry_after=1)


async def ended_by_erasure(window: Window, mandate: UUID, party: UUID) -> bool:
    """End the mandate of an erased giver or receiver; return False if somebody changed it just now."""
    found = await load_mandate(window, mandate)
    if found.state is None or str(party) not in {found.state.giver, found.state.receiver}:
        return True
    try:
        await change(window, found, RevokeMandate(window.clock(), _ERASURE))
    except VersionConflictError:
        return False
    await window.vault.mandates.end(UUID(found.state.giver), mandate)
    return True


async def _check_offered(window: Window, caller: Caller, mandate: UUID) -> UUID:
    """Return the giver's key of a mandate that is offered to the caller."""
    giver = await window.vault.mandates.offered(mandate, tags_of(window, caller))
    if giver is None:
        raise MandateNotFoundError
    if await window.vault.find(caller.issuer, caller.subject, mandate, "giver") is not None:
        raise MandateToOneself
    return giver


async def _party(window: Window, caller: Caller, found: LoadedMandate) -> Actor:
    """Return the caller as the giver, for themselves or for an organisation, or as the receiver."""
    if found.state is not None:
        for giver in (themselves(caller), *proved(caller)):
            if await window.vault.find(*giver, found.stream, "giver") is not None:
                return Actor(role="applicant", pseudonym=found.state.giver)
        own = await window.vault.find(caller.issuer, caller.subject, found.stream, "receiver")
        if own is not None and str(own.key_ref) == found.state.receiver:
            return _receiver(own)
    raise MandateNotFoundError


def _receiver(own: CaseKey) -> Actor:
    return Actor(role="representative", pseudonym=str(own.key_ref))
