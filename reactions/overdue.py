"""An open case whose last day has passed is overdue: the clock says so once, so that nobody can say it did not know."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from domain.case.commands import MarkOverdue
from domain.case.deadlines import local_date
from domain.case.state import CaseState
from domain.envelope import CLOCK
from domain.service.definition import ServiceDefinition
from domain.stream_kinds import CASE
from reactions.reaction import TimeReaction, Wanted


def due(case_id: UUID, case: CaseState, service: ServiceDefinition, now: datetime) -> Sequence[Wanted]:
    """Return the command that marks the case overdue, if it is; its cause is the submission, where the term began."""
    today = local_date(now, case.time_zone)
    if case.has_ended or case.marked_overdue_on is not None or case.last_day is None or today <= case.last_day:
        return ()
    command = MarkOverdue(at=now, local_date=today, actor=CLOCK, service=service)
    return (Wanted(CASE, case_id, command, f"{case_id}:1"),)


OVERDUE: Final = TimeReaction("case-overdue", CASE, due)
