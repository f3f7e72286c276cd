"""What readers of the timeline receive."""

from typing import Any, NamedTuple
from uuid import UUID

from domain.values import AnswerValue
from projections.instants import RowInstant
from projections.view_type import ViewType


class HistoryRow(NamedTuple):
    """An event of a case: `entry` is ready JSON (a `HistoryEntry`); `sealed` is opened for those who may read it."""

    version: int
    position: int
    stream: UUID
    entry: bytes
    sealed: bytes


class HistoryActor(ViewType):
    """Who acted, under the pseudonym for this one case."""

    role: str
    pseudonym: str


class HistoryEntry(ViewType):
    """An event in a case's timeline; `sealed` has the stored names of what is sealed, `data` the open fields as stored.

    Where there are answers, `answers` has each by its element, and `open` names the elements that are declared open.
    """

    version: int
    position: int
    type: str
    occurred_at: RowInstant
    recorded_at: RowInstant
    actor: HistoryActor
    data: dict[str, Any]
    sealed: list[str]
    open: list[str] | None = None
    answers: dict[str, AnswerValue] | None = None
