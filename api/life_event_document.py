"""The form in which the API answers life events."""

from uuid import UUID

from application.life_events.reading import LifeEvent
from domain.values import Instant
from projections.view_type import ViewType, written_as


class LifeEventCase(ViewType):
    """A case of a life event: where it stands, and since when."""

    case_id: UUID
    reference: str
    service: str
    service_version: int
    agency: str
    stage: str
    stage_since: Instant
    outcome: str | None


class LifeEventDocument(ViewType):
    """A life event: the service that opens its cases, where they stand together and since when, and each of them.

    It is where those of its cases are that have the longest way to go; AwaitingApplicant if any of them waits for the
    applicant; Decided when all are decided; Closed when all have ended; Withdrawn only if all were withdrawn.
    """

    life_event_id: UUID
    service: str
    stage: str
    stage_since: Instant
    cases: list[LifeEventCase]


class LifeEventsPage(ViewType):
    """Life events, the newest first; `next` is the cursor of the page after this one."""

    items: list[LifeEventDocument]
    next: str | None


def written_life_event(found: LifeEvent) -> bytes:
    """Return a life event as the API answers it."""
    cases = [
        LifeEventCase(
            case_id=case_id,
            reference=state.reference,
            service=state.service,
            service_version=state.service_version,
            agency=state.agency,
            stage=state.stage,
            stage_since=since,
            outcome=state.outcome,
        )
        for case_id, state, since in found.cases
    ]
    return written_as(
        LifeEventDocument(
            life_event_id=found.life_event,
            service=found.service,
            stage=found.standing.stage,
            stage_since=found.standing.since,
            cases=cases,
        )
    )
