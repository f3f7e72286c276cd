"""Changes of subscriptions by agencies and the coordinator: lists them in one table, and makes them."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.catalogue.changes import acting
from application.deciding import Changed, change
from application.request_document import RequestDocument
from application.subscriptions.egress import Egress
from application.subscriptions.reading import read_subscription
from application.subscriptions.requests import (
    EndpointChange,
    ReplayRequest,
    SecretRotation,
    SubscriptionEnding,
    SubscriptionGrant,
    SubscriptionRefusal,
    SubscriptionRequest,
)
from application.window import Window
from domain.envelope import Actor
from domain.subscription import commands
from domain.subscription.state import SubscriptionState
from ledger.refusals import VersionConflictError

LastSequence: TypeAlias = Callable[[str], Awaitable[int]]


class SubscriptionMovedOnError(Exception):
    """The caller expected another version of the subscription than the current one."""

    def __init__(self, actual: int) -> None:
        super().__init__(f"the subscription is at version {actual} now")
        self.actual = actual


class SubscriptionWritten(NamedTuple):
    """The subscription after a change; the position is None when nothing had to be done."""

    state: SubscriptionState
    version: int
    position: int | None


class Outside(NamedTuple):
    """What a change needs from elsewhere: where events may be sent, and an agency's last sequence."""

    egress: Egress
    last_sequence: LastSequence


class Acting(NamedTuple):
    """Who acts, when, and what comes from elsewhere."""

    at: datetime
    actor: Actor
    agency: str
    outside: Outside


Build: TypeAlias = Callable[[Acting, Any], Awaitable[commands.Command]]


class SubscriptionCommand(NamedTuple):
    """A change: its path, who may ask for it, its body, and the command that it becomes."""

    method: str
    path: str
    action: Action
    takes: type[RequestDocument]
    build: Build
    name: str
    summary: str


async def _grant(acting: Acting, _: SubscriptionGrant) -> commands.Command:
    return commands.GrantSubscription(acting.at, acting.actor)


async def _refuse(acting: Acting, asked: SubscriptionRefusal) -> commands.Command:
    return commands.RefuseSubscription(acting.at, acting.actor, asked.reason)


async def _change_endpoint(acting: Acting, asked: EndpointChange) -> commands.Command:
    allowed = asked.endpoint is None or acting.outside.egress.allows(asked.endpoint)
    return commands.ChangeEndpoint(acting.at, acting.actor, asked.endpoint, endpoint_allowed=allowed)


async def _rotate(acting: Acting, _: SecretRotation) -> commands.Command:
    return commands.RotateSecret(acting.at, acting.actor)


async def _replay(acting: Acting, asked: ReplayRequest) -> commands.Command:
    last = await acting.outside.last_sequence(acting.agency)
    return commands.AskForReplay(acting.at, acting.actor, asked.after, last)


async def _end(acting: Acting, _: SubscriptionEnding) -> commands.Command:
    return commands.EndSubscription(acting.at, acting.actor)


_OWN, _DECIDES = Action.SUBSCRIBE, Action.DECIDE_SUBSCRIPTION
SUBSCRIPTION_COMMANDS: Final = (
    SubscriptionCommand("POST", "/grant", _DECIDES, SubscriptionGrant, _grant, "grant", "Grant a subscription"),
    SubscriptionCommand("POST", "/refusal", _DECIDES, SubscriptionRefusal, _refuse, "refuse", "Refuse a subscription"),
    SubscriptionCommand(
        "PUT", "/endpoint", _OWN, EndpointChange, _change_endpoint, "change_endpoint", "Change where events are sent"
    ),
    SubscriptionCommand("POST", "/secret", _OWN, SecretRotation, _rotate, "rotate_secret", "Sign with a new secret"),
    SubscriptionCommand("POST", "/replay", _OWN, ReplayRequest, _replay, "replay", "Have events sent again"),
    SubscriptionCommand("POST", "/ending", _OWN, SubscriptionEnding, _end, "end_subscription", "End a subscription"),
)
_BY_DOCUMENT: Final[Mapping[type[RequestDocument], SubscriptionCommand]] = MappingProxyType(
    {command.takes: command for command in SUBSCRIPTION_COMMANDS}
)


async def ask_for_subscription(
    window: Window, caller: Caller, egress: Egress, name: str, request: SubscriptionRequest
) -> SubscriptionWritten:
    """Ask for a subscription with a name; asking for the same again changes nothing.

    Raises:
        NotAllowedError, Refusal, VersionConflictError, LedgerBusyError, LedgerUnavailableError.
    """
    authorise(caller, Action.SUBSCRIBE)
    slug = caller.agency or ""
    agency = (await window.catalogue.agency(slug)).state
    known = [each for each in request.services or () if (await window.catalogue.service(each)).state is not None]
    command = commands.AskForSubscription(
        at=window.clock(),
        actor=Actor(role="agency", pseudonym=slug),
        name=name,
        agency=agency,
        services=request.services,
        topics=request.topics,
        endpoint=request.endpoint,
        known_services=frozenset(known),
        endpoint_allowed=request.endpoint is None or egress.allows(request.endpoint),
    )
    return _written(await change(window, await window.catalogue.subscription(name), command))


async def change_subscription(
    window: Window, caller: Caller, outside: Outside, name: str, expected_version: int, document: RequestDocument
) -> SubscriptionWritten:
    """Make the change that the document asks for.

    Raises:
        NotAllowedError, SubscriptionNotFoundError: as `read_subscription` raises them.
        SubscriptionMovedOnError: the subscription is not at the expected version.
        Refusal: the domain refuses the change, and names the rule.
        LedgerBusyError, LedgerUnavailableError: as the ledger raises them.
    """
    command = _BY_DOCUMENT[type(document)]
    state, found = await read_subscription(window, caller, command.action, name)
    if found.seen != expected_version:
        raise SubscriptionMovedOnError(found.seen)
    at, agency = window.clock(), state.agency
    actor = await acting(window.catalogue, caller, at)
    asked = await command.build(Acting(at, actor, agency, outside), document)
    try:
        return _written(await change(window, found, asked))
    except VersionConflictError as conflict:
        raise SubscriptionMovedOnError((await window.catalogue.subscription(name)).seen) from conflict


def _written(changed: Changed[SubscriptionState]) -> SubscriptionWritten:
    return SubscriptionWritten(changed.state, changed.version, changed.position)
