"""The event feed as server-sent events: `id` is the sequence, `data` a CloudEvent."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.asking import AskedForEvents
from api.documentation import described
from api.feed import Number, filter_of
from api.feed_channels import Channel, Filter, channel_for
from api.refusals import BadRequestError
from application.authorisation import Action

router = APIRouter(prefix="/v1", tags=["events"])

_PAGE = 200
_PATIENCE = 15.0
_RECONNECT = 1000  # milliseconds


class Following(NamedTuple):
    """A reader's place in a channel, and the end of the process, which ends the stream."""

    channel: Channel
    after: int
    closing: asyncio.Event


async def _following(
    asked: AskedForEvents,
    wanted: Annotated[Filter, Depends(filter_of)],
    after: Number = 0,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> Following:
    """Refuse before the stream begins: afterwards there is no status to say no with."""
    channel = await channel_for(asked, wanted)
    if last_event_id is not None:
        if not (last_event_id.isascii() and last_event_id.isdecimal() and len(last_event_id) < 19):  # noqa: PLR2004
            detail = "Last-Event-ID is the id of an event of this stream."
            raise BadRequestError("last-event-id-is-a-number", detail, "Last-Event-ID")
        after = int(last_event_id)
    return Following(channel, after, asked.services.closing)


def _described() -> dict[str, Any]:
    told = described("Follow the event feed", Action.READ_FEED, refuses=(404, 409))
    return told | {"response_class": EventSourceResponse}


@router.get("/events/stream", **_described())
async def follow_events(following: Annotated[Following, Depends(_following)]) -> AsyncIterator[ServerSentEvent]:
    """Follow events as they come; `Last-Event-ID` resumes after an event without a gap."""
    channel, after, closing = following
    ending = asyncio.create_task(closing.wait())
    try:
        yield ServerSentEvent(comment="pencere events", retry=_RECONNECT)
        known = await channel.moved(-1, 0)
        while not closing.is_set():
            page = await channel.page(after, _PAGE)
            for delivery in page.deliveries:
                yield ServerSentEvent(raw_data=delivery.event.decode(), id=str(delivery.sequence))
            if page.following == after:
                known = await _moved(channel, known, ending)
            after = page.following
    finally:
        ending.cancel()


async def _moved(channel: Channel, known: int, ending: asyncio.Task[bool]) -> int:
    """Wait for more, or for the end."""
    waiting = asyncio.ensure_future(channel.moved(known, _PATIENCE))
    done, _ = await asyncio.wait({waiting, ending}, return_when=asyncio.FIRST_COMPLETED)
    if waiting in done:
        return waiting.result()
    waiting.cancel()
    return known
