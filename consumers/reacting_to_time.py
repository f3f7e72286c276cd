"""One look at what the passing of time has led to: page by page, and no stream holds another one up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from application.window import Window
from consumers.carrying_out import AWAY, carry_out, load_readable
from reactions.reaction import TimeReaction

_log = logging.getLogger(__name__)

Pages: TypeAlias = Callable[[Any], Awaitable[tuple[Sequence[UUID], Any]]]
"""Given the cursor of the page before (None at first), returns streams and the cursor after them; None ends it."""

Pinned: TypeAlias = Callable[[Any], Awaitable[Any]]


class Timed(NamedTuple):
    """A reaction to time, with where its streams are found.

    Attributes:
        reaction: the rule.
        pages: which streams something may be due for; a view's word, which may lag behind.
        pinned: returns what a state pins and the rule needs to know.
    """

    reaction: TimeReaction
    pages: Pages
    pinned: Pinned


async def look(window: Window, timed: Timed, is_host: Callable[[], Awaitable[bool]]) -> None:
    """Do what is due by now. A stream with a fault is left for the next look, and an operator reads of it.

    Args:
        window: where commands are carried out.
        timed: the reaction.
        is_host: returns whether this process is still the one that does so; asked after each page.
    """
    faults: list[tuple[UUID, Exception]] = []
    streams, cursor = await timed.pages(None)
    while cursor is not None:
        checked = await asyncio.gather(*(_check(window, timed, stream) for stream in streams))
        faults += [(stream, error) for stream, error in zip(streams, checked, strict=True) if error is not None]
        if not await is_host():
            return
        streams, cursor = await timed.pages(cursor)
    if faults:
        stream, error = faults[0]
        says = "the reaction %s has a fault and stands still for %d streams: %s for %s"
        _log.error(says, timed.reaction.name, len(faults), type(error).__name__, stream)


async def _check(window: Window, timed: Timed, stream: UUID) -> Exception | None:
    """Do what is due for a stream; return what went wrong with it."""
    reaction = timed.reaction
    try:
        state = (await load_readable(window, reaction.kind, stream)).state
        if state is None:
            return None
        wants = reaction.due(stream, state, await timed.pinned(state), window.clock())
        for number, wanted in enumerate(wants):
            await carry_out(window, reaction.name, number, wanted)
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001 - what is wrong with one stream must not stop the others
        return error
    return None
