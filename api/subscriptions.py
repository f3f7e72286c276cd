"""The routes of subscriptions: an agency asks, the coordinator grants or refuses, both read the state."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.answers import case_headers, json_answer
from api.bodies import read_body
from api.calls import JsonCall
from api.documentation import FRESHNESS, described
from api.freshness import catch_up, check_stream_current, reach
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, paged, slug_of
from api.refusals import ViewBehindError
from application.access.authorisation import Action, Scope, authorise
from application.identity import subscription_stream
from application.subscriptions.changes import SubscriptionWritten, ask_for_subscription
from application.subscriptions.reading import read_secrets, read_subscription
from application.subscriptions.requests import SubscriptionRequest
from domain.subscription.state import SubscriptionStatus
from domain.values import Slug
from projections.instants import RowInstant
from projections.subscriptions.types import Subscription
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"])

Named = Annotated[Slug, Path()]


class SubscriptionDocument(ViewType):
    """A subscription as its last change has left it; no services or types: all of them."""

    name: str
    agency: str
    status: str
    services: list[str] | None
    topics: list[str] | None
    endpoint: str | None
    secret_number: int


class SubscriptionsPage(ViewType):
    """Subscriptions in the order of their names; `next` is the cursor of the page after this one."""

    items: list[Subscription]
    next: str | None


class SecretDocument(ViewType):
    """What signs the deliveries (Standard Webhooks); the previous secret signs beside it until then."""

    number: int
    secret: str
    previous_secret: str | None
    previous_until: RowInstant | None


def answer_of(written: SubscriptionWritten, status: int = 200, location: str | None = None) -> Response:
    """Return the answer to a change."""
    state = written.state
    document = SubscriptionDocument(
        name=state.name,
        agency=state.agency,
        status=state.status.value,
        services=None if state.services is None else list(state.services),
        topics=None if state.topics is None else list(state.topics),
        endpoint=state.endpoint,
        secret_number=state.secret_number,
    )
    headers = case_headers(written.version, written.position)
    if location is not None:
        headers["Location"] = location
    return json_answer(written_as(document), status, headers)


@router.put(
    "/{name}",
    **described(
        "Ask for a subscription",
        Action.SUBSCRIBE,
        gives=SubscriptionDocument,
        takes=SubscriptionRequest,
        also={201: "The subscription is new."},
    ),
)
async def put_subscription(name: Named, call: JsonCall) -> Response:
    """Ask for events, with an endpoint for webhooks or without; the same again changes nothing."""
    authorise(call.caller, Action.SUBSCRIBE)
    request, _ = await read_body(call, SubscriptionRequest)
    services = call.services
    written = await ask_for_subscription(services.window, call.caller, services.egress, name, request)
    is_new = written.version == 1 and written.position is not None
    return answer_of(written, 201, f"/v1/subscriptions/{name}") if is_new else answer_of(written)


@router.get(
    "",
    **described("List subscriptions", Action.READ_SUBSCRIPTIONS, gives=SubscriptionsPage, headers=FRESHNESS),
)
async def list_subscriptions(
    call: JsonCall,
    agency: Slug | None = None,
    status: SubscriptionStatus | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """List subscriptions: an agency its own; the coordinator and auditors all of them, or an agency's."""
    scope = authorise(call.caller, Action.READ_SUBSCRIPTIONS)
    headers = await catch_up(call, "subscriptions")
    of_agency = agency if scope is Scope.ALL else call.caller.agency or ""
    subscriptions = call.services.views.subscriptions
    items = await subscriptions.page(agency=of_agency, status=status, after=slug_of(cursor) or "", limit=limit)
    body, link = paged(call.request, map(written_as, items), last_of(items, limit, lambda each: each.name))
    return json_answer(body, 200, headers | link)


@router.get(
    "/{name}",
    **described(
        "Read a subscription", Action.READ_SUBSCRIPTIONS, gives=Subscription, headers=FRESHNESS, refuses=(404,)
    ),
)
async def read_one_subscription(name: Named, call: JsonCall) -> Response:
    """Read how a subscription stands, and how far its webhook is."""
    authorise(call.caller, Action.READ_SUBSCRIPTIONS)
    headers = await catch_up(call, "subscriptions")
    await read_subscription(call.services.window, call.caller, Action.READ_SUBSCRIPTIONS, name)
    view = call.services.views.subscriptions
    found = await view.subscription(name)
    if found is None:  # it is in the ledger, and soon in the view
        await reach(call, ["subscriptions"], await call.services.window.ledger.head())
        found = await view.subscription(name)
    if found is None:
        raise ViewBehindError
    await check_stream_current(call, "subscriptions", subscription_stream(name))
    return json_answer(written_as(found), 200, headers | case_headers(found.version))


@router.get(
    "/{name}/secret",
    **described("Read the secret of a webhook", Action.SUBSCRIBE, gives=SecretDocument, refuses=(404,)),
)
async def read_secret(name: Named, call: JsonCall) -> Response:
    """Read what the subscription's deliveries are signed with. It is stored nowhere; keep it to yourself."""
    secrets = await read_secrets(call.services.window, call.caller, name)
    document = SecretDocument(
        number=secrets.current.number,
        secret=secrets.current.secret,
        previous_secret=secrets.previous.secret if secrets.previous else None,
        previous_until=secrets.previous_until,
    )
    return json_answer(written_as(document))
