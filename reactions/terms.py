"""After an event that may move the last day of a case, the clock counts it anew; so it does after an act of the law."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from domain.calendar.state import KnownCalendar
from domain.case.clock_commands import CountTerm
from domain.case.clock_events import TermExtended
from domain.case.deadlines import local_date
from domain.case.events import CaseReopened
from domain.case.stage_machine import SUSPENDING
from domain.case.state import CaseState
from domain.service.definition import ServiceDefinition
from domain.stream_kinds import CASE
from reactions.reaction import EventReaction, Seen, TimeReaction, Wanted


class CountedBy(NamedTuple):
    """The version of the service that a case pins, and the case's calendar as it is known."""

    service: ServiceDefinition
    calendar: KnownCalendar
    calendar_stream: UUID | None = None


def react(seen: Seen, case: CaseState, by: CountedBy, now: datetime) -> Sequence[Wanted]:
    """Return the command that counts the last day anew; it leads to nothing if the day stays."""
    if seen.event.topic in SUSPENDING and not case.clock.grounds:
        return ()  # the law lets the term run while an answer is owed
    today = local_date(now, case.time_zone)
    return (Wanted(CASE, seen.stream, CountTerm(now, today, by.service, by.calendar), seen.id),)


def due(case_id: UUID, case: CaseState, by: CountedBy, now: datetime) -> Sequence[Wanted]:
    """Return the command that counts the last day by the acts that are known now; its cause is the last of them."""
    if by.calendar_stream is None or case.has_ended or case.outcome is not None:
        return ()
    today = local_date(now, case.time_zone)
    command, cause = CountTerm(now, today, by.service, by.calendar), f"{by.calendar_stream}:{by.calendar.version}"
    return (Wanted(CASE, case_id, command, cause, about=str(case_id)),)


TERM_COUNTED: Final = EventReaction(
    "case-term-counted", CASE, SUSPENDING | {TermExtended.topic, CaseReopened.topic}, react
)
TERM_MOVED: Final = TimeReaction("case-term-moved", CASE, due)
