"""Takes in what resources say: checks it against what was asked, and has the case decide what it means."""

from datetime import datetime
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from joserfc.jwk import OKPKey

from application.cases.casework import sealing_key_of
from application.deciding import change
from application.evidence.exchange import Exchange, last_integration_of
from application.evidence.replies import (
    Keys,
    Pending,
    PendingDispute,
    accepted,
    accepted_about_dispute,
    happening_of,
    happening_of_fault,
    named_in,
)
from application.evidence.sealing import heard
from application.evidence.signing import hash_of, verified, verifying_key
from application.storing import KeysMissingError
from application.streams import load
from domain.case.deadlines import local_date
from domain.case.evidence_commands import HearAboutDispute, HeardAnswer, HearResource
from domain.case.refusals import EvidenceNotAsked
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.json_text import read_asked
from domain.evidence.messages import Acknowledgement, ErrorReply, EvidenceAnswer, EvidenceDispute, EvidenceRequest
from domain.evidence.progress import Happening
from domain.evidence.values import SourceEntry
from domain.service.definition import ServiceDefinition
from domain.stream_kinds import CASE
from ledger.channels.evidence import KeptMessage
from ledger.refusals import LedgerBusyError, VersionConflictError

M = TypeVar("M", EvidenceRequest, EvidenceDispute)
_TRIES: Final = 5


async def keys_of(exchange: Exchange, resource: str) -> Keys:
    """Return the keys by which a resource's messages are opened and verified.

    Raises:
        NotAcceptedError: the resource has none.
    """
    integration = await last_integration_of(exchange, resource)
    if integration is None:
        raise NotAcceptedError(Fault.OTHER_RESOURCE)
    return Keys(verifying_key(integration.signing_key), exchange.keys.sealing)


async def named_by(exchange: Exchange, resource: str, raw: bytes) -> UUID:
    """Return the id of the request or dispute that a resource's message is about.

    Raises:
        NotAcceptedError: it is no message of this resource.
    """
    return named_in(raw, await keys_of(exchange, resource))


async def receive(exchange: Exchange, messages: list[KeptMessage], raw: bytes) -> Fault | None:
    """Take in a resource's message about what was sent; return why it was not accepted, if it was not.

    Args:
        exchange: the window.
        messages: what was sent about the request or dispute, in its order; at least one.
        raw: what the resource says, as it was received.

    Raises:
        Refusal: the case has no such request.
        LedgerBusyError: the case was changed by others, each time; or as the ledger raises it.
        KeysMissingError, LedgerUnavailableError, VaultUnavailableError: as ledger and vault raise them.
    """
    for left in reversed(range(_TRIES)):
        try:
            if messages[-1].kind == "dispute":
                return await _hear_about_dispute(exchange, messages[-1], raw)
            return await _hear(exchange, messages, raw)
        except VersionConflictError:
            continue  # somebody has changed the case in this moment
        except KeysMissingError:
            if not left:
                raise  # else the applicant was erased in this moment
    raise LedgerBusyError(retry_after=1)  # it must come again: what a resource says is never taken for heard


async def _hear(exchange: Exchange, messages: list[KeptMessage], raw: bytes) -> Fault | None:
    window, message = exchange.window, messages[-1]
    found = await load(window.ledger, CASE, message.case_id)
    case = found.state
    if case is None or message.message_id not in case.evidence.requests:
        raise EvidenceNotAsked
    at = window.clock()
    service = await window.catalogue.definition(case.service, case.service_version)
    command, fault = await _heard(exchange, message, raw, case, service, at)
    sealing_key = partial(sealing_key_of, window, case)
    await change(window, found, command, find_sealing_key=sealing_key, cause=f"{message.case_id}:1")
    return fault


async def _heard(
    exchange: Exchange, message: KeptMessage, raw: bytes, case: CaseState, service: ServiceDefinition, at: datetime
) -> tuple[HearResource, Fault | None]:
    """Return the command that the message becomes, accepted or not."""

    def command(happening: Happening, fault: Fault | None = None) -> HearResource:
        actor = Actor(role="resource", pseudonym=message.resource)
        today = local_date(at, case.time_zone)
        return HearResource(at, today, actor, service, message.message_id, happening, fault=fault)

    request = _sent(message, exchange.keys.signing, EvidenceRequest)
    hashes = case.evidence.requests[message.message_id].hashes
    needs = {need.element: need for need in service.evidence}
    pending = Pending(request, frozenset(hashes), needs)
    try:
        keys = await keys_of(exchange, message.resource)
        reply = accepted(raw, pending, keys, at)
    except NotAcceptedError as error:
        return command(happening_of_fault(error), error.fault), error.fault
    taken = _replaced(command(happening_of(reply)), repeats=reply.request_hash != hashes[-1])
    return _with_what_it_says(taken, reply, heard(raw, keys.opening)), None


def _with_what_it_says(
    command: HearResource, reply: Acknowledgement | EvidenceAnswer | ErrorReply, signed: bytes
) -> HearResource:
    match reply:
        case Acknowledgement():
            return _replaced(command, available_at=reply.available_at)
        case ErrorReply():
            return _replaced(command, code=reply.code, location=reply.preview_location)
        case EvidenceAnswer():
            entry = SourceEntry(
                source_version=reply.source_version,
                valid_from=reply.valid_from,
                valid_to=reply.valid_to,
                document=reply.document,
            )
            answer = HeardAnswer(reply.response_id, hash_of(signed), entry)
            return _replaced(command, answer=answer, values=reply.values or {}, signed_answer=signed.decode())


def _replaced(command: HearResource, **changes: object) -> HearResource:
    given = {name: getattr(command, name) for name in HearResource.__dataclass_fields__}
    return HearResource(**{**given, **changes})


async def _hear_about_dispute(exchange: Exchange, message: KeptMessage, raw: bytes) -> Fault | None:
    window = exchange.window
    found = await load(window.ledger, CASE, message.case_id)
    case = found.state
    if case is None or message.message_id not in case.evidence.disputes:
        raise EvidenceNotAsked
    at = window.clock()
    dispute = _sent(message, exchange.keys.signing, EvidenceDispute)
    try:
        keys = await keys_of(exchange, message.resource)
        reply = accepted_about_dispute(raw, PendingDispute(dispute, hash_of(message.raw)), keys, at)
    except NotAcceptedError as error:
        return error.fault
    actor = Actor(role="resource", pseudonym=message.resource)
    command = HearAboutDispute(at, actor, message.message_id, reply.outcome, reply.source_version)
    sealing_key = partial(sealing_key_of, window, case)
    await change(window, found, command, find_sealing_key=sealing_key, cause=f"{message.case_id}:1")
    return None


def _sent(message: KeptMessage, key: OKPKey, kind: type[M]) -> M:
    """Return what we have sent, from its bytes."""
    sent = read_asked(verified(message.raw, key))
    if not isinstance(sent, kind):
        raise TypeError("the kept message is of another kind")
    return sent
