"""Decides what follows from an answer: delivered, tried again at a time, or given up. Pure functions."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, NamedTuple

from consumers.webhooks.settings import WebhookSettings
from domain.values import micros_at
from ledger.channels.webhooks import ChannelStanding
from projections.instants import instant_at

_LONGEST_RETRY_AFTER: Final = timedelta(days=1)
_ASKS_FOR_PATIENCE: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class Answer(NamedTuple):
    """An endpoint's answer; its body, if the sender keeps bodies."""

    status: int
    retry_after: str | None = None
    body: bytes = b""


class Failure(NamedTuple):
    """Why a try failed; for people, and without anything that the endpoint sent.

    `pause` is how long the endpoint asks us to wait; `gone` means that it wants no more deliveries.
    """

    reason: str
    pause: timedelta | None = None
    gone: bool = False


def failure_of(answer: Answer, now: datetime) -> Failure | None:
    """Return why the answer means that the delivery failed; None when it succeeded."""
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if status == HTTPStatus.GONE:
        return Failure("answered 410 Gone", gone=True)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Failure(f"answered {status}: a redirect is not followed")
    if status in _ASKS_FOR_PATIENCE and answer.retry_after is not None:
        return Failure(f"answered {status}", _pause(answer.retry_after, now))
    return Failure(f"answered {status}")


def after_failure(
    standing: ChannelStanding, failure: Failure, now: datetime, settings: WebhookSettings
) -> ChannelStanding:
    """Return the webhook's state after one more failure: when it is tried again, or that it is disabled."""
    since = standing.failing_since if standing.failing_since is not None else micros_at(now)
    failures = standing.failures + 1
    is_over = failure.gone or now - instant_at(since) >= settings.give_up_after
    pause = min(settings.first_pause * 2 ** min(failures - 1, 40), settings.longest_pause)
    return standing._replace(
        failures=failures,
        failing_since=since,
        next_try=None if is_over else micros_at(now + max(pause, failure.pause or pause)),
        last_failure=failure.reason,
        disabled_at=micros_at(now) if is_over else None,
    )


def after_success(standing: ChannelStanding) -> ChannelStanding:
    """Return the webhook's state when its endpoint accepts deliveries again."""
    return standing._replace(failures=0, failing_since=None, next_try=None)


def _pause(retry_after: str, now: datetime) -> timedelta | None:
    """Return how long `Retry-After` asks us to wait, a day at most; None when it makes no sense."""
    given = retry_after.strip()
    if given.isascii() and given.isdecimal():
        return min(timedelta(seconds=int(given[:9])), _LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, OverflowError):  # overflow: a year or an offset that is too large for the parser
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), _LONGEST_RETRY_AFTER)
