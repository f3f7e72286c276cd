"""Every command in every status of a subscription, and what an agency may not ask for."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.envelope import Actor
from domain.event import Event, UnknownEventError
from domain.refusals import Refusal
from domain.subscription.commands import (
    AskForReplay,
    AskForSubscription,
    ChangeEndpoint,
    Command,
    EndSubscription,
    GrantSubscription,
    RefuseSubscription,
    RotateSecret,
)
from domain.subscription.decisions import OVERLAP, decide
from domain.subscription.events import (
    EndpointChanged,
    ReplayAsked,
    SecretRotated,
    SubscriptionAsked,
    SubscriptionEnded,
    SubscriptionGranted,
    SubscriptionRefused,
)
from domain.subscription.refusals import (
    EndpointMissing,
    EndpointNotAllowed,
    EndpointNotAnAddress,
    ReplayBeyondTheFeed,
    SubscribedServiceUnknown,
    SubscriberNotRegistered,
    SubscriptionAlreadyEnded,
    SubscriptionAlreadyGranted,
    SubscriptionAlreadyRefused,
    SubscriptionNotAsked,
    SubscriptionNotGranted,
    SubscriptionOfAnotherAgency,
    TopicUnknown,
)
from domain.subscription.state import SubscriptionState, SubscriptionStatus, evolve
from tests.domain.streams_told import StreamsTold
from tests.domain.town import AGENCY, AT, SUBMITTED, TOWN

COORDINATOR = Actor(role="coordinator", pseudonym="coordinator")
ENDPOINT = "https://hooks.town.example/pencere"
ELSEWHERE = "https://other.town.example:8443/in"
REASON = {"en": "Not your service.", "az": "Sizin xidmətiniz deyil."}


OF_SUBSCRIPTIONS: StreamsTold[Command, SubscriptionState] = StreamsTold(decide, evolve)
given, after = OF_SUBSCRIPTIONS.given, OF_SUBSCRIPTIONS.after


def ask(**changes: Any) -> AskForSubscription:
    parts: dict[str, Any] = {
        "at": AT,
        "actor": AGENCY,
        "name": "town-permits",
        "agency": TOWN,
        "services": ("building-permit",),
        "topics": ("case.submitted", "case.closed"),
        "endpoint": ENDPOINT,
        "known_services": frozenset({"building-permit"}),
        "endpoint_allowed": True,
    }
    return AskForSubscription(**parts | changes)


def change(endpoint: str | None, *, allowed: bool = True) -> ChangeEndpoint:
    return ChangeEndpoint(AT, AGENCY, endpoint, endpoint_allowed=allowed)


def replay(sequence: int, last: int = 10) -> AskForReplay:
    return AskForReplay(AT, AGENCY, sequence, last)


ASKED = SubscriptionAsked(
    name="town-permits",
    agency="town",
    services=("building-permit",),
    topics=("case.closed", "case.submitted"),
    endpoint=ENDPOINT,
)
GRANTED, REFUSED, ENDED = SubscriptionGranted(), SubscriptionRefused(reason=REASON), SubscriptionEnded()
MOVED, ROTATED = EndpointChanged(endpoint=ELSEWHERE), SecretRotated(number=2, previous_until=AT + OVERLAP)
GRANT, REFUSE = GrantSubscription(AT, COORDINATOR), RefuseSubscription(AT, COORDINATOR, REASON)
ROTATE, END = RotateSecret(AT, AGENCY), EndSubscription(AT, AGENCY)

PASTS: dict[SubscriptionStatus, tuple[Event, ...]] = {
    SubscriptionStatus.ASKED: (ASKED,),
    SubscriptionStatus.GRANTED: (ASKED, GRANTED),
    SubscriptionStatus.REFUSED: (ASKED, REFUSED),
    SubscriptionStatus.ENDED: (ASKED, GRANTED, ENDED),
}
OTHER = ask(services=None)
ASKED_OTHERWISE = ASKED.model_copy(update={"services": None})
Results = tuple[tuple[Event, ...] | type[Refusal], ...]
TABLE: dict[str, tuple[Command, Results]] = {
    # asked, granted, refused, ended
    "the same again": (ask(), ((), (), (), SubscriptionAlreadyEnded)),
    "something else": (
        OTHER,
        ((ASKED_OTHERWISE,), SubscriptionAlreadyGranted, (ASKED_OTHERWISE,), SubscriptionAlreadyEnded),
    ),
    "grant": (GRANT, ((GRANTED,), SubscriptionAlreadyGranted, SubscriptionAlreadyRefused, SubscriptionAlreadyEnded)),
    "refuse": (REFUSE, ((REFUSED,), SubscriptionAlreadyGranted, SubscriptionAlreadyRefused, SubscriptionAlreadyEnded)),
    "another endpoint": (
        change(ELSEWHERE),
        ((MOVED,), (MOVED,), SubscriptionAlreadyRefused, SubscriptionAlreadyEnded),
    ),
    "the same endpoint": (change(ENDPOINT), ((), (), SubscriptionAlreadyRefused, SubscriptionAlreadyEnded)),
    "rotate": (ROTATE, ((ROTATED,), (ROTATED,), SubscriptionAlreadyRefused, SubscriptionAlreadyEnded)),
    "replay": (
        replay(3),
        (SubscriptionNotGranted, (ReplayAsked(after=3),), SubscriptionNotGranted, SubscriptionAlreadyEnded),
    ),
    "end": (END, ((ENDED,), (ENDED,), (ENDED,), SubscriptionAlreadyEnded)),
}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("status", PASTS)
def test_every_command_in_every_status(status: SubscriptionStatus, name: str) -> None:
    command, results = TABLE[name]
    expected = results[list(PASTS).index(status)]

    told = given(*PASTS[status]).when(command)
    if isinstance(expected, tuple):
        told.then(*expected)
    else:
        told.is_refused(expected)


def test_the_table_leaves_no_status_out() -> None:
    assert list(PASTS) == list(SubscriptionStatus)
    for status, past in PASTS.items():
        state = after(*past)
        assert state is not None
        assert state.status is status


def test_an_agency_asks_for_services_and_types_each_once() -> None:
    given().when(ask(services=("building-permit",) * 2, topics=("case.submitted", "case.closed"))).then(ASKED)


def test_whoever_names_nothing_asks_for_everything() -> None:
    everything = ASKED.model_copy(update={"services": None, "topics": None, "endpoint": None})

    given().when(ask(services=None, topics=None, endpoint=None)).then(everything)


def test_what_was_refused_may_be_asked_for_otherwise_and_is_open_again() -> None:
    given(ASKED, REFUSED, ASKED_OTHERWISE).when(GRANT).then(GRANTED)


@pytest.mark.parametrize("command", [GRANT, REFUSE, change(ELSEWHERE), ROTATE, replay(0), END])
def test_nothing_can_be_done_to_what_nobody_has_asked_for(command: Command) -> None:
    given().when(command).is_refused(SubscriptionNotAsked)


@pytest.mark.parametrize(
    ("changes", "fact", "field"),
    [
        ({"agency": None}, SubscriberNotRegistered, None),
        ({"services": ("building-permit", "other")}, SubscribedServiceUnknown, "services"),
        ({"topics": ("case.opened",)}, TopicUnknown, "topics"),
        ({"endpoint": "https://user:secret@town.example/"}, EndpointNotAnAddress, "endpoint"),
        ({"endpoint_allowed": False}, EndpointNotAllowed, "endpoint"),
    ],
)
def test_what_could_not_work_is_not_asked_for(changes: dict[str, Any], fact: type[Refusal], field: str | None) -> None:
    given().when(ask(**changes)).is_refused(fact, field)


def test_a_name_is_one_agencys_for_ever() -> None:
    village = type(TOWN)("village", {"en": "Village"}, "Asia/Baku", ("front",))

    for past in PASTS.values():
        given(*past).when(ask(agency=village)).is_refused(SubscriptionOfAnotherAgency)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://town.example/hook?token=secret",
        "https://town.example/hook#part",
        "https://user@town.example/hook",
        "ftp://town.example/hook",
        "https:///hook",
        "https://town.example:0/hook",
        "https://town.example:65536/hook",
        "https://[::1/hook",
        "https://[1::2::3]/hook",
        "https://town.example/a b",
        "https://şəhər.example/hook",
        "https://-town.example/",
        "https://town..example/",
        f"https://town.example/{'a' * 500}",
        "town.example/hook",
        "",
    ],
)
def test_an_endpoint_is_an_address_and_nothing_else(endpoint: str) -> None:
    given(ASKED).when(change(endpoint)).is_refused(EndpointNotAnAddress, "endpoint")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://town.example",
        "https://town.example:8443/a/b~c/%20;x=1",
        "http://10.0.0.1:8080/in",
        "https://[2001:db8::1]:443/in",
        "https://xn--hr-gia7b.example/in",
    ],
)
def test_addresses_are_endpoints(endpoint: str) -> None:
    given(ASKED).when(change(endpoint)).then(EndpointChanged(endpoint=endpoint))


def test_the_stored_event_holds_no_other_kind_of_address() -> None:
    with pytest.raises(ValidationError):
        EndpointChanged(endpoint="https://town.example/?token=secret")


def test_an_endpoint_that_the_operator_does_not_allow_is_refused() -> None:
    given(ASKED, GRANTED).when(change(ELSEWHERE, allowed=False)).is_refused(EndpointNotAllowed, "endpoint")


def test_an_endpoint_can_be_taken_away_and_given_again() -> None:
    given(ASKED, GRANTED).when(change(None, allowed=False)).then(EndpointChanged(endpoint=None))
    given(ASKED, GRANTED, EndpointChanged(endpoint=None)).when(change(ENDPOINT)).then(
        EndpointChanged(endpoint=ENDPOINT)
    )


def test_each_secret_has_the_next_number_and_the_one_before_it_for_a_day() -> None:
    later = RotateSecret(AT + timedelta(hours=1), AGENCY)

    given(ASKED, ROTATED).when(later).then(SecretRotated(number=3, previous_until=AT + timedelta(hours=25)))


def test_a_replay_goes_somewhere_and_begins_within_the_feed() -> None:
    given(ASKED, GRANTED, EndpointChanged(endpoint=None)).when(replay(0)).is_refused(EndpointMissing)
    given(ASKED, GRANTED).when(replay(10, last=10)).then(ReplayAsked(after=10))
    given(ASKED, GRANTED).when(replay(11, last=10)).is_refused(ReplayBeyondTheFeed, "after")


@pytest.mark.parametrize("event", [GRANTED, REFUSED, MOVED, ROTATED, ReplayAsked(after=0), ENDED])
def test_nothing_happens_to_a_subscription_before_it_is_asked_for(event: Event) -> None:
    with pytest.raises(UnknownEventError):
        evolve(None, event)


def test_a_foreign_event_is_never_passed_over() -> None:
    with pytest.raises(UnknownEventError):
        evolve(after(ASKED), SUBMITTED)
