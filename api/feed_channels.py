"""The channels of the feed: an agency follows its own events by sequence, an auditor all events by position.

Every delivery carries `previous`: the number of the delivery before it in the same channel, or the number after which
the reader asked to begin. A reader who keeps the last number can see that nothing is missing, with a filter or without.
"""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar, NamedTuple, Protocol
from uuid import UUID

from api.calls import Call
from api.freshness import ViewName
from api.refusals import BadRequestError
from application.access.authorisation import Action, Scope, authorise
from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError
from application.identity import looks_stream
from application.subscriptions.changes import SubscriptionMovedOnError
from application.subscriptions.reading import ReadSubscription, read_subscription
from domain.subscription.refusals import SubscriptionNotGranted
from domain.subscription.state import SubscriptionState, SubscriptionStatus
from domain.topics import TOPICS
from ledger.published.cloud_events import cloud_event
from ledger.published.concerning import read
from ledger.store.ledger import Ledger
from projections.views import Views

_SCANNED = 1000  # entries that one filtered page of the whole ledger reads


class Delivery(NamedTuple):
    """An event with its numbers in the channel."""

    sequence: int
    event: bytes


class Page(NamedTuple):
    """Deliveries, and the number after which the next page begins."""

    deliveries: Sequence[Delivery]
    following: int


class Filter(NamedTuple):
    """Which events to deliver. None means all topics, all services, every agency, every case, no subscription."""

    topics: frozenset[str] | None
    services: frozenset[str] | None
    agency: str | None = None
    case: UUID | None = None
    subscription: str | None = None


class Channel(Protocol):
    """A numbered stream of deliveries; `needs` names the views that it reads."""

    needs: ClassVar[tuple[ViewName, ...]]

    async def page(self, after: int, limit: int) -> Page:
        """Return the page after a number."""
        ...

    async def moved(self, known: int, timeout: float) -> int:  # noqa: ASYNC109 - a wait with a limit is the promise
        """Return the channel's mark once it is beyond the known one, or after the timeout; then there may be more."""
        ...

    async def check_still_open(self) -> None:
        """Check that the channel may still be followed; raise the refusal that a new request would get."""
        ...

    def look(self) -> None:
        """Take in the reader's look, where looks are recorded; whoever delivers calls this before each delivery.

        Raises:
            LedgerBusyError: the look cannot be recorded now, so nothing may be delivered.
        """
        ...


class OpenChannel:
    """A channel that stays open as long as the caller's own right."""

    async def check_still_open(self) -> None:
        """Accept: nothing else can close the channel."""

    def look(self) -> None:
        """Take in nothing: whoever reads many cases' events at once looks at no case."""


class AgencyChannel(OpenChannel):
    """The events that concern an agency, by the agency's own sequence."""

    needs: ClassVar[tuple[ViewName, ...]] = ("agency_feed",)

    def __init__(self, views: Views, agency: str, wanted: Filter) -> None:
        self._views, self._agency, self._wanted = views, agency, wanted

    async def page(self, after: int, limit: int) -> Page:
        """Return the page after a sequence."""
        topics, services = self._wanted.topics, self._wanted.services
        feed = self._views.agency_feed
        found = await feed.page(self._agency, after, limit, topics=topics, services=services)
        made = [Delivery(each.sequence, cloud_event(read(each.entry), each.sequence, each.previous)) for each in found]
        return Page(made, made[-1].sequence if made else after)

    async def moved(self, known: int, timeout: float) -> int:  # noqa: ASYNC109 - as promised
        """Return the views' position once it is beyond the known one, or after the timeout."""
        return await self._views.positions.wait_beyond(known, timeout)


class WholeChannel(OpenChannel):
    """Every event, by position."""

    needs: ClassVar[tuple[ViewName, ...]] = ()

    def __init__(self, ledger: Ledger, wanted: Filter) -> None:
        self._ledger, self._topics = ledger, wanted.topics

    async def page(self, after: int, limit: int) -> Page:
        """Return the page after a position. A filtered page may be short although there is more."""
        entries = await self._ledger.read(after, limit if self._topics is None else _SCANNED)
        previous, made = after, list[Delivery]()
        for entry in entries:
            if self._topics is not None and entry.topic not in self._topics:
                continue
            made.append(Delivery(entry.position, cloud_event(read(entry), entry.position, previous)))
            previous = entry.position
            if len(made) == limit:
                return Page(made, previous)
        return Page(made, entries[-1].position if entries else after)

    async def moved(self, known: int, timeout: float) -> int:  # noqa: ASYNC109 - as promised
        """Return the ledger's last position once it is beyond the known one, or after the timeout."""
        return await self._ledger.wait_beyond(known, timeout)


