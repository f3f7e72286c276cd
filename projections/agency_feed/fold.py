"""Folds events into the numbered feed of each agency that they name."""

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
    """Need the last number of each agency that is named, and the services of the streams."""
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
    for agency in dict.fromkeys(event.agencies):
        row = agencies.get(agency)
        sequence = row["sequence"] + 1 if row else 1
        agencies.put(agency, {"agency": agency, "sequence": sequence})
        add((agency, sequence, event.position, event.topic, service))


def _service(streams: KeyedRows, event: Recorded) -> str | None:
    if not event.topic.startswith(_OF_SERVICE):
        return None
    known = streams.get(event.stream)
    if known is None:
        if event.topic == SUBMITTED:
            service = event.data["service"]
        elif event.topic == _DRAFTED:
            service = event.data["definition"]["slug"]
        else:
            known = streams.require(event.stream)
            service = known["service"]
        streams.put(event.stream, {"stream": event.stream, "service": service})
        return str(service)
    return str(known["service"])


VIEW = View("agency_feed", (_DELIVERIES, _AGENCIES, _STREAMS), needs, fold, needs_total_order=True)
