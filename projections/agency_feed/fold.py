"""Folds events into the numbered feed of each agency that they name."""

from typing import Any

from ledger.published.concerning import numbered
from ledger.published.recorded import is_slug
from projections.columns import bigint, text, uuid
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import KeyedRows, Rows, Table
from projections.view import Needs, View

_DRAFTED = "service.drafted"
_OF_SERVICE = ("case.", "service.")
_DELIVERIES = Table(
    "deliveries",
    "appended",
    (text("agency"), bigint("sequence"), bigint("position"), text("topic"), text("service")),
    key=2,
)
_AGENCIES = Table("agencies", "keyed", (text("agency"), bigint("sequence")))
_STREAMS = Table("streams", "keyed", (uuid("stream"), text("service")))


def needs(batch: Batch) -> Needs:
    """Ask for the last number of each named agency, and for the services of the streams."""
    return {
        "agencies": {agency for event in batch.events for agency in event.agencies},
        "streams": {
            event.stream for event in batch.events if event.version > 1 and event.topic.startswith(_OF_SERVICE)
        },
    }


def fold(rows: Rows, event: Recorded) -> None:
    """Give the event the next number of each agency that it names."""
    agencies, add = rows.keyed["agencies"], rows.appended["deliveries"].add
    service = _service(rows.keyed["streams"], event)

    def last(agency: str) -> int:
        row = agencies.get(agency)
        return int(row["sequence"]) if row else 0

    for agency, sequence in numbered(event.agencies, last):
        agencies.put(agency, {"agency": agency, "sequence": sequence})
        add((agency, sequence, event.position, event.topic, service))


def _service(streams: KeyedRows, event: Recorded) -> str | None:
    if not event.topic.startswith(_OF_SERVICE):
        return None
    known = streams.get(event.stream)
    if known is None:
        service = _named(event)
        if service is not None:
            streams.put(event.stream, {"stream": event.stream, "service": service})
        return service
    return str(known["service"])


def _named(event: Recorded) -> str | None:
    """Return the service that an event names; None when it names no possible one, whoever wrote the event."""
    named: Any = None
    if event.topic == SUBMITTED:
        named = event.stored.get("service")
    elif event.topic == _DRAFTED:
        definition = event.stored.get("definition")
        named = definition.get("slug") if isinstance(definition, dict) else None
    return named if is_slug(named) else None


VIEW = View("agency_feed", (_DELIVERIES, _AGENCIES, _STREAMS), needs, fold, needs_total_order=True, reads_no_data=True)