class CaseChannel(OpenChannel):
    """The events of one case and the looks at it, by position."""

    needs: ClassVar[tuple[ViewName, ...]] = ()

    def __init__(self, call: Call, case_id: UUID, agency: str, topics: frozenset[str] | None) -> None:
        self._ledger, self._case_id, self._topics = call.services.window.ledger, case_id, topics
        self._take_in = partial(call.services.window.looks.take_in, call.caller, case_id, agency)

    def look(self) -> None:
        """Take in the look: in each hour in which something is delivered the first one counts."""
        self._take_in()

    async def page(self, after: int, limit: int) -> Page:
        """Return the page after a position."""
        streams = (self._case_id, looks_stream(self._case_id))
        found = [entry for each in streams for entry in await self._ledger.read_stream(each)]
        entries = sorted(entry for entry in found if entry.position > after)
        previous, made = after, list[Delivery]()
        for entry in entries:
            if self._topics is None or entry.topic in self._topics:
                made.append(Delivery(entry.position, cloud_event(read(entry), entry.position, previous)))
                previous = entry.position
            if len(made) == limit:
                break
        return Page(made, previous)

    async def moved(self, known: int, timeout: float) -> int:  # noqa: ASYNC109 - as promised
        """Return the ledger's last position once it is beyond the known one, or after the timeout."""
        return await self._ledger.wait_beyond(known, timeout)


class SubscribedChannel(AgencyChannel):
    """The events of a granted subscription, for as long as the subscription covers exactly these."""

    def __init__(self, call: Call, state: SubscriptionState) -> None:
        topics, services = (None if each is None else frozenset(each) for each in (state.topics, state.services))
        super().__init__(call.services.views, state.agency, Filter(topics, services))
        self._call, self._state = call, state

    async def check_still_open(self) -> None:
        """Check that the subscription is granted and covers the same events as before.

        Raises:
            SubscriptionNotFoundError, SubscriptionNotGranted: as for a new request.
            SubscriptionMovedOnError: it now covers other events.
            LedgerUnavailableError: the database does not answer.
        """
        now, found = await _granted(self._call, self._state.name)
        if (now.topics, now.services) != (self._state.topics, self._state.services):
            raise SubscriptionMovedOnError(found.seen)


async def channel_for(call: Call, wanted: Filter) -> Channel:
    """Return the channel that the caller may follow. Following a case is recorded as a look.

    Raises:
        NotAuthenticatedError, NotAllowedError: the caller may follow no channel.
        BadRequestError: there is no such topic, or the filter is not for this caller.
        CaseNotFoundError: there is no such case.
        SubscriptionNotFoundError, SubscriptionNotGranted: there is no such subscription, or it is not granted.
    """
    scope = authorise(call.caller, Action.READ_FEED)
    if wanted.topics is not None and not wanted.topics <= TOPICS.keys():
        raise BadRequestError("topic-is-known", "There is no such topic.", "topic")
    if wanted.subscription is not None:
        return await _subscribed_channel(call, wanted.subscription, wanted)
    if scope is not Scope.ALL:
        for name in ("agency", "case"):
            if getattr(wanted, name) is not None:
                raise BadRequestError("filter-is-for-auditors", "Only an auditor can ask for this.", name)
        return AgencyChannel(call.services.views, call.caller.agency or "", wanted)
    if wanted.agency is not None and wanted.case is None:
        return AgencyChannel(call.services.views, wanted.agency, wanted)
    if wanted.services is not None:
        raise BadRequestError("service-filter-is-for-agencies", "Only an agency's feed can be asked so.", "service")
    if wanted.case is None:
        return WholeChannel(call.services.window.ledger, wanted)
    return await _case_channel(call, wanted.case, wanted)


async def _subscribed_channel(call: Call, name: str, wanted: Filter) -> Channel:
    """Return the channel of a granted subscription; refuse any other filter beside it."""
    if any(each is not None for each in (wanted.topics, wanted.services, wanted.agency, wanted.case)):
        detail = "A subscription says what is told: ask for it alone."
        raise BadRequestError("subscription-stands-alone", detail, "subscription")
    state, _ = await _granted(call, name)
    return SubscribedChannel(call, state)


async def _granted(call: Call, name: str) -> ReadSubscription:
    subscription = await read_subscription(call.services.window, call.caller, Action.READ_SUBSCRIPTIONS, name)
    if subscription.state.status is not SubscriptionStatus.GRANTED:
        raise SubscriptionNotGranted(field="subscription")
    return subscription


async def _case_channel(call: Call, case_id: UUID, wanted: Filter) -> Channel:
    state = (await load_case(call.services.window.ledger, case_id, up_to=1)).state
    if state is None or wanted.agency not in {None, state.agency}:
        raise CaseNotFoundError
    channel = CaseChannel(call, case_id, state.agency, wanted.topics)
    channel.look()
    return channel
