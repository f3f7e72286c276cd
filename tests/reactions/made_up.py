"""A made-up reaction: a submitted case is given to one official, and then to another one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid5

from domain.case.commands import AssignCase
from domain.case.events import CaseSubmitted
from domain.case.state import CaseState
from domain.stream_kinds import CASE
from reactions.reaction import WINDOW, EventReaction, Seen, Wanted


def officials_of(seen: Seen) -> tuple[str, str]:
    """Return who is given the case, in this order."""
    first, second = (str(uuid5(seen.stream, name)) for name in ("first", "second"))
    return first, second


def react(seen: Seen, state: CaseState, _: object, now: datetime) -> Sequence[Wanted]:
    """Return the two assignments."""
    return [
        Wanted(CASE, seen.stream, AssignCase(now, WINDOW, state.desk, official), seen.id)
        for official in officials_of(seen)
    ]


GIVES_AWAY = EventReaction("made-up", CASE, frozenset({CaseSubmitted.topic}), react)
