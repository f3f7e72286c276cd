"""Makes somebody act for the applicant of an existing case, and lets them leave it."""

from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases.case_streams import LoadedCase, load_case
from application.cases.casework import CaseNotFoundError, Written, sealing_key_of, written
from application.deciding import answer_to_repeat, change
from application.idempotency import Idempotency
from application.mandates.organisations import OrganisationNotProved, as_person, check_proved
from application.mandates.representing import acts_for_applicant, is_proved_applicant, use_of
from application.mandates.requests import Representation
from application.mandates.streams import held_mandate
from application.storing import KeysMissingError
from application.window import Window
from domain.case.refusals import MandateMissing, RepresentativeNotAdded
from domain.case.representation_commands import AddRepresentative, RemoveRepresentative
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.mandate.right import check_right
from domain.stream_kinds import CASE
from ledger.refusals import LedgerBusyError, VersionConflictError
from ledger.store.entries import IdempotencyKey
from ledger.vault.vault import CaseKey

_TRIES = 5


async def join_case(
    window: Window, caller: Caller, case_id: UUID, request: Representation, idempotency: Idempotency | None
) -> Written:
    """Let the caller act for the applicant of a case, by a mandate or for an organisation that their login proves.

    Raises:
        CaseNotFoundError: there is no such case of whoever has given the mandate, or of the organisation.
        MandateNotFoundError: the caller has not accepted the mandate.
        NotAllowedError, Refusal, KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.REPRESENT)
    key = idempotency.hashed(window.vault, caller) if idempotency else None
    if answered := await answer_to_repeat(window, CASE, key):
        return written(answered)
    for _ in range(_TRIES):
        found = await load_case(window.ledger, case_id)
        if found.state is None:
            raise CaseNotFoundError
        await _check_ground(window, caller, case_id, found.state, request)
        own = await window.vault.make_key(caller.issuer, caller.subject, case_id, "representative")
        if str(own.key_ref) in found.state.representatives and not await _acts_already(window, caller, found):
            found = await load_case(window.ledger, case_id)  # by a right that was over: they have just been taken off
        try:
            return await _joined(window, found, own, request.mandate, key)
        except VersionConflictError:
            continue
        except KeysMissingError:
            if (await load_case(window.ledger, case_id)).seen == found.seen:
                raise  # else the applicant was erased meanwhile, and the key with them
    raise LedgerBusyError(retry_after=1)


async def leave_case(window: Window, caller: Caller, case_id: UUID) -> None:
    """Let the caller act for the applicant of a case no longer.

    Raises:
        CaseNotFoundError: the caller does not act for its applicant.
        NotAllowedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.REPRESENT)
    own = await window.vault.find(caller.issuer, caller.subject, case_id, "representative")
    for _ in range(_TRIES):
        found = await load_case(window.ledger, case_id)
        if own is None or found.state is None:
            raise CaseNotFoundError
        actor = Actor(role="representative", pseudonym=str(own.key_ref))
        try:
            await change(window, found, RemoveRepresentative(window.clock(), actor, actor.pseudonym))
        except RepresentativeNotAdded:
            raise CaseNotFoundError from None
        except VersionConflictError:
            continue
        # A crash before this leaves a key that they could open, in a case that does not have them.
        if own.opens is not None:
            await window.vault.mandates.close_to(own.key_ref, own.opens.mandate)
        return
    raise LedgerBusyError(retry_after=1)


async def _acts_already(window: Window, caller: Caller, found: LoadedCase) -> bool:
    own = await window.vault.find(caller.issuer, caller.subject, found.stream, "representative")
    return own is not None and await acts_for_applicant(window, caller, own, found)


async def _joined(
    window: Window, found: LoadedCase, own: CaseKey, mandate: UUID | None, key: IdempotencyKey | None
) -> Written:
    if found.state is None:
        raise CaseNotFoundError
    state = found.state
    if str(own.key_ref) not in state.representatives:
        # A crash from here to the append leaves a key that they could open, in a case that does not have them.
        await window.vault.mandates.let_open(own.key_ref, UUID(state.applicant), mandate)
    actor = Actor(role="representative", pseudonym=str(own.key_ref))
    command = AddRepresentative(window.clock(), actor, None if mandate is None else str(mandate))

    async def applicants_key() -> CaseKey | None:
        return await sealing_key_of(window, state)

    return written(await change(window, found, command, key=key, find_sealing_key=applicants_key))


async def _check_ground(
    window: Window, caller: Caller, case_id: UUID, case: CaseState, request: Representation
) -> None:
    """Check that what the caller names lets them act in this case, before they get a pseudonym there."""
    organisation = request.organisation.identifier if request.organisation else None
    if request.mandate is not None:
        held = await held_mandate(window, caller, request.mandate)
        if not await window.vault.mandates.is_givers(UUID(held.state.giver), UUID(case.applicant)):
            raise CaseNotFoundError
        if organisation and await window.vault.find(*as_person(organisation), held.mandate, "giver") is None:
            raise OrganisationNotProved(field="organisation")
        check_right(held.state, held.content, use_of(window, case_id, case))
        return
    if organisation is None:
        raise MandateMissing(field="mandate")
    check_proved(caller, organisation)
    if not await is_proved_applicant(window, caller, case_id, case):
        raise CaseNotFoundError
