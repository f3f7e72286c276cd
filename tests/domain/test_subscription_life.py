"""After any order of commands, the subscription is as a simple model says, and its events alone give the same."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.event import Event
from domain.refusals import Refusal
from domain.subscription.commands import Command
from domain.subscription.decisions import decide
from domain.subscription.events import SubscriptionAsked, SubscriptionGranted
from domain.subscription.state import SubscriptionState, SubscriptionStatus, evolve
from tests.domain.test_subscriptions import ELSEWHERE, END, ENDPOINT, GRANT, REFUSE, ROTATE, after, ask, change, replay

_OPEN = (SubscriptionStatus.ASKED, SubscriptionStatus.GRANTED)


class SubscriptionLife(RuleBasedStateMachine):
    """A subscription under any commands. The model is a status, an endpoint, a filter and a number."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.state: SubscriptionState | None = None
        self.status: SubscriptionStatus | None = None
        self.endpoint: str | None = None
        self.services: tuple[str, ...] | None = None
        self.secrets = 1

    def give(self, command: Command, *, allowed: bool) -> bool:
        """Give the command, check that it is allowed when the model says so, and return whether anything happened."""
        try:
            made = decide(command, self.state)
        except Refusal:
            assert not allowed, command
            return False
        assert allowed, command
        for event in made:
            self.state = evolve(self.state, event)
        self.events += made
        return bool(made)

    @rule(endpoint=st.sampled_from([None, ENDPOINT]), services=st.sampled_from([None, ("building-permit",)]))
    def ask(self, endpoint: str | None, services: tuple[str, ...] | None) -> None:
        same = self.status is not None and (endpoint, services) == (self.endpoint, self.services)
        may = self.status in (None, SubscriptionStatus.ASKED, SubscriptionStatus.REFUSED)
        allowed = may or (same and self.status is not SubscriptionStatus.ENDED)
        if self.give(ask(endpoint=endpoint, services=services), allowed=allowed):
            assert not same
            self.status, self.endpoint, self.services = SubscriptionStatus.ASKED, endpoint, services

    @rule()
    def grant(self) -> None:
        if self.give(GRANT, allowed=self.status is SubscriptionStatus.ASKED):
            self.status = SubscriptionStatus.GRANTED

    @rule()
    def refuse(self) -> None:
        if self.give(REFUSE, allowed=self.status is SubscriptionStatus.ASKED):
            self.status = SubscriptionStatus.REFUSED

    @rule(endpoint=st.sampled_from([None, ENDPOINT, ELSEWHERE]))
    def change(self, endpoint: str | None) -> None:
        if self.give(change(endpoint), allowed=self.status in _OPEN):
            assert endpoint != self.endpoint
            self.endpoint = endpoint

    @rule()
    def rotate(self) -> None:
        if self.give(ROTATE, allowed=self.status in _OPEN):
            self.secrets += 1

    @rule(sequence=st.integers(0, 12))
    def replay(self, sequence: int) -> None:
        granted = self.status is SubscriptionStatus.GRANTED
        self.give(replay(sequence, last=10), allowed=granted and self.endpoint is not None and sequence <= 10)

    @rule()
    def end(self) -> None:
        if self.give(END, allowed=self.status not in (None, SubscriptionStatus.ENDED)):
            self.status = SubscriptionStatus.ENDED

    @invariant()
    def the_subscription_is_where_the_model_says(self) -> None:
        assert (self.state is None) == (self.status is None)
        if self.state is not None:
            said = (self.state.status, self.state.endpoint, self.state.services, self.state.secret_number)
            assert said == (self.status, self.endpoint, self.services, self.secrets)

    @invariant()
    def the_events_alone_make_the_same_subscription(self) -> None:
        assert after(*self.events) == self.state

    @invariant()
    def what_is_granted_is_what_was_asked_for_last(self) -> None:
        """The coordinator has seen the filter of everything that is sent."""
        if self.status is SubscriptionStatus.GRANTED:
            decided = next(
                event for event in reversed(self.events) if isinstance(event, SubscriptionGranted | SubscriptionAsked)
            )
            assert isinstance(decided, SubscriptionGranted)


TestSubscriptionLife = SubscriptionLife.TestCase
TestSubscriptionLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
