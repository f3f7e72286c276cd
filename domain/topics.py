"""The names under which events are stored. Each stands for one type. A name is never changed or reused."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain.agency.events import AgencyRegistered, CalendarNamed, StandInNamed
from domain.calendar.events import CALENDAR_EVENTS
from domain.case.assignment_events import ASSIGNMENT_EVENTS
from domain.case.clock_events import CLOCK_EVENTS
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
from domain.case.evidence_events import EVIDENCE_EVENTS
from domain.case.message_events import MESSAGE_EVENTS
from domain.case.representation_events import REPRESENTATION_EVENTS
from domain.desk.events import DESK_EVENTS
from domain.event import Event
from domain.look.events import LookRecorded
from domain.mandate.events import MandateAccepted, MandateDeclined, MandateGiven, MandateRevoked
from domain.opening.events import OPENING_EVENTS
from domain.register.events import (
    CoordinatorNamed,
    ElementRetitled,
    ElementsDefined,
    GrantAsked,
    GrantEnded,
    GrantGiven,
    GrantRefused,
    RegisterRulesSet,
    ResourceApproved,
    ResourceArchived,
    ResourceChanged,
    ResourceIntegrated,
    ResourceJudged,
    ResourceProposed,
    ResourceRetired,
    ResourceTakenIntoUse,
    ResourceUseAsked,
    SharingAllowed,
)
from domain.service.events import (
    EvidenceSourceLost,
    HeldElementsAsked,
    ServiceDrafted,
    ServicePublished,
    ServiceSuperseded,
    ServiceWithdrawn,
)
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
        "agency.calendar_named": CalendarNamed,
        "agency.registered": AgencyRegistered,
        "agency.stand_in_named": StandInNamed,
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
        **{kind.topic: kind for kind in (*EVIDENCE_EVENTS, *MESSAGE_EVENTS)},
        **{kind.topic: kind for kind in (*ASSIGNMENT_EVENTS, *REPRESENTATION_EVENTS)},
        **{kind.topic: kind for kind in (*CALENDAR_EVENTS, *CLOCK_EVENTS)},
        **{kind.topic: kind for kind in (*DESK_EVENTS, *OPENING_EVENTS)},
        "look.recorded": LookRecorded,
        "mandate.accepted": MandateAccepted,
        "mandate.declined": MandateDeclined,
        "mandate.given": MandateGiven,
        "mandate.revoked": MandateRevoked,
        "register.coordinator_named": CoordinatorNamed,
        "register.element_retitled": ElementRetitled,
        "register.elements_defined": ElementsDefined,
        "register.grant_asked": GrantAsked,
        "register.grant_ended": GrantEnded,
        "register.grant_given": GrantGiven,
        "register.grant_refused": GrantRefused,
        "register.resource_approved": ResourceApproved,
        "register.resource_archived": ResourceArchived,
        "register.resource_changed": ResourceChanged,
        "register.resource_integrated": ResourceIntegrated,
        "register.resource_judged": ResourceJudged,
        "register.resource_proposed": ResourceProposed,
        "register.resource_retired": ResourceRetired,
        "register.resource_taken_into_use": ResourceTakenIntoUse,
        "register.resource_use_asked": ResourceUseAsked,
        "register.rules_set": RegisterRulesSet,
        "register.sharing_allowed": SharingAllowed,
        "service.drafted": ServiceDrafted,
        "service.evidence_source_lost": EvidenceSourceLost,
        "service.held_elements_asked": HeldElementsAsked,
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
