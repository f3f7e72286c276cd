"""The event feed page by page: CloudEvents whose data is the open part as stored."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import WithJsonSchema

from api.answers import json_answer
from api.calls import JsonCall
from api.documentation import FRESHNESS, described
from api.feed_channels import Channel, Filter, channel_for
from api.freshness import catch_up
from api.paging import next_link
from application.access.authorisation import Action
from application.request_document import SequenceNumber
from domain.topics import TOPICS
from domain.values import Slug
from projections.view_type import ViewType

router = APIRouter(prefix="/v1", tags=["events"])

_USUAL = 100
_MOST = 1000
After = Annotated[SequenceNumber, Query()]
Topics = Annotated[list[Annotated[str, WithJsonSchema({"enum": sorted(TOPICS)})]] | None, Query()]
Services = Annotated[list[Slug] | None, Query()]


class CloudEvent(ViewType):
    """An event (CloudEvents 1.0). `data` is the open part, byte for byte as it is stored and hashed.

    `type` is the topic, `subject` the stream, `time` the instant of recording; `recordedat` is the same in
    microseconds since 1970. `sequence` numbers the channel and `previous` is the delivery before this one, so that a
    gap shows. `salt` and `sealedhash` (hex) complete what the entry hash is made of. What another application on the
    same ledger has written, which auditors see, has `data_base64` instead of `data` where it is not JSON as ours is.
    """

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    sequence: int
    previous: int
    position: int
    recordedat: str
    salt: str
    sealedhash: str
    data: dict[str, Any]


class EventsPage(ViewType):
    """Events in order; `next` is the number to read on after."""

    items: list[CloudEvent]
    next: int


def filter_of(
    topic: Topics = None,
    service: Services = None,
    agency: Annotated[Slug | None, Query(description="For auditors: this agency's events, by its sequence.")] = None,
    case: Annotated[UUID | None, Query(description="For auditors: a case's events and the looks at it.")] = None,
    subscription: Annotated[
        Slug | None, Query(description="A granted subscription: what it names, and no more.")
    ] = None,
) -> Filter:
    """Return the filter in the query; a topic and a service may be given several times."""
    return Filter(
        frozenset(topic) if topic else None, frozenset(service) if service else None, agency, case, subscription
    )


@router.get(
    "/events",
    **described("Read the event feed", Action.READ_FEED, gives=EventsPage, headers=FRESHNESS, refuses=(404, 409)),
)
async def read_events(
    call: JsonCall,
    wanted: Annotated[Filter, Depends(filter_of)],
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = _USUAL,
) -> Response:
    """Read events after a number: an agency its own by its sequence, an auditor all of them by position.

    A page may be shorter than its limit although there is more. Only an empty page is the end.
    """
    channel: Channel = await channel_for(call, wanted)
    headers = await catch_up(call, *channel.needs)
    page = await channel.page(after, limit)
    headers |= next_link(call.request, {"after": str(page.following)})
    items = b",".join([delivery.event for delivery in page.deliveries])
    return json_answer(b'{"items":[%b],"next":%d}' % (items, page.following), 200, headers)
