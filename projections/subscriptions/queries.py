"""Reads subscriptions, with how far their webhooks are (see ledger/channels/webhooks.py)."""

from collections.abc import Sequence
from typing import Any

import orjson

from projections.instants import instant_at
from projections.reading import ViewReader
from projections.subscriptions.types import Delivering, Subscription, Webhook, WebhookStanding

_NAMES = tuple(name for name in Subscription.model_fields if name != "webhook")
_OF_WEBHOOK = tuple(Webhook.model_fields)
_JSON = frozenset({"services", "topics", "reason"})
_COLUMNS = ", ".join([*(f"s.{name}" for name in _NAMES), *(f"w.{name}" for name in _OF_WEBHOOK)])
# OFFSET 0 makes the planner look each webhook up; without it, it may scan all of them for each subscription.
_FROM = """FROM subscriptions.subscriptions s LEFT JOIN LATERAL (
    SELECT * FROM webhooks.channels w WHERE w.subscription = s.name OFFSET 0) w ON true"""
_ONE = f"SELECT {_COLUMNS} {_FROM} WHERE s.name = %b"
_ALL = f"""
SELECT {_COLUMNS} {_FROM} WHERE s.name > %b AND (%b = '' OR s.status = %b) ORDER BY s.name LIMIT %b
"""
_OF_AGENCY = f"""
SELECT {_COLUMNS} {_FROM}
 WHERE s.agency = %b AND s.name > %b AND (%b = '' OR s.status = %b) ORDER BY s.agency, s.name LIMIT %b
"""
_TO_DELIVER = """s.name, s.agency, s.services, s.topics, s.endpoint, s.secret_number, s.previous_secret_until,
       s.begins_at, s.endpoint_version, s.replay_version, s.replay_after, a.sequence"""
_BY_WEBHOOK = """JOIN agency_feed.agencies a ON a.agency = s.agency
 WHERE s.status = 'granted' AND s.endpoint IS NOT NULL ORDER BY s.name"""
_DELIVERING = f"SELECT {_TO_DELIVER} FROM subscriptions.subscriptions s {_BY_WEBHOOK}"  # noqa: S608 - constant columns
_STANDINGS = f"SELECT {_TO_DELIVER}, {', '.join(f'w.{name}' for name in _OF_WEBHOOK)} {_FROM} {_BY_WEBHOOK}"


class Subscriptions:
    """What agencies have subscribed to."""

    def __init__(self, reader: ViewReader) -> None:
        self._reader = reader

    async def subscription(self, name: str) -> Subscription | None:
        """Return the subscription with that name; None when there is none."""
        rows = await self._reader.fetch(_ONE, [name])
        return _subscription(rows[0]) if rows else None

    async def page(
        self, *, agency: str | None = None, status: str | None = None, after: str = "", limit: int = 50
    ) -> list[Subscription]:
        """Return the subscriptions after a name, in the order of their names.

        Args:
            agency: only subscriptions of this agency.
            status: only subscriptions with this status.
            after: the name after which the page begins.
            limit: the most subscriptions to return.
        """
        asked: list[object] = [after, status or "", status or "", limit]
        if agency is None:
            rows = await self._reader.fetch(_ALL, asked)
        else:
            rows = await self._reader.fetch(_OF_AGENCY, [agency, *asked])
        return [_subscription(row) for row in rows]

    async def delivering(self) -> list[Delivering]:
        """Return every subscription that must be delivered to an endpoint."""
        return [_delivering(row) for row in await self._reader.fetch(_DELIVERING)]

    async def webhooks(self) -> list[WebhookStanding]:
        """Return every subscription that must be delivered, and how far it is."""
        rows = await self._reader.fetch(_STANDINGS)
        own = len(rows[0]) - len(_OF_WEBHOOK) if rows else 0
        return [WebhookStanding(_delivering(row[:own]), _webhook(row[own:])) for row in rows]


def _subscription(row: Sequence[Any]) -> Subscription:
    own, of_webhook = row[: len(_NAMES)], row[len(_NAMES) :]
    values = {name: _plain(name, value) for name, value in zip(_NAMES, own, strict=True)}
    return Subscription.model_validate({**values, "webhook": _webhook(of_webhook)})


def _webhook(row: Sequence[Any]) -> Webhook | None:
    return None if row[0] is None else Webhook.model_validate(dict(zip(_OF_WEBHOOK, row, strict=True)))


def _plain(name: str, value: Any) -> Any:
    return orjson.loads(value) if name in _JSON and value is not None else value


def _delivering(row: Sequence[Any]) -> Delivering:
    name, agency, services, topics, endpoint, number, until, *rest = row
    return Delivering(name, agency, _names(services), _names(topics), endpoint, number, _instant(until), *rest)


def _names(json: str | None) -> frozenset[str] | None:
    return None if json is None else frozenset(orjson.loads(json))


def _instant(microseconds: int | None) -> Any:
    return None if microseconds is None else instant_at(microseconds)
