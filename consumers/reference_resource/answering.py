"""What the reference resource says to a message of the window, whatever it came by; it is sealed where it is sent."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from joserfc.jwk import OKPKey

from application.evidence.asking import asked_by_the_window, is_expired, subject_of
from application.evidence.keys import EvidenceKeys
from application.evidence.sealing import opened
from application.evidence.signing import hash_of, signed
from consumers.reference_resource.behaviour import Behaviour
from consumers.reference_resource.kept import Kept
from consumers.reference_resource.planting import spoilt
from consumers.reference_resource.registers import IDENTIFIER, Entry, Register
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.messages import (
    Acknowledgement,
    DisputeReply,
    ErrorReply,
    EvidenceAnswer,
    EvidenceDispute,
    EvidenceRequest,
)
from domain.evidence.values import ReplyTo, Statement

_RESPONSES: Final = UUID("5b3a1c56-8c4e-5d0f-9a55-657669646e63")  # our namespace: an answer's id follows its request's
_CODES: Final = {Fault.UNKNOWN_SPEC: ErrorCode.UNSUPPORTED_CAPABILITY}


class Said(NamedTuple):
    """What is said: at once, and later, if it is not too late by then.

    Attributes:
        key: what the message is about, as Kafka's key.
        now: the message that is sent at once, if any.
        is_final: whether that is the answer, and what comes later only repeats it.
        later: messages that are sent after a while; each is made then, and says when it was made.
        after: the while.
        to: where they go, over HTTP.
    """

    key: str = ""
    now: bytes | None = None
    is_final: bool = True
    later: tuple[Callable[[datetime], bytes], ...] = ()
    after: timedelta = timedelta()
    to: ReplyTo | None = None


class Answering:
    """Answers as the register holds it, and as the switches want it.

    Args:
        name: the name under which the resource is registered.
        register: what it holds.
        keys: its own keys.
        kept: what it has said.
        address: where people find its previews.
    """

    def __init__(self, name: str, register: Register, keys: EvidenceKeys, kept: Kept, address: str) -> None:
        self.name, self.register, self.keys, self.kept, self.address = name, register, keys, kept, address
        self.behaviour = Behaviour()
        self._promised: dict[str, datetime] = {}

    def say(self, raw: bytes, window: Mapping[str, OKPKey], now: datetime) -> Said:
        """Return what is said to a message.

        Raises:
            NotAcceptedError: the window has not signed it, or nothing in it says what it is about.
        """
        try:
            message = asked_by_the_window(raw, window, self.name)
        except NotAcceptedError as error:
            if error.request_id is None:
                raise
            return self._said_of_fault(error, error.request_id, hash_of(raw), now)
        if self.behaviour.silent:
            return Said()
        if isinstance(message, EvidenceDispute):
            return self._said_of_dispute(message, hash_of(raw), now)
        return self._said_of_request(message, hash_of(raw), now)

    def _said_of_request(self, request: EvidenceRequest, its_hash: str, now: datetime) -> Said:
        chosen, said = self.behaviour, Said(str(request.request_id), to=request.reply_to)
        answer = partial(self._answer, request, its_hash)
        wait = chosen.defer_ms if chosen.defer_ms is not None else chosen.later_ms
        due = self._promised.get(its_hash)
        if wait is None or (due is not None and now >= due) or is_expired(request, now):
            return said._replace(now=answer(now), later=(answer,) if chosen.twice else ())
        # A retry is told the same again; what was promised the first time comes once.
        later = (answer,) * (1 + chosen.twice) if due is None else ()
        due = self._promised.setdefault(its_hash, now + timedelta(milliseconds=wait))
        first = Acknowledgement(
            request_id=request.request_id,
            request_hash=its_hash,
            issued_at=now,
            available_at=due if chosen.defer_ms is not None else None,
        )
        return said._replace(now=self._signed(first), is_final=False, later=later, after=due - now)

    def _answer(self, request: EvidenceRequest, its_hash: str, now: datetime) -> bytes:
        """Return the answer, the same one as before if these bytes were answered before."""
        if is_expired(request, now):
            return self._error(request.request_id, its_hash, ErrorCode.REQUEST_EXPIRED, now)
        if self.behaviour.fault is not None:
            honest = self._found(request, its_hash, now)
            return spoilt(honest, self.behaviour.fault, self.keys.signing, now)
        if self.behaviour.error is not None and self.behaviour.error is not ErrorCode.PREVIEW_REQUIRED:
            return self._error(request.request_id, its_hash, self.behaviour.error, now)
        if (before := self.kept.answer(its_hash)) is not None:
            return before
        found = self._found(request, its_hash, now)
        made = self._signed(found)
        if isinstance(found, EvidenceAnswer) or found.code is ErrorCode.NOT_FOUND:
            self.kept.keep_answer(its_hash, made)
        return made

    def _found(self, request: EvidenceRequest, its_hash: str, now: datetime) -> EvidenceAnswer | ErrorReply:
        try:
            subject = subject_of(request, request.subject, self.keys.sealing)
        except NotAcceptedError:
            return self._refusal(request.request_id, its_hash, ErrorCode.INVALID_REQUEST, now)
        if subject.element != IDENTIFIER or not set(request.elements) <= set(self.register.elements):
            return self._refusal(request.request_id, its_hash, ErrorCode.UNRESOLVED_REFERENCE, now)
        entry = self.register.on(subject.value, request.as_of)
        if entry is None:
            return self._refusal(request.request_id, its_hash, ErrorCode.NOT_FOUND, now)
        wanted = {element: entry.values[element] for element in request.elements}
        if self.behaviour.preview or self.behaviour.error is ErrorCode.PREVIEW_REQUIRED:
            shown = {element: str(value) for element, value in wanted.items()}
            if (first := self._previewed(request, its_hash, shown, now)) is not None:
                return first
        return self._evidence(request, its_hash, entry, now)

    def _previewed(
        self, request: EvidenceRequest, its_hash: str, shown: dict[str, str], now: datetime
    ) -> ErrorReply | None:
        """Return what is said before the person has agreed; None when they have."""
        preview = self.kept.preview_of(request.request_id)
        if preview is None:
            back_to = request.return_location
            preview = self.kept.begin_preview(request.request_id, shown, back_to)
        if preview.decision == "agreed":
            return None
        if preview.decision == "rejected":
            return self._refusal(request.request_id, its_hash, ErrorCode.PREVIEW_REJECTED, now)
        return ErrorReply(
            request_id=request.request_id,
            request_hash=its_hash,
            response_id=uuid5(_RESPONSES, f"preview/{request.request_id}"),
            issued_at=now,
            code=ErrorCode.PREVIEW_REQUIRED,
            severity="preview_required",
            preview_location=f"{self.address}/preview/{preview.token}",
        )

    def _evidence(self, request: EvidenceRequest, its_hash: str, entry: Entry, now: datetime) -> EvidenceAnswer:
        return EvidenceAnswer(
            request_id=request.request_id,
            request_hash=its_hash,
            response_id=uuid5(_RESPONSES, str(request.request_id)),
            issued_at=now,
            values={element: entry.values[element] for element in request.elements},
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
            source_version=str(entry.version),
        )

    def _said_of_dispute(self, dispute: EvidenceDispute, its_hash: str, now: datetime) -> Said:
        reply = DisputeReply(dispute_id=dispute.dispute_id, dispute_hash=its_hash, issued_at=now, outcome="examining")
        said = Said(str(dispute.dispute_id), to=dispute.reply_to)
        try:
            statement = opened(dispute.statement, self.keys.sealing, Statement)
        except NotAcceptedError:
            statement = None
        if statement is None or statement.dispute_id != dispute.dispute_id:
            return said._replace(now=self._signed(reply.model_copy(update={"outcome": "refused"})))

        def found(then: datetime) -> bytes:
            return self._signed(reply.model_copy(update={"issued_at": then, "outcome": self.behaviour.dispute}))

        wait = timedelta(milliseconds=self.behaviour.later_ms or 0)
        return said._replace(now=self._signed(reply), is_final=False, later=(found,), after=wait)

    def _said_of_fault(self, error: NotAcceptedError, request_id: UUID, its_hash: str, now: datetime) -> Said:
        code = _CODES.get(error.fault, ErrorCode.INVALID_REQUEST)
        return Said(str(request_id), self._error(request_id, its_hash, code, now))

    def _error(self, request_id: UUID, its_hash: str, code: ErrorCode, now: datetime) -> bytes:
        return self._signed(self._refusal(request_id, its_hash, code, now))

    def _refusal(self, request_id: UUID, its_hash: str, code: ErrorCode, now: datetime) -> ErrorReply:
        response_id = uuid5(_RESPONSES, f"{code}/{request_id}")
        return ErrorReply(
            request_id=request_id, request_hash=its_hash, response_id=response_id, issued_at=now, code=code
        )

    def _signed(self, message: Acknowledgement | EvidenceAnswer | ErrorReply | DisputeReply) -> bytes:
        return signed(message, self.keys.signing)
