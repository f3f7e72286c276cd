"""The one judge: it puts each event of a stream to the domain again, as the command that must have led to it."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from application.verifying.claims import Claim
from application.verifying.occurrence import IllegalEventError, Occurrence, compare
from application.verifying.precedents import Precedents
from domain.event import Event, UnknownEventError
from domain.refusals import Refusal

S = TypeVar("S")
C = TypeVar("C")


class Kind(NamedTuple, Generic[S, C]):
    """A kind of stream: all that the judge must know about it.

    Attributes:
        first: the event that it begins with; the first word of its topic is that of all topics of the kind.
        command: turns an event, by the state before it, into the command that must have led to it. What it must know
            of other streams, it asks the precedents.
        decide: the domain's own decision, without rules that are younger than some ledgers.
        evolve: the domain's own.
        stream_of: the id that the stream must have, by the state after an event. None: it was drawn at random, or each
            event says it, so that `command` looks at it.
        sealed_for: by the state after an event, under whose key what is sealed must be. None: nothing ever is.
        claims: what an event claims about cases: it is looked into later, of many events together.
        only_people_ask: nothing but a command of a person leads to its events.
    """

    first: type[Event]
    command: Callable[[Occurrence, S | None, Precedents], C]
    decide: Callable[[C, S | None], Sequence[Event]]
    evolve: Callable[[S | None, Event], S]
    stream_of: Callable[[S], UUID] | None = None
    sealed_for: Callable[[S], str] | None = None
    claims: Callable[[Occurrence], Sequence[Claim]] | None = None
    only_people_ask: bool = False

    @property
    def name(self) -> str:
        """The first word of its topics."""
        return kind_of(self.first.topic)


def kind_of(topic: str) -> str:
    """Return the name of the kind of stream in which events of the topic stand."""
    return topic.partition(".")[0]


def as_it_says(event: Event, _: object) -> Sequence[Event]:
    """Decide what is no decision: the event is what it is when it is told rightly."""
    return (event,)


def latest(_: object, event: Event) -> Event:
    """Return the event itself as the state after it: that it happened is all there is to know."""
    return event


class Judge(Generic[S, C]):
    """Takes the events of one stream in their order; what was decided together must stand together."""

    def __init__(self, kind: Kind[S, C], precedents: Precedents) -> None:
        self._kind, self._precedents = kind, precedents
        self._state: S | None = None
        self._due: list[Event] = []  # what else the command led to whose first event stands at `_asked_for`
        self._asked_for = 0

    def take(self, one: Occurrence) -> bool:
        """Let the next event pass, and return whether it follows from another one within a command.

        Raises:
            IllegalEventError: no decision could have led to it.
        """
        kind = self._kind
        if self._due:
            due, cause = self._due.pop(0), f"{one.stream}:{self._asked_for}"
        else:
            (due, *self._due), cause = self._decided(one), None
            self._asked_for = one.version
        compare(due, one)
        if (cause is not None or kind.only_people_ask) and one.envelope.causation != cause:
            raise IllegalEventError("it names another cause than what it follows from")
        try:
            self._state = state = kind.evolve(self._state, one.event)
        except UnknownEventError as error:
            raise IllegalEventError(str(error)) from None
        if kind.stream_of is not None:
            stands_in(one, kind.stream_of(state))
        if one.key_ref is not None and kind.sealed_for is not None and one.key_ref != kind.sealed_for(state):
            raise IllegalEventError("it is sealed for somebody else than the applicant")
        return cause is not None

    def claims_of(self, one: Occurrence) -> Sequence[Claim]:
        """Return what an event that has passed claims about cases."""
        return () if self._kind.claims is None else self._kind.claims(one)

    def _decided(self, one: Occurrence) -> Sequence[Event]:
        """Return what the command must have led to whose first event this is."""
        kind, state = self._kind, self._state
        try:
            decided = kind.decide(kind.command(one, state, self._precedents), state)
        except Refusal as refusal:
            raise IllegalEventError(f"the rule {refusal.rule} forbids it: {refusal.detail}") from None
        if not decided:
            raise IllegalEventError("it changes nothing, so it was not recorded")
        return decided


def stands_in(one: Occurrence, stream: UUID) -> None:
    """Let an event pass that stands in the stream of the name that it says.

    Raises:
        IllegalEventError: it stands in another one.
    """
    if one.stream != stream:
        raise IllegalEventError("it does not stand in the stream of its name")
