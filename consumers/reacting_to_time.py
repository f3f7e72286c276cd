"""One look at what the passing of time has led to: page by page, and no stream holds another one up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from application.streams import Loaded
from application.window import Window
from consumers.carrying_out import AWAY, MOST_TRIES, carry_out, load_readable
from ledger.channels.reactions import ReactionPositions
from ledger.refusals import VersionConflictError
from reactions.reaction import TimeReaction

_log = logging.getLogger(__name__)

Pages: TypeAlias = Callable[[Any], Awaitable[tuple[Sequence[UUID], Any]]]
"""Given the cursor of the page before (None at first), returns streams and the cursor after them; None ends it."""

Pinned: TypeAlias = Callable[[Any], Awaitable[Any]]
Done = TypeVar("Done")
Mark: TypeAlias = Callable[[ReactionPositions], Awaitable[None]]


class Timed(NamedTuple):
    """A reaction to time, with where its streams are found.

    Attributes:
        reaction: the rule.
        pages: which streams something may be due for; a view's word, which may lag behind.
        pinned: returns what a state pins and the rule needs to know.
        begin: called before the first page, with how far the reactions are.
        end: called after the last page, if there was no fault.
    """

    reaction: TimeReaction
    pages: Pages
    pinned: Pinned
    begin: Mark | None = None
    end: Mark | None = None


async def look(
    window: Window,
    timed: Timed,
    positions: ReactionPositions,
    legal_now: Callable[[], Awaitable[datetime | None]],
    is_host: Callable[[], Awaitable[bool]],
) -> None:
    """Do what is due by now. A stream with a fault is left for the next look, and an operator reads of it.

    Args:
        window: where commands are carried out.
        timed: the reaction.
        positions: how far the reactions are.
        legal_now: returns the time by which a page is due; None ends the look, since nobody can tell what time it is.
        is_host: returns whether this process is still the one that does so; asked after each page.
    """
    faults: list[tuple[UUID, Exception]] = []
    if timed.begin is not None:
        await timed.begin(positions)
    streams, cursor = await timed.pages(None)
    while cursor is not None:
        now = await legal_now()  # for each page: a clock may jump during a look, which may take long
        if now is None:
            return
        checked = await _check_page(window, timed, streams, now)
        faults += [(stream, error) for stream, error in zip(streams, checked, strict=True) if error is not None]
        if not await is_host():
            return
        streams, cursor = await timed.pages(cursor)
    if timed.end is not None and not faults:
        # The commit point: a crash before it, and all of these streams are looked at once more.
        await timed.end(positions)
    if faults:
        stream, error = faults[0]
        says = "the reaction %s has a fault and stands still for %d streams: %s for %s"
        _log.error(says, timed.reaction.name, len(faults), type(error).__name__, stream)


async def _check_page(
    window: Window, timed: Timed, streams: Sequence[UUID], now: datetime
) -> Sequence[Exception | None]:
    """Do what is due for these streams; return for each what went wrong with it.

    All of them are loaded first, then all is asked that they pin: so a page takes few questions to the database, and
    what is pinned is never older than the streams.
    """
    kind = timed.reaction.kind
    loaded = await asyncio.gather(*(_tried(load_readable(window, kind, stream)) for stream in streams))
    return await asyncio.gather(*(_check(window, timed, found, now) for found in loaded))


async def _check(window: Window, timed: Timed, found: Loaded[Any, Any] | Exception, now: datetime) -> Exception | None:
    """Do what is due for a stream; return what went wrong with it."""
    if isinstance(found, Exception):
        return found
    if found.state is None:
        return None
    done = await _tried(_do(window, timed, found, now))
    return done if isinstance(done, Exception) else None


async def _do(window: Window, timed: Timed, found: Loaded[Any, Any], now: datetime) -> None:
    """Do what is due; where the stream has moved on meanwhile, it is asked anew, since what is pinned is older."""
    reaction = timed.reaction
    for left in reversed(range(MOST_TRIES)):
        wants = reaction.due(found.stream, found.state, await timed.pinned(found.state), now)
        try:
            for number, wanted in enumerate(wants):
                if (wanted.kind, wanted.stream) != (found.kind, found.stream):
                    await carry_out(window, reaction.name, number, wanted)
                else:
                    await carry_out(window, reaction.name, number, wanted, found if not number else None, tries=1)
        except VersionConflictError:
            if not left:
                raise
            found = await load_readable(window, found.kind, found.stream)
            continue
        return


async def _tried(doing: Awaitable[Done]) -> Done | Exception:
    """Return what came of it, or what went wrong: what is wrong with one stream must not stop the others."""
    try:
        return await doing
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - as above
        return error
