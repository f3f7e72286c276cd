"""Opens the identities in a case: one auditor asks, another one agrees; the first may take it back."""

from functools import partial
from typing import Final
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError, sealing_key_of
from application.deciding import Changed, answer_to_repeat, change
from application.draws.conflicts import identify, tags_of
from application.idempotency import Idempotency
from application.openings.requests import OpeningToAgreeTo, OpeningToAsk
from application.openings.streams import LoadedOpening, OpeningNotFoundError, load_opening, next_opening, pseudonym_in
from application.screening.refusing import refuse_contacts_in
from application.storing import KeysMissingError
from application.window import Window
from domain.case.refusals import ApplicantErased
from domain.case.state import CaseState
from domain.case.words_across import WordsAcross
from domain.envelope import Actor
from domain.opening.commands import AgreeToOpening, AskOpening, Command, DropOpening
from domain.opening.refusals import AuditorIsParty, NotTheFirstAuditor
from domain.opening.state import OpeningState
from domain.refusals import Refusal
from domain.stream_kinds import OPENING
from ledger.refusals import LedgerBusyError, VersionConflictError
from ledger.store.entries import IdempotencyKey

_TRIES: Final = 10


async def ask_opening(
    window: Window, caller: Caller, case_id: UUID, request: OpeningToAsk, idempotency: Idempotency | None
) -> Changed[OpeningState]:
    """Ask to open the identities in a case, as the first of two auditors.

    Raises:
        NotAllowedError, CaseNotFoundError, Refusal, KeyReusedError.
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.OPEN_IDENTITIES)
    key = idempotency.hashed(window.vault, caller) if idempotency else None
    if answered := await answer_to_repeat(window, OPENING, key):
        return answered
    case = await case_to_open(window, caller, case_id)
    await refuse_contacts_in([WordsAcross("reason", request.reason)])
    for _ in range(_TRIES):
        number, found = await next_opening(window.ledger, case_id)
        actor = await _auditor(window, caller, found)
        # A crash from here to the append leaves a pseudonym where nothing has happened; the vault's sweep deletes it.
        await identify(window, UUID(actor.pseudonym), dict(caller.identifiers))
        command = AskOpening(window.clock(), actor, case_id, number, request.days, request.sealed_days, request.reason)
        try:
            return await _changed(window, found, command, case_id, case, key)
        except VersionConflictError:
            continue  # somebody else has asked for another opening at the same moment
    raise LedgerBusyError(retry_after=1)


async def agree_to_opening(
    window: Window,
    caller: Caller,
    case_id: UUID,
    number: int,
    request: OpeningToAgreeTo,
    idempotency: Idempotency | None,
) -> Changed[OpeningState]:
    """Agree to an opening, as the second auditor. From the append on both may read the identities.

    Raises:
        OpeningNotFoundError: nobody has asked for it.
        NotAllowedError, CaseNotFoundError, Refusal, KeyReusedError.
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.OPEN_IDENTITIES)
    key = idempotency.hashed(window.vault, caller) if idempotency else None
    if answered := await answer_to_repeat(window, OPENING, key):
        return answered
    case = await case_to_open(window, caller, case_id)
    await refuse_contacts_in([WordsAcross("reason", request.reason)])
    for _ in range(_TRIES):
        found = await _asked(window, case_id, number)
        actor = await _auditor(window, caller, found)
        is_the_first = await window.vault.seats.shares_identifier(
            UUID(_state(found).first), tags_of(window, dict(caller.identifiers))
        )
        command = AgreeToOpening(
            window.clock(),
            actor,
            request.reason,
            is_the_first=bool(is_the_first),
            first_is_known=is_the_first is not None,
        )
        try:
            return await _changed(window, found, command, case_id, case, key)
        except VersionConflictError:
            continue  # another auditor has agreed, or the first has taken it back: the domain says what holds now
    raise LedgerBusyError(retry_after=1)


async def take_opening_back(window: Window, caller: Caller, case_id: UUID, number: int) -> Changed[OpeningState]:
    """Take an opening back, as the auditor who has asked for it. A repeat changes nothing.

    Raises:
        OpeningNotFoundError: nobody has asked for it.
        NotAllowedError, CaseNotFoundError, Refusal, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.OPEN_IDENTITIES)
    case = await case_to_open(window, caller, case_id)
    for _ in range(_TRIES):
        found = await _asked(window, case_id, number)
        auditor = await pseudonym_in(window.vault, caller, found)
        if auditor is None:
            raise NotTheFirstAuditor
        command = DropOpening(window.clock(), Actor(role="auditor", pseudonym=auditor))
        try:
            return await _changed(window, found, command, case_id, case, None)
        except VersionConflictError:
            continue
    raise LedgerBusyError(retry_after=1)


async def case_to_open(window: Window, caller: Caller, case_id: UUID) -> CaseState:
    """Return the case, if the auditor has no part in it.

    Raises:
        CaseNotFoundError: there is no such case.
        AuditorIsParty: by the login, or by an identifier that the login says.
    """
    case = (await load_case(window.ledger, case_id)).state
    if case is None:
        raise CaseNotFoundError
    if await window.vault.is_party(caller.issuer, caller.subject, case_id):
        raise AuditorIsParty
    tags = tags_of(window, dict(caller.identifiers))
    if tags and await window.vault.seats.is_applicants(case_id, tags):
        raise AuditorIsParty
    return case


async def _asked(window: Window, case_id: UUID, number: int) -> LoadedOpening:
    found = await load_opening(window.ledger, case_id, number)
    if found.state is None:
        raise OpeningNotFoundError
    return found


def _state(found: LoadedOpening) -> OpeningState:
    if found.state is None:
        raise OpeningNotFoundError
    return found.state


async def _auditor(window: Window, caller: Caller, found: LoadedOpening) -> Actor:
    own = await window.vault.make_key(caller.issuer, caller.subject, found.stream, "auditor")
    return Actor(role="auditor", pseudonym=str(own.key_ref))


async def _changed(
    window: Window,
    found: LoadedOpening,
    command: Command,
    case_id: UUID,
    case: CaseState,
    key: IdempotencyKey | None,
) -> Changed[OpeningState]:
    """Change an opening; what its reasons are sealed under is the applicant's key."""
    applicants_key = partial(sealing_key_of, window, case)
    try:
        changed: Changed[OpeningState] = await change(window, found, command, key=key, find_sealing_key=applicants_key)
    except Refusal:
        answered = await answer_to_repeat(window, OPENING, key)
        if answered is None:
            raise
        return answered
    except KeysMissingError:
        now = (await load_case(window.ledger, case_id)).state
        if now is not None and now.applicant_is_erased:
            raise ApplicantErased(field="reason") from None
        raise
    return changed
