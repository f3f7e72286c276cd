"""Makes the messages by which evidence is asked for: opens what names the applicant, seals it for the resource.

The bytes of a message are kept before the case says that it was sent: a retry sends the same bytes.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from typing import NamedTuple
from uuid import UUID

from application.deciding import change
from application.evidence.exchange import CALLBACK, SENDER, Exchange, integration_of
from application.evidence.replies import asked
from application.evidence.sealing import sealed
from application.streams import load
from domain.case.commands import Command
from domain.case.events import SEALED_IDENTIFIERS
from domain.case.evidence_commands import RecordDisputeSent, RecordEvidenceSent
from domain.case.evidence_state import RequestState
from domain.case.state import CaseState
from domain.evidence.messages import EvidenceDispute, EvidenceRequest
from domain.evidence.progress import SETTLED, EvidenceState
from domain.evidence.values import ReplyTo, Statement, Subject
from domain.register.values import Integration
from domain.service.definition import ServiceDefinition
from domain.stream_kinds import CASE
from ledger.channels.evidence import KeptMessage
from ledger.store.entries import StoredEntry
from ledger.vault.seal import open_sealed


class NotToBeAskedError(Exception):
    """The request or dispute need not be sent, or cannot be: the text says why, and names no person."""


class Made(NamedTuple):
    """A message as it is kept, and the digest of its token."""

    message: KeptMessage
    token_digest: bytes


class _Case(NamedTuple):
    """A case with what its messages need."""

    case_id: UUID
    state: CaseState
    service: ServiceDefinition
    entries: list[StoredEntry]
    deks: dict[UUID, bytes]


async def make_request(exchange: Exchange, case_id: UUID, request_id: UUID) -> Made:
    """Return the request as it is sent now: the first one, or the next one after the applicant has come from a preview.

    Raises:
        NotToBeAskedError: nothing is to be sent now, or nothing can be.
        LedgerUnavailableError, VaultUnavailableError: as ledger and vault raise them.
    """
    case = await _opened(exchange, case_id)
    request = case.state.evidence.requests.get(request_id)
    if request is None or case.state.has_ended:
        raise NotToBeAskedError("the case does not wait for it")
    turn = _turn_of(request)
    integration = await _integration(exchange, request.resource)
    await _still_granted(exchange, case.state.owner, request)
    now = exchange.window.clock()
    answer_by = min((request.asked_at if turn == 1 else now) + request.terms.answered_within, request.terms.expires_at)
    if now > answer_by:
        raise NotToBeAskedError("its time is over")
    token, digest = _token()
    subject = Subject(request_id=request_id, element=integration.identifier, value=_identifier(case, integration))
    made = EvidenceRequest(
        request_id=request_id,
        conversation_id=request.conversation_id,
        issued_at=now,
        answer_by=answer_by,
        expires_at=request.terms.expires_at,
        resource=request.resource,
        requester=case.state.owner,
        procedure=case.state.service,
        legal_basis=case.service.legal_basis,
        purpose=case.service.title,
        subject=sealed(subject, integration.sealing_key),
        assurance="substantial",
        elements=request.elements,
        as_of=request.as_of,
        explicit_request=True,
        preview=request.preview,
        preview_location=None if turn == 1 else _preview_location(case, request_id),
        reply_to=_reply_to(exchange, integration, token),
    )
    raw, _ = asked(made, exchange.keys.signing)
    return Made(KeptMessage(request_id, turn, "request", case_id, request.resource, raw), digest)


async def make_dispute(exchange: Exchange, case_id: UUID, dispute_id: UUID) -> Made:
    """Return the dispute as it is sent; raises as `make_request` does."""
    case = await _opened(exchange, case_id)
    dispute = case.state.evidence.disputes.get(dispute_id)
    request = case.state.evidence.requests.get(dispute.request_id) if dispute else None
    if dispute is None or request is None or request.response_id is None or dispute.hash is not None:
        raise NotToBeAskedError("nothing is disputed")
    integration = await _integration(exchange, request.resource)
    token, digest = _token()
    subject = Subject(
        request_id=dispute.request_id, element=integration.identifier, value=_identifier(case, integration)
    )
    text = _sealed_text(case, "case.evidence_disputed", "statement", "dispute_id", dispute_id)
    now = exchange.window.clock()
    made = EvidenceDispute(
        dispute_id=dispute_id,
        request_id=dispute.request_id,
        response_id=request.response_id,
        request_hash=request.hashes[-1],
        conversation_id=request.conversation_id,
        issued_at=now,
        answer_by=now + request.terms.answered_within,
        resource=request.resource,
        requester=case.state.owner,
        subject=sealed(subject, integration.sealing_key),
        elements=dispute.elements,
        statement=sealed(Statement(dispute_id=dispute_id, text=text), integration.sealing_key),
        reply_to=_reply_to(exchange, integration, token),
    )
    raw, _ = asked(made, exchange.keys.signing)
    return Made(KeptMessage(dispute_id, 1, "dispute", case_id, request.resource, raw), digest)


async def record_sent(exchange: Exchange, message: KeptMessage) -> None:
    """Have the case say that the kept message is the one that is sent; saying it again changes nothing.

    Raises:
        NotToBeAskedError: it is settled: whom it names is no concern of the resource any more.
        Refusal: the case does not wait for it any more.
        VersionConflictError, LedgerBusyError, LedgerUnavailableError: as the ledger raises them.
    """
    found = await load(exchange.window.ledger, CASE, message.case_id)
    request = found.state.evidence.requests.get(message.message_id) if found.state else None
    if request is not None and request.progress.state in SETTLED:
        raise NotToBeAskedError("nobody waits for it any more")
    digest = hashlib.sha256(message.raw).hexdigest()
    at = exchange.window.clock()
    command: Command = RecordEvidenceSent(at, SENDER, message.message_id, digest)
    if message.kind == "dispute":
        command = RecordDisputeSent(at, SENDER, message.message_id, digest)
    await change(exchange.window, found, command, cause=f"{message.case_id}:1")


async def _opened(exchange: Exchange, case_id: UUID) -> _Case:
    window = exchange.window
    state = (await load(window.ledger, CASE, case_id)).state
    if state is None or state.applicant_is_erased:
        raise NotToBeAskedError("the applicant is erased, or there is no such case")
    applicant = UUID(state.applicant)
    deks = dict(await window.vault.open_keys([applicant]))
    if applicant not in deks:
        raise NotToBeAskedError("the applicant's key is gone")
    service = await window.catalogue.definition(state.service, state.service_version)
    return _Case(case_id, state, service, await window.ledger.read_stream(case_id), deks)


async def _integration(exchange: Exchange, resource: str) -> Integration:
    integration = await integration_of(exchange, resource)
    if integration is None:
        raise NotToBeAskedError("the resource is not integrated")
    return integration


async def _still_granted(exchange: Exchange, agency: str, request: RequestState) -> None:
    register = (await exchange.window.catalogue.register()).state
    if register is None or not all(register.lets(agency, request.resource, each) for each in request.elements):
        raise NotToBeAskedError("the owner of the resource does not agree to it any more")


def _turn_of(request: RequestState) -> int:
    """Return which time it is that the request is made: once more after each look at a preview."""
    is_first = request.progress.state is EvidenceState.PREPARED
    if is_first or (request.progress.state is EvidenceState.PREVIEW_PENDING and request.has_agreed):
        return len(request.hashes) + 1
    raise NotToBeAskedError("it was sent already")


def _identifier(case: _Case, integration: Integration) -> str:
    fields = open_sealed(case.entries[0].sealed, case.deks, case.case_id, 1).fields
    found = fields.get(f"{SEALED_IDENTIFIERS}{integration.identifier}")
    if not isinstance(found, str):
        raise NotToBeAskedError("the case does not have the identifier by which the resource knows people now")
    return found


def _preview_location(case: _Case, request_id: UUID) -> str:
    return _sealed_text(case, "case.evidence_preview_asked", "location", "request_id", request_id)


def _sealed_text(case: _Case, topic: str, field: str, named: str, about: UUID) -> str:
    """Return a sealed text of the last event of that topic about this."""
    for entry in reversed(case.entries):
        if entry.topic == topic and f'"{named}":"{about}"'.encode() in entry.open:
            found = open_sealed(entry.sealed, case.deks, case.case_id, entry.version).fields.get(field)
            if isinstance(found, str):
                return found
    raise NotToBeAskedError("the case does not have the words any more")


def _token() -> tuple[str, bytes]:
    token = urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=")
    return token.decode(), hashlib.sha256(token).digest()


def _reply_to(exchange: Exchange, integration: Integration, token: str) -> ReplyTo | None:
    if integration.transport != "http" or exchange.public_url is None:
        return None
    return ReplyTo(address=f"{exchange.public_url}{CALLBACK}", token=token)
