"""The names under which events are stored. Each stands for one type. A name is never changed or reused."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.agency.events import AgencyRegistered
from domain.case.events import (
    ApplicantAnswered,
    ApplicantAsked,
    CaseAssigned,
    CaseBecameOverdue,
    CaseClosed,
    CaseDecided,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
    StepRecorded,
    SubjectErased,
)
from domain.event import Event
from domain.look.events import LookRecorded
from domain.service.events import ServiceDrafted, ServicePublished, ServiceSuperseded, ServiceWithdrawn
from domain.submission.events import SubmissionPrevented
from domain.subscription.events import (
    EndpointChanged,
    ReplayAsked,
    SecretRotated,
    SubscriptionAsked,
    SubscriptionEnded,
    SubscriptionGranted,
    SubscriptionRefused,
)

TOPICS: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {
        "agency.registered": AgencyRegistered,
        "case.applicant_answered": ApplicantAnswered,
        "case.applicant_asked": ApplicantAsked,
        "case.assigned": CaseAssigned,
        "case.became_overdue": CaseBecameOverdue,
        "case.closed": CaseClosed,
        "case.decided": CaseDecided,
        "case.reopened": CaseReopened,
        "case.step_recorded": StepRecorded,
        "case.subject_erased": SubjectErased,
        "case.submitted": CaseSubmitted,
        "case.withdrawn": CaseWithdrawn,
        "look.recorded": LookRecorded,
        "service.drafted": ServiceDrafted,
        "service.published": ServicePublished,
        "service.superseded": ServiceSuperseded,
        "service.withdrawn": ServiceWithdrawn,
        "submission.prevented": SubmissionPrevented,
        "subscription.asked": SubscriptionAsked,
        "subscription.ended": SubscriptionEnded,
        "subscription.endpoint_changed": EndpointChanged,
        "subscription.granted": SubscriptionGranted,
        "subscription.refused": SubscriptionRefused,
        "subscription.replay_asked": ReplayAsked,
        "subscription.secret_rotated": SecretRotated,
    }
)
