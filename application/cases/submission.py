"""Submits a request: decides, makes the applicant's key, then the case."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases.casework import Written, first_answer_or_raise, written
from application.cases.requests import Submission
from application.deciding import change
from application.idempotency import Idempotency
from application.identity import new_id
from application.streams import Loaded
from application.window import Window
from domain.case import commands
from domain.case.deadlines import local_date
from domain.envelope import Actor
from domain.refusals import Refusal
from domain.service.definition import PublishedService
from domain.service.refusals import ServiceNotPublished
from domain.stream_kinds import CASE
from ledger.refusals import AwayError, LedgerBusyError, LedgerRefusalError, VersionConflictError
from ledger.store.entries import IdempotencyKey
from ledger.vault.person_key import random_ref
from ledger.vault.vault import CaseKey, PartOf

_TRIES: Final = 5
BelongsTo: TypeAlias = Callable[[UUID], PartOf]


async def submit(
    window: Window, caller: Caller, request: Submission, channel: str, idempotency: Idempotency | None
) -> Written:
    """Submit a request: store the applicant's key in the vault, then the case in the ledger.

    Raises:
        NotAllowedError, Refusal, KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.SUBMIT)
    key = idempotency.hashed(window.vault, caller) if idempotency else None

    async def asked() -> commands.SubmitCase:
        return await submission_at(window, caller, request, channel, window.clock())

    try:
        return await stored(window, caller, await asked(), key, again=asked)
    except Refusal:
        return await first_answer_or_raise(window, key)


async def submission_at(
    window: Window, caller: Caller, request: Submission, channel: str, at: datetime
) -> commands.SubmitCase:
    """Return a new request, under the reference that its applicant's key will have.

    Raises:
        ServiceNotPublished, ServiceNotInForce: no agency offers the service, or no version holds today.
    """
    service, zone = await offered_at(window, request.service, at)
    applicant = Actor(role="applicant", pseudonym=str(random_ref()))
    register = await window.catalogue.register() if service.definition.evidence else None
    return commands.SubmitCase(
        at=at,
        local_date=local_date(at, zone),
        actor=applicant,
        case_id=new_id(at),
        applicant=applicant.pseudonym,
        service=service,
        time_zone=zone,
        channel=channel,
        language=request.language or service.definition.languages[0],
        answers=request.answers,
        identifiers=dict(caller.identifiers),
        register=register.state if register else None,
        register_version=register.seen if register else 0,
    )


async def stored(
    window: Window,
    caller: Caller,
    command: commands.SubmitCase,
    key: IdempotencyKey | None,
    *,
    again: Callable[[], Awaitable[commands.SubmitCase]],
    part_of: BelongsTo | None = None,
) -> Written:
    """Store a request: the applicant's key in the vault, then the case in the ledger.

    Args:
        window: the window.
        caller: the applicant.
        command: the request.
        key: what makes a repeat known.
        again: returns the same request as a new case.
        part_of: returns the life event to which a case belongs, from its id.

    Raises:
        Refusal, KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    for _ in range(_TRIES):
        try:
            return await _submitted(window, caller, command, key, part_of)
        except VersionConflictError:  # the person's keys were just destroyed; a new request is a new case
            command = await again()
    raise LedgerBusyError(retry_after=1)


async def _submitted(
    window: Window,
    caller: Caller,
    command: commands.SubmitCase,
    key: IdempotencyKey | None,
    part_of: BelongsTo | None,
) -> Written:
    """Append the case; the applicant's key is made once the request was allowed, and destroyed if no case comes of it.

    Raises:
        VersionConflictError: the case was prevented, because its key was destroyed before the append.
    """
    key_ref = UUID(command.applicant)

    async def own_key() -> CaseKey:
        # New, since the case's id is. A crash from here to the append leaves it to the vault's sweep, which deletes it.
        belongs_to = part_of(command.case_id) if part_of else None
        case_id = command.case_id
        return await window.vault.make_key(caller.issuer, caller.subject, case_id, "applicant", key_ref, belongs_to)

    try:
        found = Loaded(CASE, command.case_id)
        case = written(await change(window, found, command, key=key, find_sealing_key=own_key))
    except LedgerRefusalError:  # not when the outcome is unknown: the case may be there, and needs its key
        await _drop_key(window, key_ref)
        raise
    if case.case_id != command.case_id:  # the same request has made its case before
        await _drop_key(window, key_ref)
    return case


async def _drop_key(window: Window, key_ref: UUID) -> None:
    """Destroy the key of a case that the ledger has not taken; if the vault cannot, its sweep will."""
    with suppress(AwayError, LedgerRefusalError):
        await window.vault.drop_key(key_ref)


async def offered_at(window: Window, slug: str, at: datetime) -> tuple[PublishedService, str]:
    """Return the version of the service that holds at that time, and the time zone in which its days are counted.

    Raises:
        ServiceNotPublished, ServiceNotInForce: there is none.
    """
    state = (await window.catalogue.service(slug)).state
    if state is None:
        raise ServiceNotPublished(field="service")
    zone = await window.catalogue.time_zone(state.agency)
    return state.in_force(local_date(at, zone)), zone
