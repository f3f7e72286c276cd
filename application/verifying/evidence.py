"""Turns the events about a case's evidence back into the commands that led to them.

What a resource's message said beyond what is recorded cannot be known; the judge checks that it could have led here.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Final

from application.verifying.occurrence import IllegalEventError, Occurrence, local_day
from application.verifying.sealed_words import SOME_WORDS, possible_answer, words_of
from domain.case import evidence_commands as commands
from domain.case import evidence_events as events
from domain.case.events import SEALED_ANSWERS
from domain.case.evidence_commands import EvidenceCommand, HeardAnswer
from domain.case.evidence_rules import SAID_BY_RESOURCES, remark_on
from domain.case.state import CaseState
from domain.evidence.errors import MEANINGS
from domain.evidence.faults import PROVEN
from domain.evidence.progress import EvidenceState, Happening, Remark
from domain.evidence.values import EvidenceDocument, SourceEntry
from domain.service.definition import ServiceDefinition
from domain.values import AnswerValue

_BY_END: Final[Mapping[EvidenceState, Happening]] = {
    EvidenceState.NOT_FOUND: Happening.NOT_FOUND,
    EvidenceState.REFUSED: Happening.REFUSED,
    EvidenceState.PREVIEW_REJECTED: Happening.PREVIEW_REJECTED,
    EvidenceState.TIMED_OUT: Happening.TIMED_OUT,
    EvidenceState.FAILED: Happening.FAILED,
}

_SOME_ENTRY: Final = SourceEntry(source_version=SOME_WORDS)
_SOME_DOCUMENT: Final = SourceEntry(
    source_version=SOME_WORDS, document=EvidenceDocument(sha256="0" * 64, size=1, media_type="application/pdf")
)
"""What stands in place of the register's entry, which nobody here can read."""


def evidence_command(  # noqa: PLR0911 - a table of the events
    one: Occurrence, case: CaseState | None, service: ServiceDefinition, today: date
) -> EvidenceCommand:
    """Return the command that must have led to this event, in a case with that version of its service."""
    event, at = one.event, one.envelope.occurred_at
    actor, origin = one.envelope.actor, one.envelope.origin
    match event:
        case events.EvidenceSent():
            return commands.RecordEvidenceSent(at, actor, event.request_id, event.request_hash, origin)
        case events.EvidenceAccepted():
            return commands.AcceptEvidence(at, today, actor, service, event.request_id, origin)
        case events.EvidenceObjected() if actor.role == "clock":
            return commands.RunOutEvidence(at, today, actor, service, event.request_id, origin)
        case events.EvidenceObjected():
            return commands.ObjectToEvidence(
                at, today, actor, service, event.request_id, words_of(one, "reason"), origin
            )
        case events.EvidenceDisputed():
            statement = words_of(one, "statement") or ""
            return commands.DisputeEvidence(at, actor, one.stream, event.request_id, event.elements, statement, origin)
        case events.EvidenceDisputeSent():
            return commands.RecordDisputeSent(at, actor, event.dispute_id, event.dispute_hash, origin)
        case events.EvidenceDisputeAnswered():
            return commands.HearAboutDispute(
                at, actor, event.dispute_id, event.outcome, words_of(one, "corrected_version"), origin
            )
        case events.EvidenceSupplied():
            answers = _values(event.supplied, service)
            return commands.SupplyElements(at, today, actor, service, answers, origin)
        case events.EvidenceEnded() if actor.role == "clock":
            return commands.RunOutEvidence(at, today, actor, service, event.request_id, origin)
        case _:
            return _heard(one, case, service, today)


def local_date_of(one: Occurrence) -> date:
    """Return the local date that the event pins; where it pins none, the date in UTC, on which nothing depends.

    Raises:
        IllegalEventError: it was the date of no place at that instant.
    """
    return local_day(one, getattr(one.event, "local_date", one.envelope.occurred_at.date()))


