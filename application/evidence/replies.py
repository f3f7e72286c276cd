"""What is checked of a resource's message, in order; each check has a fault of its own name."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from joserfc.jwk import OKPKey

from application.evidence.sealing import heard
from application.evidence.signing import hash_of, signed, verified
from domain.case.answers import check_answers
from domain.case.refusals import ElementUnknown
from domain.evidence.clocks import later
from domain.evidence.errors import MEANINGS
from domain.evidence.faults import PROVEN, Fault, NotAcceptedError
from domain.evidence.json_text import read_reply
from domain.evidence.messages import (
    Acknowledgement,
    DisputeReply,
    ErrorReply,
    EvidenceAnswer,
    EvidenceDispute,
    EvidenceRequest,
    Reply,
)
from domain.evidence.progress import Happening
from domain.refusals import Refusal
from domain.service.definition import EvidenceNeed

SKEW: Final = timedelta(minutes=5)
"""By how much the clocks of a resource and of the window may differ."""


class Keys(NamedTuple):
    """The resource's key that verifies what it says, and the window's own key that opens it."""

    verifying: OKPKey
    opening: OKPKey


class Pending(NamedTuple):
    """A request that was sent, as far as its answer is checked against it.

    Attributes:
        request: as it was sent last.
        hashes: of the bytes of every request with this id that was sent: the first one, and one after a preview.
        needs: what the service says of each element that was asked.
    """

    request: EvidenceRequest
    hashes: frozenset[str]
    needs: Mapping[str, EvidenceNeed]


class PendingDispute(NamedTuple):
    """A dispute that was sent, and the hash of its bytes."""

    dispute: EvidenceDispute
    hash: str


def asked(message: EvidenceRequest | EvidenceDispute, key: OKPKey) -> tuple[bytes, str]:
    """Return the signed bytes of what the window sends, and their hash."""
    raw = signed(message, key)
    return raw, hash_of(raw)


def accepted(raw: bytes, pending: Pending, keys: Keys, now: datetime) -> Acknowledgement | EvidenceAnswer | ErrorReply:
    """Return the message of the resource with these keys about this request.

    Raises:
        NotAcceptedError: with the first fault.
    """
    reply = _read(raw, keys)
    if isinstance(reply, DisputeReply) or reply.request_id != pending.request.request_id:
        raise NotAcceptedError(Fault.OTHER_REQUEST)
    if reply.request_hash not in pending.hashes:
        raise NotAcceptedError(Fault.OTHER_HASH)
    if isinstance(reply, EvidenceAnswer):
        _holds_only_what_was_asked(reply, pending)
        _holds_on_the_day(reply, pending.request)
    _comes_in_time(reply.issued_at, pending.request.issued_at, now)
    if now > pending.request.expires_at:
        raise NotAcceptedError(Fault.NOT_IN_TIME)
    return reply


def accepted_about_dispute(raw: bytes, pending: PendingDispute, keys: Keys, now: datetime) -> DisputeReply:
    """Return what the resource with these keys says to this dispute; it may do so at any later time.

    Raises:
        NotAcceptedError: with the first fault.
    """
    reply = _read(raw, keys)
    if not isinstance(reply, DisputeReply) or reply.dispute_id != pending.dispute.dispute_id:
        raise NotAcceptedError(Fault.OTHER_REQUEST)
    if reply.dispute_hash != pending.hash:
        raise NotAcceptedError(Fault.OTHER_HASH)
    _comes_in_time(reply.issued_at, pending.dispute.issued_at, now)
    return reply


def named_in(raw: bytes, keys: Keys) -> UUID:
    """Return the id of the request or dispute that a message of this resource is about, to look for it.

    Raises:
        NotAcceptedError: it is no message of this resource.
    """
    reply = _read(raw, keys)
    return reply.dispute_id if isinstance(reply, DisputeReply) else reply.request_id


def happening_of(reply: Acknowledgement | EvidenceAnswer | ErrorReply) -> Happening:
    """Return what happens to a request by an accepted message."""
    match reply:
        case Acknowledgement():
            return Happening.ACKNOWLEDGED if reply.available_at is None else Happening.DEFERRED
        case EvidenceAnswer():
            return Happening.ANSWERED
        case ErrorReply():
            return MEANINGS[reply.code].leads_to


def happening_of_fault(error: NotAcceptedError) -> Happening:
    """Return what happens to a request by a message that is not accepted."""
    return Happening.FAILED if error.fault in PROVEN else Happening.UNACCEPTABLE


def _read(raw: bytes, keys: Keys) -> Reply:
    reply: Reply = read_reply(verified(heard(raw, keys.opening), keys.verifying))
    return reply


def _holds_only_what_was_asked(answer: EvidenceAnswer, pending: Pending) -> None:
    values, asked_for = answer.values or {}, set(pending.request.elements)
    if not values.keys() <= asked_for:
        raise NotAcceptedError(Fault.ELEMENT_NOT_ASKED)
    # Whether one of them is missing is for the case to decide.
    questions = {element: need.as_question(required=False) for element, need in pending.needs.items()}
    try:
        check_answers(values, questions)
    except ElementUnknown:
        raise NotAcceptedError(Fault.ELEMENT_NOT_ASKED) from None
    except Refusal as refusal:
        raise NotAcceptedError(Fault.WRONG_TYPE, refusal.field) from None


def _holds_on_the_day(answer: EvidenceAnswer, request: EvidenceRequest) -> None:
    begins_late = answer.valid_from is not None and answer.valid_from > request.as_of
    has_ended = answer.valid_to is not None and answer.valid_to < request.as_of
    if begins_late or has_ended:
        raise NotAcceptedError(Fault.NOT_VALID_THEN)


def _comes_in_time(issued_at: datetime, asked_at: datetime, now: datetime) -> None:
    if not later(asked_at, -SKEW) <= issued_at <= later(now, SKEW):
        raise NotAcceptedError(Fault.NOT_IN_TIME)
