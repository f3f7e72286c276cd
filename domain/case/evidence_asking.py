"""What a submission asks of resources, and what it must ask of the applicant because no resource can be asked."""

from datetime import timedelta
from typing import Final, NamedTuple

from domain.case.commands import SubmitCase
from domain.case.deadlines import last_day
from domain.case.evidence_events import EvidenceAskedOfApplicant, EvidenceRequested, WhyAsked
from domain.case.evidence_ids import conversation_id_of, request_id_of
from domain.case.refusals import IdentifierMissing
from domain.event import Event
from domain.evidence.clocks import later
from domain.register.state import RegisterState
from domain.register.values import LONGEST_SECONDS, Integration
from domain.service.definition import EvidenceNeed
from domain.values import Term

_A_DAY: Final = 86_400


class _Asked(NamedTuple):
    """What is asked of one resource, and how."""

    resource: str
    integration: Integration
    needs: tuple[EvidenceNeed, ...]


def evidence_events(command: SubmitCase) -> tuple[Event, ...]:
    """Return a request for each resource that can be asked, and a question to the applicant for each that cannot."""
    register = command.register or RegisterState()
    requested = tuple(_request(command, asked, register) for asked in _asked(command))
    return (*requested, *_asked_instead(command, register))


def identifiers_needed(command: SubmitCase) -> dict[str, str]:
    """Return those of the applicant's identifiers by which the resources that will be asked know them.

    Raises:
        IdentifierMissing: the login does not say one of them.
    """
    needed: dict[str, str] = {}
    for asked in _asked(command):
        element = asked.integration.identifier
        if element not in command.identifiers:
            raise IdentifierMissing(f"{asked.resource} knows people by {element}, which your login does not say")
        needed[element] = command.identifiers[element]
    return needed


def _asked(command: SubmitCase) -> list[_Asked]:
    """Return what each resource is asked, in the order of their names."""
    register = command.register or RegisterState()
    needs: dict[str, list[EvidenceNeed]] = {}
    for need in command.service.definition.evidence:
        if _why_not(need, command.service.definition.agency, register) is None:
            needs.setdefault(need.resource, []).append(need)
    found = []
    for resource in sorted(needs):
        integration = register.resources[resource].integration
        if integration is not None:
            found.append(_Asked(resource, integration, tuple(needs[resource])))
    return found


def _why_not(need: EvidenceNeed, agency: str, register: RegisterState) -> WhyAsked | None:
    """Return why the resource cannot be asked; None if it can."""
    if need.resource not in register.answering.get(need.element, ()):
        return "NotIntegrated"
    return None if register.lets(agency, need.resource, need.element) else "NotGranted"


def _request(command: SubmitCase, asked: _Asked, register: RegisterState) -> EvidenceRequested:
    wants_preview = asked.integration.preview_required or any(need.preview == "required" for need in asked.needs)
    may_preview = any(need.preview == "possible" for need in asked.needs)
    days = _days(command, register.rules.longest_wait)
    return EvidenceRequested(
        request_id=request_id_of(command.case_id, asked.resource, 1, command.at),
        conversation_id=conversation_id_of(command.case_id, asked.resource),
        resource=asked.resource,
        elements=tuple(need.element for need in asked.needs),
        as_of=command.local_date,
        preview="required" if wants_preview else "possible" if may_preview else "none",
        acknowledged_within=asked.integration.acknowledged_within,
        answered_within=asked.integration.answered_within,
        previewed_within=min(_days(command, register.rules.preview) * _A_DAY, LONGEST_SECONDS),
        since=command.at,
        expires_at=later(command.at, timedelta(days=days)),
        register_version=command.register_version,
    )


def _days(command: SubmitCase, term: Term) -> int:
    """Return how many days from the submission on a term lasts."""
    return max(1, (last_day(command.local_date, term) - command.local_date).days)


def _asked_instead(command: SubmitCase, register: RegisterState) -> list[EvidenceAskedOfApplicant]:
    definition = command.service.definition
    elements: dict[tuple[str, WhyAsked], list[str]] = {}
    for need in definition.evidence:
        why = _why_not(need, definition.agency, register)
        if why is not None and need.required:
            elements.setdefault((need.resource, why), []).append(need.element)
    return [
        EvidenceAskedOfApplicant(
            local_date=command.local_date,
            resource=resource,
            elements=tuple(names),
            why=why,
            # A resource that has left is the reason; that its owner has not agreed is not.
            is_exception=why == "NotIntegrated",
        )
        for (resource, why), names in sorted(elements.items())
    ]
