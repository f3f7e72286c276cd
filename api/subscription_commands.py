"""Changes to a subscription: one table of what can be asked, and one way to ask it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple, TypeAlias

from fastapi import APIRouter, Path, Response

from api.asking import Asked, Asking
from api.bodies import read_body
from api.documentation import ONE_VERSION, described, header
from api.preconditions import expected_version
from api.subscriptions import SubscriptionDocument, answer_of
from application import subscription_work
from application.authorisation import Action, authorise
from application.requests import (
    EndpointChange,
    ReplayRequest,
    Request,
    SecretRotation,
    SubscriptionEnding,
    SubscriptionGrant,
    SubscriptionRefusal,
)
from application.subscription_work import SubscriptionWritten
from domain.values import Slug

router = APIRouter(prefix="/v1/subscriptions/{name}", tags=["subscriptions"])

_IF_MATCH = header(
    "If-Match", "The ETag of the subscription as the caller has seen it.", required=True, pattern=ONE_VERSION
)
Change: TypeAlias = Callable[[Asking, str, int, Any], Awaitable[SubscriptionWritten]]


class SubscriptionCommand(NamedTuple):
    """A change: where it is asked for, by whom, with what body, and what it does."""

    method: str
    path: str
    action: Action
    takes: type[Request]
    change: Change
    summary: str


async def grant(asked: Asking, name: str, version: int, _: SubscriptionGrant) -> SubscriptionWritten:
    """Grant what was asked for."""
    return await subscription_work.grant_subscription(asked.services.window, asked.caller, name, version)


async def refuse(asked: Asking, name: str, version: int, body: SubscriptionRefusal) -> SubscriptionWritten:
    """Refuse what was asked for."""
    return await subscription_work.refuse_subscription(asked.services.window, asked.caller, name, version, body)


async def change_endpoint(asked: Asking, name: str, version: int, body: EndpointChange) -> SubscriptionWritten:
    """Have events sent elsewhere, or nowhere."""
    window, egress = asked.services.window, asked.services.egress
    return await subscription_work.change_endpoint(window, asked.caller, egress, name, version, body)


async def rotate_secret(asked: Asking, name: str, version: int, _: SecretRotation) -> SubscriptionWritten:
    """Sign with a new secret."""
    return await subscription_work.rotate_secret(asked.services.window, asked.caller, name, version)


async def replay(asked: Asking, name: str, version: int, body: ReplayRequest) -> SubscriptionWritten:
    """Have everything after a sequence sent again."""
    last = await asked.services.views.agency_feed.last_sequence(asked.caller.agency or "")
    window = asked.services.window
    return await subscription_work.ask_for_replay(window, asked.caller, name, version, body.after, last)


async def end_subscription(asked: Asking, name: str, version: int, _: SubscriptionEnding) -> SubscriptionWritten:
    """Be told nothing any more."""
    return await subscription_work.end_subscription(asked.services.window, asked.caller, name, version)


_OWN, _DECIDES = Action.SUBSCRIBE, Action.DECIDE_SUBSCRIPTION
COMMANDS = (
    SubscriptionCommand("POST", "/grant", _DECIDES, SubscriptionGrant, grant, "Grant a subscription"),
    SubscriptionCommand("POST", "/refusal", _DECIDES, SubscriptionRefusal, refuse, "Refuse a subscription"),
    SubscriptionCommand("PUT", "/endpoint", _OWN, EndpointChange, change_endpoint, "Change where events are sent"),
    SubscriptionCommand("POST", "/secret", _OWN, SecretRotation, rotate_secret, "Sign with a new secret"),
    SubscriptionCommand("POST", "/replay", _OWN, ReplayRequest, replay, "Have events sent again"),
    SubscriptionCommand("POST", "/ending", _OWN, SubscriptionEnding, end_subscription, "End a subscription"),
)


def _serving(command: SubscriptionCommand) -> Callable[..., Awaitable[Response]]:
    async def serve(name: Annotated[Slug, Path()], asked: Asked) -> Response:
        authorise(asked.caller, command.action)
        version = expected_version(asked.request)
        body = await read_body(asked.request, command.takes)
        return answer_of(await command.change(asked, name, version, body.asked))

    serve.__name__ = f"{command.change.__name__}_of_subscription"
    serve.__doc__ = f"{command.summary}. It must still be at the version that If-Match names."
    return serve


for _command in COMMANDS:
    router.add_api_route(
        _command.path,
        _serving(_command),
        methods=[_command.method],
        **described(
            _command.summary,
            _command.action,
            gives=SubscriptionDocument,
            takes=_command.takes,
            headers=(_IF_MATCH,),
            refuses=(404, 412, 428),
        ),
    )
