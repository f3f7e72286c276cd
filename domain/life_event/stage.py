"""The stage of a life event, which follows the stages of its cases."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from domain.case.stage import Stage

FOLLOWED: Final = (
    Stage.AWAITING_APPLICANT,
    Stage.AWAITING_EVIDENCE,
    Stage.SUBMITTED,
    Stage.IN_PROGRESS,
    Stage.UNDER_APPEAL,
    Stage.DECIDED,
    Stage.CLOSED,
    Stage.ARCHIVED,
    Stage.WITHDRAWN,
)
"""The stages in the order in which a life event follows them: it is in the first one in which any of its cases is.

A question to the applicant comes first: nobody else can answer it. Then the case that has the longest way to go: one
that waits for a resource has not reached a desk yet, and a decision under appeal may still change. So a life event is
Decided only when every case is, and has ended only when every case has. A case that was withdrawn holds nobody up, so
it counts only where all were withdrawn.
"""


class StageMove(NamedTuple):
    """That a case came into a stage, and when."""

    case_id: UUID
    stage: Stage
    at: datetime


class Standing(NamedTuple):
    """A stage, and since when."""

    stage: Stage
    since: datetime


def stage_of(stages: Iterable[Stage]) -> Stage:
    """Return the stage of a life event whose cases are in these stages.

    Raises:
        ValueError: there are none; a life event has cases.
    """
    return min(stages, key=FOLLOWED.index)


def standing_after(moves: Iterable[StageMove]) -> Standing:
    """Return the stage of a life event, and since when, after the moves of its cases in the order of the ledger.

    A case that comes to it later counts from then on.

    Raises:
        ValueError: there are none.
    """
    stages: dict[UUID, Stage] = {}
    standing: Standing | None = None
    for move in moves:
        stages[move.case_id] = move.stage
        stage = stage_of(stages.values())
        if standing is None or standing.stage is not stage:
            standing = Standing(stage, move.at)
    if standing is None:
        raise ValueError("a life event has cases")
    return standing
