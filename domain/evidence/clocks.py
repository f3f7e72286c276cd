"""The three clocks of a request: until it is acknowledged, until it is answered, until the person has looked."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, assert_never

from domain.evidence.progress import SETTLED, EvidenceState, Happening, Outcome, outcome


class Clock(StrEnum):
    """What is waited for: the resource twice, then the person. `EXPIRY` ends all waiting."""

    ACKNOWLEDGE = "acknowledge"
    ANSWER = "answer"
    PREVIEW = "preview"
    EXPIRY = "expiry"


class Terms(NamedTuple):
    """How long is waited: the resource's service level, the person's time, and the end of all of it."""

    acknowledged_within: timedelta
    answered_within: timedelta
    previewed_within: timedelta
    expires_at: datetime


class Progress(NamedTuple):
    """A request's state, and since when whom is waited for.

    Attributes:
        state: where it stands.
        owed_since: since when the resource owes an answer; a second request after a preview begins anew.
        available_at: when the resource has said that it will answer.
        preview_since: since when the person is waited for.
    """

    state: EvidenceState
    owed_since: datetime
    available_at: datetime | None = None
    preview_since: datetime | None = None


class Due(NamedTuple):
    """The clock that runs, when it runs out, and what happens then."""

    clock: Clock
    at: datetime
    leads_to: Happening


_OWED_ANEW: Final = frozenset({EvidenceState.PREPARED, EvidenceState.PREVIEW_PENDING})


def prepared(at: datetime) -> Progress:
    """Return the progress of a request that is prepared at that time."""
    return Progress(EvidenceState.PREPARED, at)


def advanced(
    progress: Progress, happening: Happening, at: datetime, *, available_at: datetime | None = None
) -> tuple[Progress, Outcome]:
    """Return the progress after a happening, and the happening's outcome.

    Args:
        progress: before it.
        happening: what happens.
        at: when.
        available_at: for a deferral, until when; without it a deferral promises nothing new.
    """
    result = outcome(progress.state, happening)
    after = progress._replace(state=result.state)
    if result.remark is not None:
        return after, result
    if happening is Happening.SENT and progress.state in _OWED_ANEW:
        after = after._replace(owed_since=at, available_at=None, preview_since=None)
    elif happening is Happening.DEFERRED:
        after = after._replace(available_at=available_at or progress.available_at)
    elif happening is Happening.PREVIEW_ASKED:
        after = after._replace(preview_since=at)
    return after, result


def due(progress: Progress, terms: Terms) -> Due | None:
    """Return the clock that runs; None for a settled request."""
    if progress.state in SETTLED:
        return None
    running = _running(progress, terms)
    return running if running.at <= terms.expires_at else Due(Clock.EXPIRY, terms.expires_at, running.leads_to)


def ran_out(progress: Progress, terms: Terms, now: datetime) -> Due | None:
    """Return the clock that has run out by now, or None; its last instant is still in time."""
    running = due(progress, terms)
    return running if running is not None and now > running.at else None


def _running(progress: Progress, terms: Terms) -> Due:
    answer = later(progress.owed_since, terms.answered_within)
    match progress.state:
        case EvidenceState.PREPARED:
            # Nobody can acknowledge what has not left the window, which may be down: it can be sent while it is owed.
            return Due(Clock.ANSWER, answer, Happening.TIMED_OUT)
        case EvidenceState.SENT:
            acknowledge = later(progress.owed_since, terms.acknowledged_within)
            clock = Clock.ACKNOWLEDGE if acknowledge <= answer else Clock.ANSWER
            return Due(clock, min(acknowledge, answer), Happening.TIMED_OUT)
        case EvidenceState.ACKNOWLEDGED:
            return Due(Clock.ANSWER, answer, Happening.TIMED_OUT)
        case EvidenceState.DEFERRED:
            # An answer that leaves at the promised moment needs some time on its way.
            promised = later(progress.available_at or progress.owed_since, terms.acknowledged_within)
            return Due(Clock.ANSWER, max(answer, promised), Happening.TIMED_OUT)
        case EvidenceState.PREVIEW_PENDING:
            since = progress.preview_since or progress.owed_since
            return Due(Clock.PREVIEW, later(since, terms.previewed_within), Happening.PREVIEW_LAPSED)
        case (
            EvidenceState.ANSWERED
            | EvidenceState.NOT_FOUND
            | EvidenceState.REFUSED
            | EvidenceState.PREVIEW_REJECTED
            | EvidenceState.TIMED_OUT
            | EvidenceState.FAILED
        ):
            raise ValueError("no clock runs for a settled request")
        case _:
            assert_never(progress.state)


def later(at: datetime, by: timedelta) -> datetime:
    """Return the instant that much later, or the last one that can be counted."""
    try:
        return at + by
    except OverflowError:
        return datetime.max.replace(tzinfo=at.tzinfo)
