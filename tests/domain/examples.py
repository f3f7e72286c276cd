"""One event of every topic, with every field filled."""

from domain.agency.events import AgencyRegistered, DeskOfAgency, StandInNamed
from domain.case.events import ApplicantAnswered, CaseReopened, CaseWithdrawn, StepRecorded, SubjectErased
from domain.event import Event
from domain.look.events import LookRecorded
from domain.service.events import ServiceSuperseded, ServiceWithdrawn
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
from tests.domain.assignment_examples import ASSIGNMENT_EXAMPLES
from tests.domain.clock_examples import CLOCK_EXAMPLES
from tests.domain.evidence_examples import EVIDENCE_EXAMPLES
from tests.domain.message_examples import MESSAGE_EXAMPLES
from tests.domain.register_examples import REGISTER_EXAMPLES, SERVICE_EXAMPLES
from tests.domain.town import (
    APPLICANT,
    ASKED,
    ASSIGNED,
    AT,
    CASE_ID,
    CLOSED,
    DECIDED,
    OVERDUE,
    SUBMITTED,
    TODAY,
    TOWN,
)
from tests.draws.examples import DESK_EXAMPLES
from tests.mandates.examples import MANDATE_EXAMPLES
from tests.openings.examples import OPENING_EXAMPLES

EXAMPLES: tuple[Event, ...] = (
    AgencyRegistered(
        slug=TOWN.slug, name=TOWN.name, time_zone=TOWN.time_zone, desks=TOWN.desks, desk_limits={"back": 5}
    ),
    StandInNamed(slug=TOWN.slug, desk="front", stand_in=DeskOfAgency(agency="county", desk="help")),
    *SERVICE_EXAMPLES,
    *REGISTER_EXAMPLES,
    *EVIDENCE_EXAMPLES,
    *ASSIGNMENT_EXAMPLES,
    *MESSAGE_EXAMPLES,
    *CLOCK_EXAMPLES,
    *DESK_EXAMPLES,
    *MANDATE_EXAMPLES,
    *OPENING_EXAMPLES,
    ServiceSuperseded(version=1, by=2),
    ServiceWithdrawn(version=2),
    SUBMITTED.model_copy(update={"sealed_identifiers": {"person.number": "made up"}}),
    ASSIGNED,
    StepRecorded(step="T02 Check", note="Seen."),
    ASKED,
    ApplicantAnswered(
        local_date=TODAY,
        number=1,
        open_answers={"plot.area": 12},
        answer="Here.",
        sealed_answers={"person.phone": "none"},
    ),
    DECIDED,
    CLOSED,
    CaseWithdrawn(local_date=TODAY, reason="Moved away."),
    OVERDUE,
    CaseReopened(local_date=TODAY, order="Court order 12/2026", reason="The appeal was granted."),
    LookRecorded(case_id=CASE_ID, hour=AT),
    SubjectErased(pseudonym=APPLICANT.pseudonym, local_date=TODAY),
    SubmissionPrevented(),
    SubscriptionAsked(
        name="town-permits",
        agency="town",
        services=("building-permit",),
        topics=("case.closed", "case.submitted"),
        endpoint="https://hooks.town.example/pencere",
    ),
    SubscriptionGranted(),
    SubscriptionRefused(reason={"az": "Sizin xidmətiniz deyil.", "en": "Not your service."}),
    EndpointChanged(endpoint="https://other.town.example:8443/in"),
    SecretRotated(number=2, previous_until=AT),
    ReplayAsked(after=12),
    SubscriptionEnded(),
)
