"""Random subscriptions: asked for, decided about, changed and ended as the domain allows."""

from collections.abc import Callable
from datetime import datetime
from random import Random

from application.identity import subscription_stream
from domain.agency.state import AgencyState
from domain.envelope import Actor
from domain.event import Event
from domain.subscription import commands
from domain.subscription.decisions import decide
from domain.subscription.state import SubscriptionState, evolve

_SERVICES = ("permit", "licence", "grant", "passport", "berth")
_TOPICS = ("case.submitted", "case.closed", "case.decided", "look.recorded")
_ENDPOINTS = (None, "https://one.example/in", "https://two.example/in")


class SubscriptionLife:
    """A subscription that changes when asked, in a random way."""

    def __init__(self, name: str, agency: AgencyState, random: Random) -> None:
        self.name, self.agency, self._random = name, agency, random
        self.stream = subscription_stream(name)
        self.version = 0
        self.actor = Actor(role="agency", pseudonym=agency.slug)
        self._state: SubscriptionState | None = None

    def change(self, at: datetime, coordinator: Actor) -> tuple[Event, ...]:
        """Return the events of one change.

        Raises:
            Refusal: the chosen change is not allowed now.
        """
        makers: dict[Callable[[datetime], commands.Command], int] = {
            self._ask: 4 if self._state is None else 1,
            lambda at: commands.GrantSubscription(at, coordinator): 4,
            lambda at: commands.RefuseSubscription(at, coordinator, {"en": "No.", "az": "Yox. ə"}): 2,
            self._change_endpoint: 3,
            lambda at: commands.RotateSecret(at, self.actor): 2,
            lambda at: commands.AskForReplay(at, self.actor, self._random.randrange(50), 100): 2,
            lambda at: commands.EndSubscription(at, self.actor): 1,
        }
        (make,) = self._random.choices(list(makers), list(makers.values()))
        command = make(at)
        events = decide(command, self._state)
        for event in events:
            self._state = evolve(self._state, event)
        self.version += len(events)
        settles = isinstance(command, commands.GrantSubscription | commands.RefuseSubscription)
        self.actor = coordinator if settles else Actor(role="agency", pseudonym=self.agency.slug)
        return events

    def _ask(self, at: datetime) -> commands.Command:
        return commands.AskForSubscription(
            at=at,
            actor=self.actor,
            name=self.name,
            agency=self.agency,
            services=self._some(_SERVICES),
            topics=self._some(_TOPICS),
            endpoint=self._random.choice(_ENDPOINTS),
            known_services=frozenset(_SERVICES),
            endpoint_allowed=True,
        )

    def _change_endpoint(self, at: datetime) -> commands.Command:
        return commands.ChangeEndpoint(at, self.actor, self._random.choice(_ENDPOINTS), endpoint_allowed=True)

    def _some(self, names: tuple[str, ...]) -> tuple[str, ...] | None:
        chosen = tuple(self._random.sample(names, self._random.randrange(len(names))))
        return chosen or None
