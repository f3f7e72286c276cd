"""Reads the feeds of agencies, whole or filtered; in a filtered feed, too, each delivery names the one before."""

from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import Any

from domain.topics import TOPICS
from ledger.postgresql.arrays import texts
from ledger.store.entries import StoredEntry
from ledger.store.page_size import COLUMNS_IF_SMALL
from projections.agency_feed.types import Delivery
from projections.reading import ViewReader

_WITH_EVENTS = (
    f"SELECT d.sequence, d.service, {COLUMNS_IF_SMALL} FROM d JOIN ledger.events e USING (position) ORDER BY d.sequence"  # noqa: S608 - constant columns
)
_WHOLE = f"""
WITH d AS MATERIALIZED (
    SELECT sequence, service, position FROM agency_feed.deliveries
     WHERE agency = %b AND sequence > %b ORDER BY agency, sequence LIMIT %b)
{_WITH_EVENTS}
"""  # noqa: S608 - constant columns


def _filtered(asked: str, condition: str, order: str) -> tuple[str, str]:
    """Return the statements for a page and for the last delivery up to a sequence: one index search per combination."""
    page = f"""
WITH d AS MATERIALIZED (
    SELECT d.sequence, d.service, d.position FROM {asked} CROSS JOIN LATERAL (
        SELECT * FROM agency_feed.deliveries d WHERE d.agency = %b AND {condition} AND d.sequence > %b
         ORDER BY {order}, d.sequence LIMIT %b) d
     ORDER BY d.sequence LIMIT %b)
{_WITH_EVENTS}
"""  # noqa: S608 - constant columns
    last = f"""
SELECT max(d.sequence) FROM {asked} CROSS JOIN LATERAL (
    SELECT d.sequence FROM agency_feed.deliveries d WHERE d.agency = %b AND {condition} AND d.sequence <= %b
     ORDER BY {order.replace(",", " DESC,")} DESC, d.sequence DESC LIMIT 1) d
"""  # noqa: S608 - constant columns
    return page, last


_BY_TOPIC = _filtered("unnest(%b) AS asked (topic)", "d.topic = asked.topic", "d.agency, d.topic")
_BY_SERVICE = _filtered(
    "unnest(%b) AS named (topic) CROSS JOIN unnest(%b) AS asked (service)",
    "d.service = asked.service AND d.topic = named.topic AND d.service IS NOT NULL",
    "d.agency, d.service, d.topic",
)
_LAST = "SELECT sequence FROM agency_feed.agencies WHERE agency = %b"


class AgencyFeed:
    """The feed of each agency."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def page(
        self,
        agency: str,
        after: int,
        limit: int,
        *,
        topics: Collection[str] | None = None,
        services: Collection[str] | None = None,
    ) -> list[Delivery]:
        """Return the agency's events after a sequence, in order.

        A large event comes alone, so a page may be short although there is more: only an empty page is the end.

        Args:
            agency: the agency.
            after: a sequence of the agency's, delivered or not; 0 for the beginning.
            limit: the most events to return.
            topics: only events of these topics; None for all.
            services: only events about these services; None for all.
        """
        if topics is None and services is None:
            rows = await self._reader.fetch(_WHOLE, [agency, after, limit])
            return _chained(await self._with_parts(rows), after)
        asked = [texts(sorted(TOPICS if topics is None else set(topics)))]
        if services is not None:
            asked.append(texts(sorted(set(services))))
        page, last = _BY_TOPIC if services is None else _BY_SERVICE
        rows = await self._reader.fetch(page, [*asked, agency, after, limit, limit])
        if not rows:
            return []
        before = (await self._reader.fetch(last, [*asked, agency, after]))[0][0] if after > 0 else 0
        return _chained(await self._with_parts(rows), before or 0)

    async def _with_parts(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Return the rows before the first large event, or that event alone when it is the first."""
        small = list(takewhile(lambda row: None not in row[-2:], rows))
        if small or not rows:
            return small
        sequence, service, position, *_ = rows[0]
        return [(sequence, service, *await self._reader.entry(position))]

    async def last_sequence(self, agency: str) -> int:
        """Return the number of the agency's last event; 0 when there is none."""
        rows = await self._reader.fetch(_LAST, [agency])
        return int(rows[0][0]) if rows else 0


def _chained(rows: Sequence[Sequence[Any]], before: int) -> list[Delivery]:
    deliveries = []
    for sequence, service, *entry in rows:
        deliveries.append(Delivery(sequence, before, service, StoredEntry(*entry)))
        before = sequence
    return deliveries
