"""What a reader of the feed follows: an agency its own events by their sequence, an auditor all of them by position.

Every delivery carries `previous`: the number of the delivery before it in the same channel, or what the reader has
asked to read after. So a reader who keeps the last number sees that nothing is missing, filtered or not.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from api.asking import Asking
from api.cloud_events import cloud_event
from api.refusals import BadRequestError
from application.authorisation import Action, Scope, authorise
from domain.topics import TOPICS
from ledger.log import Ledger
from projections.views import Views

_SCANNED = 1000  # entries that one page of a filtered whole log looks at


class Delivery(NamedTuple):
    """An event as it is delivered."""

    sequence: int
    event: bytes


class Page(NamedTuple):
    """Deliveries, and the number after which the reader goes on."""

    deliveries: Sequence[Delivery]
    following: int


class Filter(NamedTuple):
    """Which events; None: of all topics, about all services."""

    topics: frozenset[str] | None
    services: frozenset[str] | None


class Channel(Protocol):
    """A numbered stream of deliveries."""

    async def page(self, after: int, limit: int) -> Page:
        """Return what comes after a number."""
        ...

    async def moved(self, known: int, timeout: float) -> int:  # noqa: ASYNC109 - a wait with a limit is the promise
        """Return a mark as soon as it is beyond the known one, or after the timeout: then there may be more."""
        ...


class AgencyChannel:
    """The events that concern an agency, by the agency's own sequence."""

    def __init__(self, views: Views, agency: str, wanted: Filter) -> None:
        self._views, self._agency, self._wanted = views, agency, wanted

    async def page(self, after: int, limit: int) -> Page:
        """Return what comes after a sequence."""
        topics, services = self._wanted
        feed = self._views.agency_feed
        found = await feed.page(self._agency, after, limit, topics=topics, services=services)
        made = [Delivery(each.sequence, cloud_event(each.entry, each.sequence, each.previous)) for each in found]
        return Page(made, made[-1].sequence if made else after)

    async def moved(self, known: int, timeout: float) -> int:  # noqa: ASYNC109 - as promised
        """Return the views' position as soon as it is beyond the known one, or after the timeout."""
        return await self._views.positions.wait_beyond(known, timeout)


class WholeChannel:
    """Every event, by position."""

    def __init__(self, ledger: Ledger, wanted: Filter) -> None:
        self._ledger, self._topics = ledger, wanted.topics

    async def page(self, after: int, limit: int) -> Page:
        """Return what comes after a position; a filtered page may be short though there is more."""
        entries = await self._ledger.read(after, limit if self._topics is None else _SCANNED)
        previous, made = after, list[Delivery]()
        for entry in entries:
            if self._topics is not None and entry.topic not in self._topics:
                continue
            made.append(Delivery(entry.position, cloud_event(entry, entry.position, previous)))
            previous = entry.position
            if len(made) == limit:
                return Page(made, previous)
        return Page(made, entries[-1].position if entries else after)

    async def moved(self, known: int, timeout: float) -> int:  # noqa: ASYNC109 - as promised
        """Return the ledger's last position as soon as it is beyond the known one, or after the timeout."""
        return await self._ledger.wait_beyond(known, timeout)


def channel_for(asked: Asking, wanted: Filter) -> Channel:
    """Return the channel that the caller may follow.

    Raises:
        NotAuthenticatedError, NotAllowedError: the caller may follow none.
        BadRequestError: there is no such topic, or the filter is not for this caller.
    """
    scope = authorise(asked.caller, Action.READ_FEED)
    if wanted.topics is not None and not wanted.topics <= TOPICS.keys():
        raise BadRequestError("topic-is-known", "There is no such topic.", "topic")
    if scope is Scope.ALL:
        if wanted.services is not None:
            raise BadRequestError(
                "service-filter-is-for-agencies", "The whole log has no filter by service.", "service"
            )
        return WholeChannel(asked.services.window.ledger, wanted)
    return AgencyChannel(asked.services.views, asked.caller.agency or "", wanted)
