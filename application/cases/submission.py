"""Submits a request: decides, makes the applicant's key (and the representative's), then the case."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases.applicants import Applicant, applicant_of, drop_keys, the_caller
from application.cases.casework import Written, first_answer_or_raise, written
from application.cases.requests import Submission
from application.deciding import change
from application.draws.conflicts import identify
from application.idempotency import Idempotency
from application.identity import new_id
from application.screening.refusing import refuse_contacts
from application.streams import Loaded
from application.window import Window
from domain.case import commands
from domain.case.deadlines import local_date
from domain.draw.seed import nonce_of
from domain.envelope import Actor
from domain.mandate.right import Use
from domain.refusals import Refusal
from domain.service.definition import PublishedService
from domain.service.refusals import ServiceNotPublished
from domain.stream_kinds import CASE
from ledger.refusals import LedgerBusyError, LedgerRefusalError, VersionConflictError
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

    try:
        applicant = await applicant_of(window, caller, request)

        async def asked() -> commands.SubmitCase:
            return await submission_at(window, applicant, request, channel, window.clock())

        return await stored(window, caller, await asked(), key, again=asked, applicant=applicant)
    except Refusal:
        return await first_answer_or_raise(window, key)


async def submission_at(
    window: Window, applicant: Applicant, request: Submission, channel: str, at: datetime
) -> commands.SubmitCase:
    """Return a new request, under the references that the keys of its applicant and who represents them will have.

    Raises:
        ServiceNotPublished, ServiceNotInForce: no agency offers the service, or no version holds today.
        ContactInWords: an answer that an official is shown has a way to reach or name somebody.
        MandateOver, MandateNotInForce, MandateNotForThis: the mandate is not for a new case of the service today.
    """
    service, zone = await offered_at(window, request.service, at)
    agency = (await window.catalogue.agency(service.definition.agency)).state
    applicant.check_use(Use(request.service, None, local_date(at, zone)))
    pseudonym = str(random_ref())
    actor = Actor(role="applicant", pseudonym=pseudonym)
    if applicant.is_represented:
        actor = Actor(role="representative", pseudonym=str(random_ref()))
    register = await window.catalogue.register() if service.definition.evidence else None
    case_id = new_id(at)
    command = commands.SubmitCase(
        at=at,
        local_date=local_date(at, zone),
        actor=actor,
        case_id=case_id,
        applicant=pseudonym,
        party=applicant.party,
        mandate=applicant.mandate and str(applicant.mandate.mandate),
        service=service,
        time_zone=zone,
        calendar=await window.catalogue.known_calendar(agency.calendar if agency else None),
        channel=channel,
        language=request.language or service.definition.languages[0],
        answers=request.answers,
        nonce=nonce_of(case_id.bytes, bytes.fromhex(request.nonce)).hex() if request.nonce else None,
        identifiers=dict(applicant.identifiers),
        proved=tuple(sorted(applicant.identifiers)),
        register=register.state if register else None,
        register_version=register.seen if register else 0,
    )
    await refuse_contacts(command)
    return command


async def stored(
    window: Window,
    caller: Caller,
    command: commands.SubmitCase,
    key: IdempotencyKey | None,
    *,
    again: Callable[[], Awaitable[commands.SubmitCase]],
    part_of: BelongsTo | None = None,
    applicant: Applicant | None = None,
) -> Written:
    """Store a request: the applicant's key in the vault, then the case in the ledger.

    Args:
        window: the window.
        caller: who makes the request.
        command: the request.
        key: what makes a repeat known.
        again: returns the same request as a new case.
        part_of: returns the life event to which a case belongs, from its id.
        applicant: for whom the request is made; None: for the caller.

    Raises:
        Refusal, KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    for _ in range(_TRIES):
        try:
            return await _submitted(window, caller, applicant or the_caller(caller), command, key, part_of)
        except VersionConflictError:  # the person's keys were just destroyed; a new request is a new case
            command = await again()
    raise LedgerBusyError(retry_after=1)


async def _submitted(
    window: Window,
    caller: Caller,
    applicant: Applicant,
    command: commands.SubmitCase,
    key: IdempotencyKey | None,
    part_of: BelongsTo | None,
) -> Written:
    """Append the case; the applicant's key is made once the request was allowed, and destroyed if no case comes of it.

    Raises:
        VersionConflictError: the case was prevented, because its key was destroyed before the append.
    """
    case_id, key_ref, represented_by = command.case_id, UUID(command.applicant), UUID(command.actor.pseudonym)
    key_refs = dict.fromkeys((key_ref, represented_by))  # one if the applicant makes the request

    async def own_key() -> CaseKey:
        # New, since the case's id is. A crash from here to the append leaves it to the vault's sweep, which deletes it.
        belongs_to = part_of(case_id) if part_of else None
        own = await applicant.make_key(window, caller, case_id, key_ref, belongs_to)
        await identify(window, own.key_ref, applicant.identifiers)
        if applicant.is_represented:
            await applicant.let_represent(window, caller, own, case_id, represented_by)
        return own

    try:
        found = Loaded(CASE, case_id)
        case = written(await change(window, found, command, key=key, find_sealing_key=own_key))
    except LedgerRefusalError:  # not when the outcome is unknown: the case may be there, and needs its key
        await drop_keys(window, *key_refs)
        raise
    if case.case_id != case_id:  # the same request has made its case before
        await drop_keys(window, *key_refs)
    return case


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
