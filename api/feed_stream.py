"""The event feed as server-sent events: `id` is the sequence, `data` a CloudEvent."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.calls import Call, EventStreamCall
from api.documentation import described
from api.feed import After, filter_of
from api.feed_channels import Channel, Filter, channel_for
from api.problems import problem_of
from api.refusals import BadRequestError
from api.right import Right
from application.access.authorisation import Action
from domain.values import DIGITS

router = APIRouter(prefix="/v1", tags=["events"])

_PAGE = 200
_PATIENCE = 15.0
_RECONNECT = 1000  # milliseconds


LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", json_schema_extra={"pattern": f"^{DIGITS}$"})]


class Following(NamedTuple):
    """A reader's place in a channel, and the request that opened it."""

    channel: Channel
    after: int
    call: Call


async def _following(
    call: EventStreamCall,
    wanted: Annotated[Filter, Depends(filter_of)],
    after: After = 0,
    last_event_id: LastEventId = None,
) -> Following:
    """Refuse before the stream begins: afterwards no status can be sent."""
    channel = await channel_for(call, wanted)
    if last_event_id is not None:
        if re.fullmatch(DIGITS, last_event_id) is None:
            detail = "Last-Event-ID is the id of an event of this stream."
            raise BadRequestError("last-event-id-is-a-number", detail, "Last-Event-ID")
        after = int(last_event_id)
    return Following(channel, after, call)


def _described() -> dict[str, Any]:
    told = described("Follow the event feed", Action.READ_FEED, refuses=(404, 409))
    return told | {"response_class": EventSourceResponse}


@router.get("/events/stream", **_described())
async def follow_events(following: Annotated[Following, Depends(_following)]) -> AsyncIterator[ServerSentEvent]:
    """Follow events as they come; `Last-Event-ID` resumes after an event without a gap.

    The stream ends when the right ends with which it was opened, or when a look at a case cannot be recorded. Its last
    event then has the type `end`, and its data name the rule by which a new request would be refused.
    """
    channel, after, call = following
    async with Right(call, channel.check_still_open) as right:
        try:
            yield ServerSentEvent(comment="pencere events", retry=_RECONNECT)
            known = await right.wait_for(channel.moved(-1, 0))
            while True:
                page = await right.wait_for(channel.page(after, _PAGE))
                for delivery in page.deliveries:
                    right.check()
                    channel.look()
                    yield ServerSentEvent(raw_data=delivery.event.decode(), id=str(delivery.sequence))
                if page.following == after:
                    known = await right.wait_for(channel.moved(known, _PATIENCE))
                after = page.following
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                raise
            yield ServerSentEvent(event="end", data={"rule": problem.rule, "detail": problem.detail})
