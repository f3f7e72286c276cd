"""The way of every change to a case that is there: load, check the right, decide, seal, append."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import NamedTuple, TypeAlias
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller, Role
from application.cases.case_streams import load_case
from application.deciding import Changed, answer_to_repeat, change
from application.idempotency import Idempotency
from application.window import Window
from domain.case import commands
from domain.case.deadlines import local_date
from domain.case.refusals import OfficialIsParty
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.refusals import Refusal
from domain.service.definition import ServiceDefinition
from domain.stream_kinds import CASE
from ledger.refusals import VersionConflictError
from ledger.store.entries import IdempotencyKey
from ledger.vault.vault import CaseKey


class Written(NamedTuple):
    """What a change led to: the case as of its last event; `repeated` when it was done by an earlier request."""

    case_id: UUID
    version: int
    position: int
    state: CaseState
    repeated: bool


class CaseNotFoundError(Exception):
    """There is no such case, or not one that the caller may see: nobody can tell which."""


class StaleVersionError(Exception):
    """The caller has seen another version of the case than there is now."""

    def __init__(self, actual: int) -> None:
        super().__init__(f"the case is at version {actual} now")
        self.actual = actual


class Acting(NamedTuple):
    """What a command is made of, besides what the caller asked for; `local_date` is that of the case's own zone."""

    service: ServiceDefinition
    actor: Actor
    at: datetime
    local_date: date


Build: TypeAlias = Callable[[Acting], commands.Command]


async def carry_out(
    window: Window,
    caller: Caller,
    action: Action,
    case_id: UUID,
    expected_version: int,
    build: Build,
    idempotency: Idempotency | None,
) -> Written:
    """Make one change to a case.

    Raises:
        NotAllowedError: the caller's role may not do this.
        CaseNotFoundError: see there.
        StaleVersionError: the case is not at the expected version.
        Refusal: the domain's own no, by the rule's name.
        KeysMissingError: words are to be sealed under a key that the vault has lost.
        KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError: as the ledger says.
    """
    authorise(caller, action)
    key = idempotency.hashed(window.vault, caller) if idempotency else None
    found = await load_case(window.ledger, case_id)
    state = found.state
    if state is None:
        raise CaseNotFoundError
    actor = await _actor(window, caller, case_id, state)
    at = window.clock()
    try:
        _is_at(found.version, expected_version)
        service = await window.catalogue.definition(state.service, state.service_version)
        command = build(Acting(service, actor, at, local_date(at, state.time_zone)))
        sealing_key = partial(_sealing_key, window, state)
        return written(await change(window, found, command, key=key, find_sealing_key=sealing_key))
    except (Refusal, StaleVersionError):
        return await first_answer_or_raise(window, key)
    except VersionConflictError as conflict:
        raise StaleVersionError((await load_case(window.ledger, case_id)).version) from conflict


async def _actor(window: Window, caller: Caller, case_id: UUID, state: CaseState) -> Actor:
    """Return who acts, under the pseudonym of this case, if the caller may know the case at all."""
    if caller.role is Role.AGENCY:
        if caller.agency != state.agency:
            raise CaseNotFoundError
        return Actor(role="agency", pseudonym=state.agency)
    if caller.role is Role.OFFICIAL:
        return Actor(role="official", pseudonym=await official_of(window, caller, case_id, state))
    own = await window.vault.find(caller.issuer, caller.subject, case_id)
    if own is None or str(own.key_ref) in state.erased:
        raise CaseNotFoundError
    return Actor(role="applicant", pseudonym=str(own.key_ref))


async def official_of(window: Window, caller: Caller, case_id: UUID, state: CaseState) -> str:
    """Return the caller's pseudonym as the case's assigned official; having a key of the case is not enough.

    Raises:
        CaseNotFoundError: the case is not assigned to the caller.
        OfficialIsParty: it is, and it is the caller's own or that of somebody whom the caller represents.
    """
    own = await window.vault.find(caller.issuer, caller.subject, case_id, "official")
    if own is None or caller.agency != state.agency or str(own.key_ref) != state.official:
        raise CaseNotFoundError
    await refuse_own_cause(window, caller, case_id)
    return str(own.key_ref)


async def refuse_own_cause(window: Window, caller: Caller, case_id: UUID) -> None:
    """Let whoever has no part in the case pass.

    Raises:
        OfficialIsParty: the caller is its applicant or a representative, as the vault knows.
    """
    if await window.vault.find(caller.issuer, caller.subject, case_id) is not None:
        raise OfficialIsParty


async def _sealing_key(window: Window, state: CaseState) -> CaseKey | None:
    """Return the applicant's key; None when it was destroyed."""
    applicant = UUID(state.applicant)
    deks = await window.vault.open_keys([applicant])
    return CaseKey(applicant, deks[applicant], "applicant") if applicant in deks else None


def _is_at(version: int, expected: int) -> None:
    if version != expected:
        raise StaleVersionError(version)


async def first_answer_or_raise(window: Window, key: IdempotencyKey | None) -> Written:
    """Answer a repeat of what was done already as it was answered first; called while a refusal is handled.

    What was done has moved the case on, so its repeat meets a refusal: that one is not the answer.
    """
    answered = await answer_to_repeat(window, CASE, key)
    if answered is None:
        raise  # noqa: PLE0704 - the refusal that is being handled
    return written(answered)


def written(changed: Changed[CaseState]) -> Written:
    """Return what a change of a case is answered with."""
    if changed.position is None:
        raise CaseNotFoundError  # no command about a case leads to nothing
    return Written(changed.stream, changed.version, changed.position, changed.state, changed.repeated)
