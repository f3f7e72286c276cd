"""Submits a request: makes the applicant's key first, then the case."""

from dataclasses import replace
from typing import Final

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
from domain.case.decisions import check_submission
from domain.envelope import Actor
from domain.refusals import Refusal
from domain.service.definition import PublishedService
from domain.service.refusals import ServiceNotPublished
from domain.stream_kinds import CASE
from ledger.refusals import LedgerBusyError, VersionConflictError
from ledger.store.entries import IdempotencyKey
from ledger.vault.person_key import random_ref
from ledger.vault.vault import CaseKey

_TRIES: Final = 5


async def submit(
    window: Window, caller: Caller, request: Submission, channel: str, idempotency: Idempotency | None
) -> Written:
    """Submit a request: store the applicant's key in the vault, then the case in the ledger.

    Raises:
        NotAllowedError, Refusal, KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.SUBMIT)
    key = idempotency.hashed(window.vault, caller) if idempotency else None
    for _ in range(_TRIES):
        try:
            command = await _submission(window, request, channel)
            check_submission(command)  # before a key is made, so that a refused request leaves none
        except Refusal:
            return await first_answer_or_raise(window, key)
        try:
            return await _submitted(window, caller, command, key)
        except VersionConflictError:
            continue  # the person's keys were just destroyed; a new request is a new case
    raise LedgerBusyError(retry_after=1)


async def _submission(window: Window, request: Submission, channel: str) -> commands.SubmitCase:
    """Return a new request whose applicant has no key yet.

    Raises:
        ServiceNotPublished: no agency offers the service.
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
        VersionConflictError: the case was prevented, because its key was destroyed before the append.
    """
    # A crash from here to the append leaves a key without a case; the vault's sweep deletes it.
    own = await window.vault.make_key(caller.issuer, caller.subject, command.case_id, "applicant")
    actor = Actor(role="applicant", pseudonym=str(own.key_ref))
    command = replace(command, actor=actor, applicant=actor.pseudonym)

    async def own_key() -> CaseKey:
        return own

    return written(await change(window, Loaded(CASE, command.case_id), command, key=key, find_sealing_key=own_key))


async def _offered(window: Window, slug: str) -> tuple[PublishedService, str]:
    state = (await window.catalogue.service(slug)).state
    if state is None:
        raise ServiceNotPublished(field="service")
    service = state.published
    return service, await window.catalogue.time_zone(service.definition.agency)
