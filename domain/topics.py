"""The stable names: every event that was ever stored loads by its topic, never by a Python path."""

from collections.abc import Mapping

from domain.agency.events import AgencyRegistered
from domain.case.events import (
    ApplicantAnswered,
    ApplicantAsked,
    CaseAssigned,
    CaseClosed,
    CaseDecided,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
    StepRecorded,
    SubjectErased,
)
from domain.event import Event
from domain.service.events import ServiceDrafted, ServicePublished, ServiceSuperseded, ServiceWithdrawn

_EVENTS: tuple[type[Event], ...] = (
    AgencyRegistered,
    ServiceDrafted,
    ServicePublished,
    ServiceSuperseded,
    ServiceWithdrawn,
    CaseSubmitted,
    CaseAssigned,
    StepRecorded,
    ApplicantAsked,
    ApplicantAnswered,
    CaseDecided,
    CaseClosed,
    CaseWithdrawn,
    CaseReopened,
    SubjectErased,
)

TOPICS: Mapping[str, type[Event]] = {event.topic: event for event in _EVENTS}
