"""The one judge: it turns each event of a stream back into its command, and has the domain decide on it again."""

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
    """A kind of stream, with all that the judge must know about it.

    Attributes:
        first: the event that begins such a stream; all topics of the kind share the first word of its topic.
        command: turns an event and the state before it into the command that must have led to it. It asks the
            precedents about other streams.
        decide: the domain's own decision, without the rules that are younger than some ledgers.
        evolve: the domain's own fold.
        stream_of: returns the id that the stream must have, from the state after an event. None: the id is random, or
            each event names it and `command` checks it.
        sealed_for: returns the key that the sealed part must be under, from the state after an event. None: nothing is
            ever sealed.
        claims: returns what an event claims about cases; the claims of many events are checked together later.
        only_people_ask: whether only a person's command can lead to its events.
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
        """The first word of the kind's topics."""
        return kind_of(self.first.topic)


def kind_of(topic: str) -> str:
    """Return the name of the kind of stream that holds events of the topic."""
    return topic.partition(".")[0]


def as_it_says(event: Event, _: object) -> Sequence[Event]:
    """Return the event itself as the decision, for an event that nobody decides on."""
    return (event,)


def latest(_: object, event: Event) -> Event:
    """Return the event itself as the state after it: nothing more needs to be known."""
    return event


class Judge(Generic[S, C]):
    """Judges the events of one stream in their order. Events that one command led to must follow each other."""

    def __init__(self, kind: Kind[S, C], precedents: Precedents) -> None:
        self._kind, self._precedents = kind, precedents
        self._state: S | None = None
        self._due: list[Event] = []  # what else came from the command whose first event is at `_asked_for`
        self._asked_for = 0

    def take(self, one: Occurrence) -> bool:
        """Judge the next event, and return whether the same command led to an event before it.

        Raises:
            IllegalEventError: no decision could have led to the event.
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
        """Return what a judged event claims about cases."""
        return () if self._kind.claims is None else self._kind.claims(one)

    def _decided(self, one: Occurrence) -> Sequence[Event]:
        """Return all events that the command must have led to; this is the first."""
        kind, state = self._kind, self._state
        try:
            decided = kind.decide(kind.command(one, state, self._precedents), state)
        except Refusal as refusal:
            raise IllegalEventError(f"the rule {refusal.rule} forbids it: {refusal.detail}") from None
        if not decided:
            raise IllegalEventError("it changes nothing, so it was not recorded")
        return decided


def stands_in(one: Occurrence, stream: UUID) -> None:
    """Check that an event is in the stream of the name that it states.

    Raises:
        IllegalEventError: it is in another stream.
    """
    if one.stream != stream:
        raise IllegalEventError("it does not stand in the stream of its name")
