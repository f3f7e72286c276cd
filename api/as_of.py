"""The query parameter `asOf`; `projections.as_of` defines its meaning."""

from typing import Annotated

from fastapi import Query
from pydantic import WithJsonSchema

from api.calls import Call
from api.freshness import ViewName, reach
from domain.values import DIGITS
from projections.as_of import Then, now, then

_FORMS = {
    "anyOf": [
        {"type": "string", "pattern": f"^{DIGITS}$"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
    ]
}
AsOf = Annotated[
    Annotated[str, WithJsonSchema(_FORMS)] | None,
    Query(
        alias="asOf",
        max_length=40,
        description="A position, an instant (RFC 3339), or a date: the end of that day at the agency.",
    ),
]


async def moment(call: Call, as_of: str | None, *needed: ViewName, zone: str = "UTC") -> Then:
    """Return what a caller asks for: now, or what was known then, once the views have reached that.

    Args:
        call: the call.
        as_of: what the caller has sent.
        needed: the views that answer.
        zone: the time zone in which a date is a day.

    Raises:
        AsOfUnreadableError: it is neither a position nor an instant nor a date.
        ViewBehindError, ViewStoppedError: as `catch_up` raises them.
    """
    if as_of is None:
        return now(call.services.window.clock())
    when = await then(as_of, call.services.window.ledger, zone)
    await reach(call, needed, when.position)
    return when
