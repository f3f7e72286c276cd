"""What the passing of time leads to in a case, in the order of the law; the domain decides whether it is due.

A case whose last day is over is overdue, and the clock says so once, so that nobody can say that it did not know; where
silence is an answer it grants the request instead.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from domain.calendar.state import KnownCalendar
from domain.case.clock_commands import EscalateCase, GrantBySilence, LapseCase, NoteUnpublishedGrant, WarnOfLastDay
from domain.case.clock_rules import grants_by_silence
from domain.case.commands import Command, MarkOverdue
from domain.case.deadlines import local_date
from domain.case.decisions import decide
from domain.case.state import CaseState
from domain.envelope import CLOCK
from domain.refusals import Refusal
from domain.service.definition import ServiceDefinition
from domain.stream_kinds import CASE
from reactions.reaction import TimeReaction, Wanted


class ByTheClock(NamedTuple):
    """What the clock needs to know beside the case.

    Attributes:
        service: the version of the service that the case pins.
        calendar: the case's calendar as it is known.
        looked_up_to: the ledger's last position; whatever is decided by this was not known before it.
    """

    service: ServiceDefinition
    calendar: KnownCalendar
    looked_up_to: int


def due(case_id: UUID, case: CaseState, by: ByTheClock, now: datetime) -> Sequence[Wanted]:
    """Return the commands that are due; their cause is the submission, where the term began."""
    if case.has_ended:
        return ()
    return [
        Wanted(CASE, case_id, command, f"{case_id}:1", about)
        for command, about in _in_the_order_of_the_law(case, by, now)
        if _is_allowed(command, case)
    ]


def _in_the_order_of_the_law(case: CaseState, by: ByTheClock, now: datetime) -> Iterator[tuple[Command, str]]:
    """Yield every command that the clock can give, each with what tells it from others of its kind."""
    today, (service, calendar, looked_up_to) = local_date(now, case.time_zone), by
    began, round_ = case.clock.clock.began, f"{case.reopenings}"
    yield LapseCase(now, today, service, calendar), f"lapse/{case.questions}/{round_}"
    yield WarnOfLastDay(now, today, service, calendar), f"warn/{case.last_day}/{round_}"
    if grants_by_silence(service, case):
        yield GrantBySilence(now, today, service, calendar, looked_up_to), f"grant/{round_}"
    elif case.outcome is None:  # whoever has decided is not late, even if the case is not closed yet
        yield MarkOverdue(now, today, CLOCK, service, calendar=calendar), f"overdue/{began}"
        yield EscalateCase(now, today, service, calendar), f"escalate/{began}/{case.clock.escalations + 1}"
    yield NoteUnpublishedGrant(now, today), f"unpublished/{round_}"


def _is_allowed(command: Command, case: CaseState) -> bool:
    try:
        return bool(decide(command, case))
    except Refusal:
        return False


CLOCK_OF_CASE: Final = TimeReaction("case-clock", CASE, due)
