"""The routes that say whether the process lives, and whether it can serve."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from api.answers import json_answer
from api.documentation import described
from api.log_watch import watched_log
from api.problems import Problem, view_stopped
from api.services import ApiServices
from api.webhook_watch import watched_webhooks
from ledger.channels.legal_time import TimeStanding
from projections.positions import lowest_of
from projections.view_type import ViewType

router = APIRouter(tags=["health"])

Answer = TypeVar("Answer")
_PATIENCE = 3.0
_NOBODYS_KEY = UUID(int=0)
_log = logging.getLogger(__name__)


class Live(ViewType):
    """The process answers."""

    status: str


class Ready(ViewType):
    """Both databases answer and every view goes on; `lag` is how many events the views are behind.

    With a view that has stopped the window is not ready, unless the caller has excluded that; then `stopped` names it.
    While the sources of time disagree, the window is ready, and `timeStandsStill` says why silence grants nothing;
    `timeServerAway` is null where there is no time server.
    """

    status: str
    position: int
    lag: int
    stopped: list[str]
    time_stands_still: str | None
    time_server_away: bool | None


@router.get("/health/live", **described("Check that the process lives", None, gives=Live))
async def live() -> Response:
    """Answer, which is all that there is to it."""
    return json_answer(b'{"status":"live"}')


@router.get("/health/ready", **described("Check that the window can serve", None, gives=Ready, refuses=(503,)))
async def ready(
    request: Request,
    exclude: Annotated[
        Literal["stopped-views"] | None,
        Query(description="For load balancers: a stopped view is named, and what does not need it is served."),
    ] = None,
) -> Response:
    """Ask both databases, and say how far the views are; a view that has stopped is named, with status 503."""
    services: ApiServices = request.app.state.services
    answers = await asyncio.gather(
        _in_time(services.window.ledger.head()),
        _in_time(services.window.vault.open_keys([_NOBODYS_KEY])),
        _in_time(services.views.positions.standings()),
    )
    head, keys, standings = answers
    if head is None or keys is None or standings is None:
        away = [name for name, answer in zip(("ledger", "vault", "views"), answers, strict=True) if answer is None]
        return Problem(
            503, "not-ready", f"Does not answer: {', '.join(away)}.", headers={"Retry-After": "2"}
        ).response()
    stopped = [standing.view for standing in standings if standing.stopped is not None]
    if stopped and exclude is None:
        return view_stopped(stopped).response()
    time: TimeStanding | None = await _in_time(services.views.positions.time())
    document = {
        "status": "ready",
        "position": head,
        "lag": max(0, head - lowest_of(standings)),
        "stopped": stopped,
        "timeStandsStill": time and time.stands_still,
        "timeServerAway": time and time.server_is_away,
    }
    return json_answer(orjson.dumps(document))


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Answer what there is to watch; when a database is away, without what only it knows."""
    services: ApiServices = request.app.state.services
    positions, window = services.views.positions, services.window
    head, standings, channels, webhooks, log, time = await asyncio.gather(
        _in_time(window.ledger.head()),
        _in_time(positions.standings()),
        _in_time(positions.channels()),
        _in_time(watched_webhooks(services.views, window.ledger, window.clock())),
        _in_time(watched_log(services.log)),
        _in_time(positions.time()),
    )
    text = services.metrics.text(head, standings, channels, webhooks, window.looks.waiting, log, time)
    return Response(text, 200, media_type=CONTENT_TYPE_LATEST)


async def _in_time(question: Awaitable[Answer]) -> Answer | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await question
    except Exception as error:  # noqa: BLE001 - whatever went wrong, the database is not ready
        _log.warning("not ready: %s", type(error).__name__)
        return None
