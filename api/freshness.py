"""Lets a writer see its own write: `Position-Token` and `Prefer: wait=N`, on every read of a view.

A read waits for the position that the database has for the views it needs. So this works across processes, and a view
that has stopped refuses only the reads that need it.
"""

import re
from collections.abc import Collection
from typing import Literal, TypeAlias
from uuid import UUID

from api.calls import Call
from api.refusals import BadRequestError, ViewBehindError
from api.right import Right
from domain.values import DIGITS
from projections.positions import ViewStoppedError

LONGEST_WAIT = 10
USUAL_WAIT = 2
ViewName: TypeAlias = Literal[
    "agency_feed",
    "calendars",
    "case_history",
    "case_status",
    "catalogue",
    "draws",
    "figures",
    "resource_register",
    "once_only",
    "service_performance",
    "subscriptions",
    "worklist",
]
_TOKEN = re.compile(DIGITS)
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*([0-9]{1,6})(?=$|[,;\s])", re.IGNORECASE)


async def catch_up(call: Call, *needed: ViewName) -> dict[str, str]:
    """Wait until the needed views have reached the request's token; return the headers that say so.

    `View-Stopped` names those that have stopped: what they show is no newer than that moment.

    Raises:
        BadRequestError: no write has returned this token.
        ViewBehindError: the views do not reach it within the wait.
        ViewStoppedError: one of them has stopped before it, so that waiting does not help.
        TokenRefusedError, LedgerClosedError: the caller's right or this process has ended meanwhile.
    """
    stopped = call.services.views.positions.seen_stopped(needed)
    told = {"View-Stopped": ", ".join(one.view for one in stopped)} if stopped else {}
    token = call.request.headers.get("position-token")
    if token is None:
        return told
    if not _TOKEN.fullmatch(token):
        raise _not_from_a_write("A Position-Token is what a write has answered.")
    if not await call.services.window.ledger.has_given(int(token)):
        raise _not_from_a_write("No write has been given this position yet.")
    wait, applied = preferred_wait(call)
    async with Right(call) as right:
        await right.wait_for(reach(call, needed, int(token), wait))
    return applied | told


async def check_absence(call: Call, *needed: ViewName) -> None:
    """Check that what these views lack really does not exist.

    Raises:
        ViewStoppedError: one of them has stopped behind the ledger's end, so it cannot know.
    """
    positions = call.services.views.positions
    if positions.seen_stopped(needed):
        head = await call.services.window.ledger.head()
        for one in await positions.standings():
            if one.view in needed and one.stopped is not None and one.position < head:
                raise ViewStoppedError(one.view)


async def check_stream_current(call: Call, view: ViewName, stream: UUID) -> None:
    """Check that a view that has stopped still has the last event of a stream.

    Raises:
        ViewStoppedError: it does not; what it shows is out of date.
    """
    if call.services.views.positions.seen_stopped([view]):
        entries = await call.services.window.ledger.read_stream(stream)
        check_current(call, view, entries[-1].position if entries else 0)


def check_current(call: Call, view: ViewName, last: int) -> None:
    """Check that a view that has stopped still has the last event of the requested case.

    Raises:
        ViewStoppedError: it does not; what it shows is out of date.
    """
    for one in call.services.views.positions.seen_stopped([view]):
        if one.position < last:
            raise ViewStoppedError(view)


async def reach(call: Call, needed: Collection[ViewName], position: int, wait: float = USUAL_WAIT) -> None:
    """Wait until the needed views show everything up to a position.

    Raises:
        ViewBehindError, ViewStoppedError: as `catch_up` raises them.
    """
    if not await call.services.views.positions.wait_for_views(needed, position, wait):
        raise ViewBehindError


def _not_from_a_write(detail: str) -> BadRequestError:
    return BadRequestError("position-token-is-from-a-write", detail, "Position-Token")


def preferred_wait(call: Call) -> tuple[int, dict[str, str]]:
    """Return the most seconds to wait for something that is not ready, and the headers that say so."""
    preferred = _WAIT.search(call.request.headers.get("prefer", ""))
    if preferred is None:
        return USUAL_WAIT, {}
    wait = min(int(preferred[1]), LONGEST_WAIT)
    return wait, {"Preference-Applied": f"wait={wait}"}
