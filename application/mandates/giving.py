"""Gives a mandate: what it says is sealed under a new key of the giver's; the vault knows whom it is offered to."""

from contextlib import suppress
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.deciding import Changed, answer_to_repeat, change
from application.idempotency import Idempotency
from application.identity import new_id
from application.mandates.organisations import Person, as_person, check_proved, themselves
from application.mandates.requests import MandateToGive
from application.mandates.streams import offer_tag
from application.streams import Loaded
from application.window import Window
from domain.envelope import Actor
from domain.mandate.commands import GiveMandate
from domain.mandate.content import Identifier, MandateContent
from domain.mandate.state import MandateState
from domain.refusals import Refusal
from domain.stream_kinds import MANDATE
from ledger.refusals import AwayError, LedgerBusyError, LedgerRefusalError, VersionConflictError
from ledger.store.entries import IdempotencyKey
from ledger.vault.person_key import random_ref
from ledger.vault.vault import CaseKey


async def give_mandate(
    window: Window, caller: Caller, request: MandateToGive, idempotency: Idempotency | None
) -> Changed[MandateState]:
    """Offer somebody a mandate of the caller's, or of an organisation that their login proves.

    Raises:
        NotAllowedError, Refusal, KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.KEEP_MANDATES)
    key = idempotency.hashed(window.vault, caller) if idempotency else None
    try:
        return await _given(window, _giver(caller, request), _content(caller, request), key)
    except VersionConflictError:  # the giver's keys were just destroyed
        raise LedgerBusyError(retry_after=1) from None
    except Refusal:
        answered = await answer_to_repeat(window, MANDATE, key)
        if answered is None:
            raise
        return answered


async def _given(
    window: Window, giver: Person, content: MandateContent, key: IdempotencyKey | None
) -> Changed[MandateState]:
    at, key_ref = window.clock(), random_ref()
    mandate = new_id(at)

    async def own_key() -> CaseKey:
        # A crash from here to the append leaves both to the vault's sweep, which deletes them.
        own = await window.vault.make_key(*giver, mandate, "giver", key_ref)
        await window.vault.mandates.offer(key_ref, offer_tag(window, content.receiver))
        return own

    command = GiveMandate(at, Actor(role="applicant", pseudonym=str(key_ref)), content)
    try:
        changed: Changed[MandateState] = await change(
            window, Loaded(MANDATE, mandate), command, key=key, find_sealing_key=own_key
        )
    except LedgerRefusalError:  # not when the outcome is unknown: the mandate may be there, and needs its key
        await _drop(window, key_ref)
        raise
    if changed.stream != mandate:  # the same request has given its mandate before
        await _drop(window, key_ref)
    return changed


def _giver(caller: Caller, request: MandateToGive) -> Person:
    if request.organisation is None:
        return themselves(caller)
    check_proved(caller, request.organisation.identifier)
    return as_person(request.organisation.identifier)


def _content(caller: Caller, request: MandateToGive) -> MandateContent:
    said = [Identifier(element=element, value=value) for element, value in caller.identifiers]
    return MandateContent(
        party="person" if request.organisation is None else "organisation",
        givers=tuple(said) if request.organisation is None else (request.organisation.identifier,),
        receiver=request.receiver.identifier,
        services=tuple(dict.fromkeys(request.services)),
        cases=tuple(dict.fromkeys(request.cases)),
        first_day=request.first_day,
        last_day=request.last_day,
    )


async def _drop(window: Window, key_ref: UUID) -> None:
    """Destroy the key of a mandate that the ledger has not taken; if the vault cannot, its sweep will."""
    with suppress(AwayError, LedgerRefusalError):
        await window.vault.drop_key(key_ref)
