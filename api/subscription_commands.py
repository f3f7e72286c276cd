"""Changes to a subscription: one table of what can be asked, and one way to ask it."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, NamedTuple, TypeAlias

from fastapi import APIRouter, Path, Response

from api.bodies import read_body
from api.calls import Call, JsonCall
from api.documentation import ONE_VERSION, described, header
from api.preconditions import expected_version
from api.subscriptions import SubscriptionDocument, answer_of
from application.access.authorisation import Action, authorise
from application.request_document import RequestDocument
from application.subscriptions import changes as subscription_work
from application.subscriptions.changes import SubscriptionWritten
from application.subscriptions.requests import (
    EndpointChange,
    ReplayRequest,
    SecretRotation,
    SubscriptionEnding,
    SubscriptionGrant,
    SubscriptionRefusal,
)
from domain.values import Slug

router = APIRouter(prefix="/v1/subscriptions/{name}", tags=["subscriptions"])

_IF_MATCH = header(
    "If-Match", "The ETag of the subscription as the caller has seen it.", required=True, pattern=ONE_VERSION
)
Change: TypeAlias = Callable[[Call, str, int, Any], Awaitable[SubscriptionWritten]]


class SubscriptionCommand(NamedTuple):
    """A change: where it is asked for, by whom, with what body, and what it does."""

    method: str
    path: str
    action: Action
    takes: type[RequestDocument]
    change: Change
    summary: str


async def grant(call: Call, name: str, version: int, _: SubscriptionGrant) -> SubscriptionWritten:
    """Grant what was asked for."""
    return await subscription_work.grant_subscription(call.services.window, call.caller, name, version)


async def refuse(call: Call, name: str, version: int, body: SubscriptionRefusal) -> SubscriptionWritten:
    """Refuse what was asked for."""
    return await subscription_work.refuse_subscription(call.services.window, call.caller, name, version, body)


async def change_endpoint(call: Call, name: str, version: int, body: EndpointChange) -> SubscriptionWritten:
    """Have events sent elsewhere, or nowhere."""
    window, egress = call.services.window, call.services.egress
    return await subscription_work.change_endpoint(window, call.caller, egress, name, version, body)


async def rotate_secret(call: Call, name: str, version: int, _: SecretRotation) -> SubscriptionWritten:
    """Sign with a new secret."""
    return await subscription_work.rotate_secret(call.services.window, call.caller, name, version)


async def replay(call: Call, name: str, version: int, body: ReplayRequest) -> SubscriptionWritten:
    """Have everything after a sequence sent again."""
    last = await call.services.views.agency_feed.last_sequence(call.caller.agency or "")
    window = call.services.window
    return await subscription_work.ask_for_replay(window, call.caller, name, version, body.after, last)


async def end_subscription(call: Call, name: str, version: int, _: SubscriptionEnding) -> SubscriptionWritten:
    """Be told nothing any more."""
    return await subscription_work.end_subscription(call.services.window, call.caller, name, version)


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
    async def serve(name: Annotated[Slug, Path()], call: JsonCall) -> Response:
        authorise(call.caller, command.action)
        version = expected_version(call.request)
        body = await read_body(call.request, command.takes)
        return answer_of(await command.change(call, name, version, body.document))

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
