"""The way of every change to a case: load, check the right, decide, seal, append."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller, Role
from application.cases.case_streams import Idempotency, first_answer, load_case
from application.cases.requests import Submission
from application.identity import new_id
from application.storing import envelope_of, new_events
from application.window import Window
from domain.case import commands
from domain.case.deadlines import local_date
from domain.case.decisions import check_submission, decide
from domain.case.refusals import OfficialIsParty
from domain.case.state import CaseState, evolve
from domain.envelope import Actor
from domain.event import Event
from domain.refusals import Refusal
from domain.service.definition import PublishedService, ServiceDefinition
from domain.service.refusals import ServiceNotPublished
from ledger.refusals import LedgerBusyError, VersionConflictError
from ledger.store.entries import Appended, IdempotencyKey
from ledger.vault.person_key import random_ref
from ledger.vault.vault import CaseKey

_TRIES: Final = 5


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

    state: CaseState
    service: ServiceDefinition
    actor: Actor
    at: datetime
    local_date: date


Build: TypeAlias = Callable[[Acting], commands.Command]


async def submit(
    window: Window, caller: Caller, request: Submission, channel: str, idempotency: Idempotency | None
) -> Written:
    """Submit a request: the applicant's key is durable in the vault, then the case in the ledger.

    Raises:
        NotAllowedError, Refusal, KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.SUBMIT)
    key = idempotency.hashed(window, caller) if idempotency else None
    for _ in range(_TRIES):
        try:
            command = await _submission(window, request, channel)
            check_submission(command)  # before there is a key: what is refused leaves none behind
        except Refusal:
            return await _first_answer_or_raise(window, key)
        try:
            return await _submitted(window, caller, command, key)
        except VersionConflictError:
            continue  # the person's keys were destroyed in this moment; a new request is a new case
    raise LedgerBusyError(retry_after=1)


async def _submission(window: Window, request: Submission, channel: str) -> commands.SubmitCase:
    """Return a new request, of an applicant who has no key in it yet.

    Raises:
        ServiceNotPublished: nobody offers the service.
    """
    at = window.clock()
    service, zone = await _offered(window, request.service)
    nobody = Actor(role="applicant", pseudonym=str(random_ref()))
    return commands.SubmitCase(
        at=at,
        local_date=local_date(at, zone),
        actor=nobody,
        case_id=new_id(at),
        applicant=nobody.pseudonym,
        service=service,
        time_zone=zone,
        channel=channel,
        language=request.language or service.definition.languages[0],
        answers=request.answers,
    )


async def _submitted(
    window: Window, caller: Caller, command: commands.SubmitCase, key: IdempotencyKey | None
) -> Written:
    """Make the applicant's key and append the case.

    Raises:
        VersionConflictError: the case was prevented, because the key was destroyed before the case was there.
    """
    # A crash from here to the append leaves a key without a case; the vault's sweep takes it away.
    own = await window.vault.make_key(caller.issuer, caller.subject, command.case_id, "applicant")
    actor = Actor(role="applicant", pseudonym=str(own.key_ref))
    events = decide(replace(command, actor=actor, applicant=actor.pseudonym), None)
    envelope = envelope_of(actor, [command.service.definition.agency], command.at, command.case_id)
    appended = await window.ledger.append(new_events(command.case_id, 0, events, envelope, own), key=key)
    if appended.repeated:
        return await as_answered(window, appended)
    return Written(command.case_id, appended.version, appended.position, _folded(None, events), repeated=False)


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
    key = idempotency.hashed(window, caller) if idempotency else None
    state, version = await load_case(window, case_id)
    if state is None:
        raise CaseNotFoundError
    actor = await _actor(window, caller, case_id, state)
    at = window.clock()
    try:
        _is_at(version, expected_version)
        service = await window.catalogue.definition(state.service, state.service_version)
        acting = Acting(state, service, actor, at, local_date(at, state.time_zone))
        events = decide(build(acting), state)
    except (Refusal, StaleVersionError):
        return await _first_answer_or_raise(window, key)
    stored = new_events(
        case_id, version, events, envelope_of(actor, [state.agency], at, case_id), await _sealing_key(window, state)
    )
    try:
        appended = await window.ledger.append(stored, key=key)
    except VersionConflictError as conflict:
        raise StaleVersionError((await load_case(window, case_id)).version) from conflict
    if appended.repeated:
        return await as_answered(window, appended)
    return Written(case_id, appended.version, appended.position, _folded(state, events), repeated=False)


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


async def _offered(window: Window, slug: str) -> tuple[PublishedService, str]:
    state = (await window.catalogue.service(slug)).state
    if state is None:
        raise ServiceNotPublished(field="service")
    service = state.published
    return service, await window.catalogue.time_zone(service.definition.agency)


def _is_at(version: int, expected: int) -> None:
    if version != expected:
        raise StaleVersionError(version)


def _folded(state: CaseState | None, events: Sequence[Event]) -> CaseState:
    for event in events:
        state = evolve(state, event)
    if state is None:
        raise CaseNotFoundError
    return state


async def _first_answer_or_raise(window: Window, key: IdempotencyKey | None) -> Written:
    """Answer a repeat of what was done already as it was answered first; called while a refusal is handled.

    What was done has moved the case on, so its repeat meets a refusal: that one is not the answer.
    """
    answered = await first_answer(window, key)
    if answered is None:
        raise  # noqa: PLE0704 - the refusal that is being handled
    return await as_answered(window, answered)


async def as_answered(window: Window, answered: Appended) -> Written:
    """Return a case as it was when a request was answered first."""
    state = (await load_case(window, answered.stream, answered.version)).state
    if state is None:
        raise CaseNotFoundError
    return Written(answered.stream, answered.version, answered.position, state, repeated=True)