def _heard(one: Occurrence, case: CaseState | None, service: ServiceDefinition, today: date) -> commands.HearResource:
    event, at = one.event, one.envelope.occurred_at
    actor, origin = one.envelope.actor, one.envelope.origin
    match event:
        case events.EvidenceAcknowledged():
            return commands.HearResource(
                at, today, actor, service, event.request_id, Happening.ACKNOWLEDGED, origin=origin
            )
        case events.EvidenceDeferred():
            return commands.HearResource(
                at, today, actor, service, event.request_id, Happening.DEFERRED, event.available_at, origin=origin
            )
        case events.EvidencePreviewAsked():
            location = words_of(one, "location")
            return commands.HearResource(
                at,
                today,
                actor,
                service,
                event.request_id,
                Happening.PREVIEW_ASKED,
                location=location,
                origin=origin,
            )
        case events.EvidenceAnswered():
            return _answer(one, event, service, today)
        case events.EvidenceEnded():
            happening = _BY_END[event.end]
            _is_what_it_says(event, happening)
            return commands.HearResource(
                at,
                today,
                actor,
                service,
                event.request_id,
                happening,
                code=event.code,
                fault=event.fault,
                origin=origin,
            )
        case events.EvidenceRemarked():
            heard = commands.HearResource(
                at, today, actor, service, event.request_id, Happening.UNACCEPTABLE, fault=event.fault, origin=origin
            )
            return _remarked(heard, event.remark, case)
        case _:
            raise IllegalEventError(f"a {event.topic} follows from other events of its case")


def _answer(
    one: Occurrence, event: events.EvidenceAnswered, service: ServiceDefinition, today: date
) -> commands.HearResource:
    sealed = {name.removeprefix(SEALED_ANSWERS) for name in one.sealed if name.startswith(SEALED_ANSWERS)}
    if sealed != set(event.answered):
        raise IllegalEventError("what was answered is not what is sealed")
    heard = HeardAnswer(event.response_id, event.answer_hash, _SOME_DOCUMENT if event.is_document else _SOME_ENTRY)
    return commands.HearResource(
        one.envelope.occurred_at,
        today,
        one.envelope.actor,
        service,
        event.request_id,
        Happening.ANSWERED,
        answer=heard,
        values=_values(event.answered, service),
        signed_answer=words_of(one, "signed_answer"),
        origin=one.envelope.origin,
    )


def _is_what_it_says(event: events.EvidenceEnded, happening: Happening) -> None:
    """Check that the resource's error, or the fault of its message, leads to such an end."""
    by_code = event.code is None or MEANINGS[event.code].leads_to is happening
    by_fault = event.fault is None or (event.fault in PROVEN and happening is Happening.FAILED)
    if not (by_code and by_fault):
        raise IllegalEventError("the resource's error leads to another end")


def _remarked(heard: commands.HearResource, remark: Remark, case: CaseState | None) -> commands.HearResource:
    """Return something that the resource may have said to be remarked upon in this way."""
    request = None if case is None else case.evidence.requests.get(heard.request_id)
    if case is None or request is None:
        return heard  # refused by the domain
    if remark is Remark.UNACCEPTABLE and heard.fault is None:
        raise IllegalEventError("a message is not accepted, and nothing is said to be wrong with it")
    for happening, repeats in product(sorted(SAID_BY_RESOURCES), (False, len(request.hashes) > 1)):
        said = replace(heard, happening=happening, available_at=request.progress.available_at, repeats=repeats)
        if remark_on(said, request, case) is remark:
            return said
    raise IllegalEventError("nothing that the resource may say is remarked upon in this way")


def _values(names: tuple[str, ...], service: ServiceDefinition) -> dict[str, AnswerValue]:
    """Return a possible value in place of each sealed one, which nobody here can read."""
    needs = {need.element: need for need in service.evidence}
    return {name: possible_answer(needs.get(name)) for name in names}
