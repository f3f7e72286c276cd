"""Folds the events of subscriptions into one row for each."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from domain.subscription.state import SubscriptionStatus
from projections.columns import bigint, text, uuid
from projections.instants import micros
from projections.recorded import Batch, Recorded
from projections.tables import Row, Rows, Table
from projections.view import Needs, View

_ASKED = "subscription.asked"
_SUBSCRIPTIONS = Table(
    "subscriptions",
    "keyed",
    (
        uuid("stream"),
        text("name"),
        text("agency"),
        text("status"),
        text("services"),
        text("topics"),
        text("endpoint"),
        text("reason"),
        bigint("version"),
        bigint("position"),
        bigint("asked_at"),
        bigint("decided_at"),
        bigint("ended_at"),
        bigint("secret_number"),
        bigint("previous_secret_until"),
        bigint("begins_at"),
        bigint("endpoint_version"),
        bigint("replay_version"),
        bigint("replay_after"),
    ),
)
_NEW: Row = {
    "ended_at": None,
    "secret_number": 1,
    "previous_secret_until": None,
    "begins_at": None,
    "replay_version": 0,
    "replay_after": None,
}


def needs(batch: Batch) -> Needs:
    """Ask for the subscriptions that the events change."""
    return {
        "subscriptions": {event.stream for event in batch.events if event.topic in _CHANGES and event.version > 1},
    }


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into its subscription's row."""
    change = _CHANGES.get(event.topic)
    if change is None:
        return
    subscriptions = rows.keyed["subscriptions"]
    known = _NEW if event.version == 1 else subscriptions.require(event.stream)
    moved = {"stream": event.stream, "version": event.version, "position": event.position}
    subscriptions.put(event.stream, {**known, **change(known, event), **moved})


def _asked(_: Row, event: Recorded) -> Row:
    return {
        "name": event.data["name"],
        "agency": event.data["agency"],
        "status": SubscriptionStatus.ASKED.value,
        "services": _json(event.data["services"]),
        "topics": _json(event.data["topics"]),
        "endpoint": event.data["endpoint"],
        "endpoint_version": event.version,
        "reason": None,
        "asked_at": event.occurred_micros,
        "decided_at": None,
    }


def _granted(row: Row, event: Recorded) -> Row:
    begins_at = None if row["endpoint"] is None else event.position
    return {
        "status": SubscriptionStatus.GRANTED.value,
        "decided_at": event.occurred_micros,
        "begins_at": begins_at,
    }


def _refused(_: Row, event: Recorded) -> Row:
    return {
        "status": SubscriptionStatus.REFUSED.value,
        "decided_at": event.occurred_micros,
        "reason": _json(event.data["reason"]),
    }


def _endpoint_changed(row: Row, event: Recorded) -> Row:
    """Change the endpoint. A webhook that has begun goes on where it was, even after a time without an endpoint."""
    begins_at = row["begins_at"]
    if begins_at is None and row["status"] == SubscriptionStatus.GRANTED:
        begins_at = event.position
    return {"endpoint": event.data["endpoint"], "endpoint_version": event.version, "begins_at": begins_at}


def _secret_rotated(_: Row, event: Recorded) -> Row:
    return {
        "secret_number": event.data["number"],
        "previous_secret_until": micros(event.data["previous_until"]),
    }


_CHANGES: Mapping[str, Callable[[Row, Recorded], dict[str, Any]]] = {
    _ASKED: _asked,
    "subscription.granted": _granted,
    "subscription.refused": _refused,
    "subscription.endpoint_changed": _endpoint_changed,
    "subscription.secret_rotated": _secret_rotated,
    "subscription.replay_asked": lambda _, event: {
        "replay_version": event.version,
        "replay_after": event.data["after"],
    },
    "subscription.ended": lambda _, event: {
        "status": SubscriptionStatus.ENDED.value,
        "ended_at": event.occurred_micros,
    },
}


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


VIEW = View("subscriptions", (_SUBSCRIPTIONS,), needs, fold)
