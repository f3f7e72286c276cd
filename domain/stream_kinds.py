"""The kinds of streams that commands change: how each is decided and folded. A new kind needs one line here."""

from collections.abc import Callable, Sequence
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

from domain.agency.commands import Command as AgencyCommand
from domain.agency.decisions import decide as decide_agency
from domain.agency.events import AgencyRegistered, StandInNamed
from domain.agency.state import AgencyState
from domain.agency.state import evolve as evolve_agency
from domain.calendar.commands import Command as CalendarCommand
from domain.calendar.decisions import decide as decide_calendar
from domain.calendar.events import CalendarOpened
from domain.calendar.state import CalendarState
from domain.calendar.state import evolve as evolve_calendar
from domain.case.commands import Command as CaseCommand
from domain.case.decisions import decide as decide_case
from domain.case.events import CaseSubmitted
from domain.case.state import CaseState
from domain.case.state import evolve as evolve_case
from domain.desk.commands import Command as DeskCommand
from domain.desk.decisions import decide as decide_desk
from domain.desk.events import DeskOpened
from domain.desk.state import DeskState
from domain.desk.state import evolve as evolve_desk
from domain.event import Event
from domain.mandate.commands import Command as MandateCommand
from domain.mandate.decisions import decide as decide_mandate
from domain.mandate.events import MandateGiven
from domain.mandate.state import MandateState
from domain.mandate.state import evolve as evolve_mandate
from domain.opening.commands import Command as OpeningCommand
from domain.opening.decisions import decide as decide_opening
from domain.opening.events import OpeningAsked
from domain.opening.state import OpeningState
from domain.opening.state import evolve as evolve_opening
from domain.register.commands import Command as RegisterCommand
from domain.register.concerning import concerned as concerned_by_register
from domain.register.decisions import decide as decide_register
from domain.register.events import CoordinatorNamed
from domain.register.evolving import evolve as evolve_register
from domain.register.state import RegisterState
from domain.service.commands import Command as ServiceCommand
from domain.service.decisions import decide as decide_service
from domain.service.events import ServiceDrafted
from domain.service.state import ServiceState
from domain.service.state import evolve as evolve_service
from domain.subscription.commands import Command as SubscriptionCommand
from domain.subscription.decisions import decide as decide_subscription
from domain.subscription.events import SubscriptionAsked
from domain.subscription.state import SubscriptionState
from domain.subscription.state import evolve as evolve_subscription

C_contra = TypeVar("C_contra", contravariant=True)
State = TypeVar("State")
Decide: TypeAlias = Callable[[C_contra, State | None], Sequence[Event]]
Evolve: TypeAlias = Callable[[State | None, Event], State]


class StreamKind(NamedTuple, Generic[C_contra, State]):
    """A kind of stream.

    Attributes:
        begins_with: the topic of its first event, which decides the kind of the stream.
        decide: returns the events that a command leads to, or raises the rule that forbids it (`Refusal`).
        evolve: returns the state after one more event.
        concerned: returns the agencies that an event concerns, from the state after the command that led to it.
    """

    begins_with: str
    decide: Decide[C_contra, State]
    evolve: Evolve[State]
    concerned: Callable[[State, Event], Sequence[str]]


def _concerned_by_agency(agency: AgencyState, event: Event) -> Sequence[str]:
    """Return the agency, and the one whose desk is to stand in."""
    if isinstance(event, StandInNamed) and event.stand_in is not None:
        return agency.slug, event.stand_in.agency
    return (agency.slug,)


CASE: Final[StreamKind[CaseCommand, CaseState]] = StreamKind(
    CaseSubmitted.topic, decide_case, evolve_case, lambda case, _: case.concerned
)
SERVICE: Final[StreamKind[ServiceCommand, ServiceState]] = StreamKind(
    ServiceDrafted.topic, decide_service, evolve_service, lambda service, _: (service.agency,)
)
AGENCY: Final[StreamKind[AgencyCommand, AgencyState]] = StreamKind(
    AgencyRegistered.topic, decide_agency, evolve_agency, _concerned_by_agency
)
SUBSCRIPTION: Final[StreamKind[SubscriptionCommand, SubscriptionState]] = StreamKind(
    SubscriptionAsked.topic, decide_subscription, evolve_subscription, lambda subscription, _: (subscription.agency,)
)
REGISTER: Final[StreamKind[RegisterCommand, RegisterState]] = StreamKind(
    CoordinatorNamed.topic, decide_register, evolve_register, concerned_by_register
)
CALENDAR: Final[StreamKind[CalendarCommand, CalendarState]] = StreamKind(
    CalendarOpened.topic, decide_calendar, evolve_calendar, lambda _calendar, _: ()
)
DESK: Final[StreamKind[DeskCommand, DeskState]] = StreamKind(
    DeskOpened.topic, decide_desk, evolve_desk, lambda desk, _: (desk.agency,)
)
MANDATE: Final[StreamKind[MandateCommand, MandateState]] = StreamKind(
    MandateGiven.topic, decide_mandate, evolve_mandate, lambda _mandate, _: ()
)
OPENING: Final[StreamKind[OpeningCommand, OpeningState]] = StreamKind(
    OpeningAsked.topic, decide_opening, evolve_opening, lambda _opening, _: ()
)
