"""Judges the streams of agencies, services and subscriptions: what was decided, by the domain's own decisions."""

from uuid import UUID

from application.identity import agency_stream, service_stream, subscription_stream
from application.verifying.occurrence import IllegalEventError, Occurrence, compare
from application.verifying.precedents import Precedents
from domain.agency import decisions as agencies
from domain.agency.commands import RegisterAgency
from domain.agency.events import AgencyRegistered
from domain.agency.state import AgencyState
from domain.agency.state import evolve as evolve_agency
from domain.event import Event, UnknownEventError
from domain.refusals import Refusal
from domain.service import commands as service_commands
from domain.service import decisions as services
from domain.service import events as service_events
from domain.service.state import ServiceState
from domain.service.state import evolve as evolve_service
from domain.subscription import commands as subscription_commands
from domain.subscription import decisions as subscriptions
from domain.subscription import events as subscription_events
from domain.subscription.state import SubscriptionState
from domain.subscription.state import evolve as evolve_subscription


def _stands_in(one: Occurrence, stream: UUID) -> None:
    if one.stream != stream:
        raise IllegalEventError("it does not stand in the stream of its name")


def _forbidden(refusal: Refusal) -> IllegalEventError:
    return IllegalEventError(f"the rule {refusal.rule} forbids it: {refusal.detail}")


class AgencyJudge:
    """Takes the events of one agency in their order."""

    def __init__(self, _stream: UUID, _precedents: Precedents) -> None:
        self._state: AgencyState | None = None

    def take(self, one: Occurrence) -> None:
        """Let the next event pass.

        Raises:
            IllegalEventError: no decision could have led to it.
        """
        event = one.event
        if not isinstance(event, AgencyRegistered):
            raise IllegalEventError(f"a {event.topic} does not happen to an agency")
        _stands_in(one, agency_stream(event.slug))
        at, actor = one.envelope.occurred_at, one.envelope.actor
        # Which zones there are is no law: the auditor's machine may know others than the window's did then.
        command = RegisterAgency(
            at, actor, event.slug, event.name, event.time_zone, event.desks, event.desk_limits, zone_is_known=True
        )
        try:
            compare(agencies.decide_again(command, self._state)[0], one)
        except Refusal as refusal:
            raise _forbidden(refusal) from None
        self._state = evolve_agency(self._state, event)


class ServiceJudge:
    """Takes the events of one service in their order; what was decided together must stand together."""

    def __init__(self, stream: UUID, precedents: Precedents) -> None:
        self._stream, self._precedents = stream, precedents
        self._state: ServiceState | None = None
        self._due: list[Event] = []
        self._asked_for = 0

    def take(self, one: Occurrence) -> None:
        """Let the next event pass.

        Raises:
            IllegalEventError: no decision could have led to it.
        """
        cause = f"{one.stream}:{self._asked_for}" if self._due else None
        if not self._due:
            self._asked_for = one.version
            try:
                self._due = list(services.decide_again(self._command(one), self._state))
            except Refusal as refusal:
                raise _forbidden(refusal) from None
        compare(self._due.pop(0), one)
        if one.envelope.causation != cause:
            raise IllegalEventError("it names another cause than what it follows from")
        self._state = evolve_service(self._state, one.event)
        _stands_in(one, service_stream(self._state.slug))

    def _command(self, one: Occurrence) -> service_commands.Command:
        at, actor = one.envelope.occurred_at, one.envelope.actor
        match one.event:
            case service_events.ServiceDrafted() as drafted:
                agency = self._precedents.agency(drafted.definition.agency, one.position)
                return service_commands.DraftService(at, actor, drafted.definition, agency)
            case service_events.ServicePublished() as published:
                return service_commands.PublishService(at, actor, published.version)
            case service_events.ServiceWithdrawn():
                return service_commands.WithdrawService(at, actor)
            case _:
                raise IllegalEventError(f"a {one.event.topic} does not happen to a service")


class SubscriptionJudge:
    """Takes the events of one subscription in their order; what its operator allowed then is not known now."""

    def __init__(self, _stream: UUID, precedents: Precedents) -> None:
        self._precedents = precedents
        self._state: SubscriptionState | None = None

    def take(self, one: Occurrence) -> None:
        """Let the next event pass.

        Raises:
            IllegalEventError: no decision could have led to it.
        """
        try:
            decided = subscriptions.decide_again(self._command(one), self._state)
        except Refusal as refusal:
            raise _forbidden(refusal) from None
        if not decided:
            raise IllegalEventError("it changes nothing, so it was not recorded")
        compare(decided[0], one)
        try:
            self._state = evolve_subscription(self._state, one.event)
        except UnknownEventError as error:
            raise IllegalEventError(str(error)) from None
        _stands_in(one, subscription_stream(self._state.name))

    def _command(self, one: Occurrence) -> subscription_commands.Command:  # noqa: PLR0911 - a table of the events
        at, actor = one.envelope.occurred_at, one.envelope.actor
        match one.event:
            case subscription_events.SubscriptionAsked() as asked:
                return self._asked(one, asked)
            case subscription_events.SubscriptionGranted():
                return subscription_commands.GrantSubscription(at, actor)
            case subscription_events.SubscriptionRefused() as refused:
                return subscription_commands.RefuseSubscription(at, actor, refused.reason)
            case subscription_events.EndpointChanged() as changed:
                return subscription_commands.ChangeEndpoint(at, actor, changed.endpoint, endpoint_allowed=True)
            case subscription_events.SecretRotated():
                return subscription_commands.RotateSecret(at, actor)
            case subscription_events.ReplayAsked() as replay:
                return subscription_commands.AskForReplay(at, actor, replay.after, last_sequence=replay.after)
            case subscription_events.SubscriptionEnded():
                return subscription_commands.EndSubscription(at, actor)
            case _:
                raise IllegalEventError(f"a {one.event.topic} does not happen to a subscription")

    def _asked(
        self, one: Occurrence, asked: subscription_events.SubscriptionAsked
    ) -> subscription_commands.AskForSubscription:
        known = [slug for slug in asked.services or () if self._precedents.has_service(slug, one.position)]
        return subscription_commands.AskForSubscription(
            at=one.envelope.occurred_at,
            actor=one.envelope.actor,
            name=asked.name,
            agency=self._precedents.agency(asked.agency, one.position),
            services=asked.services,
            topics=asked.topics,
            endpoint=asked.endpoint,
            known_services=frozenset(known),
            endpoint_allowed=True,
        )
