"""What agencies and the coordinator do to subscriptions: load, check the right, decide, append."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from application.access.authorisation import Action, Scope, authorise
from application.access.callers import Caller
from application.catalogue.entries import Versioned
from application.identity import subscription_stream
from application.storing import envelope_of, new_events
from application.subscriptions.egress import Egress
from application.subscriptions.requests import EndpointChange, SubscriptionRefusal, SubscriptionRequest
from application.subscriptions.webhook_secrets import SharedSecret, shared_secret
from application.window import Window
from domain.envelope import Actor
from domain.event import Event
from domain.subscription import commands
from domain.subscription.decisions import decide
from domain.subscription.state import SubscriptionState, evolve
from ledger.refusals import VersionConflictError

_COORDINATOR = Actor(role="coordinator", pseudonym="coordinator")
Build: TypeAlias = Callable[[datetime, Actor], commands.Command]


class SubscriptionNotFoundError(Exception):
    """There is no such subscription, or not one that the caller may see: nobody can tell which."""


class SubscriptionMovedOnError(Exception):
    """The caller has seen another version of the subscription than there is now."""

    def __init__(self, actual: int) -> None:
        super().__init__(f"the subscription is at version {actual} now")
        self.actual = actual


class SubscriptionWritten(NamedTuple):
    """The subscription as of its last event; there is no position when nothing had to be done."""

    state: SubscriptionState
    version: int
    position: int | None


class Secrets(NamedTuple):
    """What deliveries are signed with; the previous secret until then, as long as it still signs."""

    current: SharedSecret
    previous: SharedSecret | None
    previous_until: datetime | None


async def ask_for_subscription(
    window: Window, caller: Caller, egress: Egress, name: str, request: SubscriptionRequest
) -> SubscriptionWritten:
    """Ask for events under a name; asking for what is so already changes nothing.

    Raises:
        NotAllowedError, Refusal, VersionConflictError, LedgerBusyError, LedgerUnavailableError.
    """
    authorise(caller, Action.SUBSCRIBE)
    slug = caller.agency or ""
    agency = (await window.catalogue.agency(slug)).state
    known = [each for each in request.services or () if (await window.catalogue.service(each)).state is not None]
    at = window.clock()
    actor = Actor(role="agency", pseudonym=slug)
    command = commands.AskForSubscription(
        at=at,
        actor=actor,
        name=name,
        agency=agency,
        services=request.services,
        topics=request.topics,
        endpoint=request.endpoint,
        known_services=frozenset(known),
        endpoint_allowed=request.endpoint is None or egress.allows(request.endpoint),
    )
    before = await window.catalogue.subscription(name)
    return await _append(window, name, before, decide(command, before.state), actor, at)


async def grant_subscription(window: Window, caller: Caller, name: str, expected_version: int) -> SubscriptionWritten:
    """Grant what was asked for; raises as `_change` does."""
    return await _change(window, caller, Action.DECIDE_SUBSCRIPTION, name, expected_version, commands.GrantSubscription)


async def refuse_subscription(
    window: Window, caller: Caller, name: str, expected_version: int, request: SubscriptionRefusal
) -> SubscriptionWritten:
    """Refuse what was asked for; raises as `_change` does."""

    def build(at: datetime, actor: Actor) -> commands.Command:
        return commands.RefuseSubscription(at, actor, request.reason)

    return await _change(window, caller, Action.DECIDE_SUBSCRIPTION, name, expected_version, build)


async def change_endpoint(
    window: Window, caller: Caller, egress: Egress, name: str, expected_version: int, request: EndpointChange
) -> SubscriptionWritten:
    """Have events sent elsewhere or nowhere; raises as `_change` does."""

    def build(at: datetime, actor: Actor) -> commands.Command:
        allowed = request.endpoint is None or egress.allows(request.endpoint)
        return commands.ChangeEndpoint(at, actor, request.endpoint, endpoint_allowed=allowed)

    return await _change(window, caller, Action.SUBSCRIBE, name, expected_version, build)


async def rotate_secret(window: Window, caller: Caller, name: str, expected_version: int) -> SubscriptionWritten:
    """Sign with a new secret; raises as `_change` does."""
    return await _change(window, caller, Action.SUBSCRIBE, name, expected_version, commands.RotateSecret)


async def ask_for_replay(
    window: Window, caller: Caller, name: str, expected_version: int, after: int, last_sequence: int
) -> SubscriptionWritten:
    """Have everything after a sequence sent again; `last_sequence` is the agency's; raises as `_change` does."""

    def build(at: datetime, actor: Actor) -> commands.Command:
        return commands.AskForReplay(at, actor, after, last_sequence)

    return await _change(window, caller, Action.SUBSCRIBE, name, expected_version, build)


async def end_subscription(window: Window, caller: Caller, name: str, expected_version: int) -> SubscriptionWritten:
    """Be told nothing any more; raises as `_change` does."""
    return await _change(window, caller, Action.SUBSCRIBE, name, expected_version, commands.EndSubscription)


async def read_subscription(window: Window, caller: Caller, action: Action, name: str) -> tuple[SubscriptionState, int]:
    """Return the subscription and its version.

    Raises:
        NotAllowedError: the caller's role may not do this.
        SubscriptionNotFoundError: see there.
    """
    scope = authorise(caller, action)
    state, version = await window.catalogue.subscription(name)
    if state is None or (scope is not Scope.ALL and state.agency != caller.agency):
        raise SubscriptionNotFoundError
    return state, version


async def read_secrets(window: Window, caller: Caller, name: str) -> Secrets:
    """Return what signs the subscription's deliveries; raises as `read_subscription` does."""
    state, _ = await read_subscription(window, caller, Action.SUBSCRIBE, name)
    derive, number, until = window.vault.derive, state.secret_number, state.previous_secret_until
    current = shared_secret(derive, state, number)
    if until is None or until <= window.clock():
        return Secrets(current, None, None)
    return Secrets(current, shared_secret(derive, state, number - 1), until)


async def _change(
    window: Window, caller: Caller, action: Action, name: str, expected_version: int, build: Build
) -> SubscriptionWritten:
    """Make one change to a subscription.

    Raises:
        NotAllowedError, SubscriptionNotFoundError: as `read_subscription` does.
        SubscriptionMovedOnError: the subscription is not at the expected version.
        Refusal: the domain's own no, by the rule's name.
        LedgerBusyError, LedgerUnavailableError: as the ledger says.
    """
    state, version = await read_subscription(window, caller, action, name)
    if version != expected_version:
        raise SubscriptionMovedOnError(version)
    actor = _COORDINATOR if action is Action.DECIDE_SUBSCRIPTION else Actor(role="agency", pseudonym=state.agency)
    at = window.clock()
    events = decide(build(at, actor), state)
    try:
        return await _append(window, name, Versioned(state, version), events, actor, at)
    except VersionConflictError as conflict:
        raise SubscriptionMovedOnError((await window.catalogue.subscription(name)).version) from conflict


async def _append(
    window: Window,
    name: str,
    before: Versioned[SubscriptionState],
    events: Sequence[Event],
    actor: Actor,
    at: datetime,
) -> SubscriptionWritten:
    state = before.state
    for event in events:
        state = evolve(state, event)
    if state is None:
        raise SubscriptionNotFoundError
    if not events:
        return SubscriptionWritten(state, before.version, None)
    stream = subscription_stream(name)
    envelope = envelope_of(actor, [state.agency], at, stream)
    appended = await window.ledger.append(new_events(stream, before.version, events, envelope, None))
    return SubscriptionWritten(state, appended.version, appended.position)
