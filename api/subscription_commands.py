"""The routes that change a subscription, one for each row of the table of commands."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.bodies import read_body
from api.calls import JsonCall
from api.documentation import ONE_VERSION, described, header
from api.preconditions import expected_version
from api.subscriptions import SubscriptionDocument, answer_of
from application.access.authorisation import authorise
from application.subscriptions.changes import SUBSCRIPTION_COMMANDS, Outside, SubscriptionCommand, change_subscription
from domain.values import Slug

router = APIRouter(prefix="/v1/subscriptions/{name}", tags=["subscriptions"])

_IF_MATCH = header(
    "If-Match", "The ETag of the subscription as the caller has seen it.", required=True, pattern=ONE_VERSION
)


def _serving(command: SubscriptionCommand) -> Callable[..., Awaitable[Response]]:
    async def serve(name: Annotated[Slug, Path()], call: JsonCall) -> Response:
        authorise(call.caller, command.action)
        version = expected_version(call.request)
        body = await read_body(call, command.takes)
        services = call.services
        outside = Outside(services.egress, services.views.agency_feed.last_sequence)
        return answer_of(await change_subscription(services.window, call.caller, outside, name, version, body.document))

    serve.__name__ = f"{command.name}_of_subscription"
    serve.__doc__ = f"{command.summary}. It must still be at the version that If-Match names."
    return serve


for _command in SUBSCRIPTION_COMMANDS:
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
