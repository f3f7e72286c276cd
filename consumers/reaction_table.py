"""All reactions, each with where it finds what may be due: a new one is a line here."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

from application.window import Window
from consumers.reacting import Reactions
from consumers.reacting_to_time import Timed
from consumers.services_to_tell import ServicesToTell
from domain.case.deadlines import local_date
from domain.case.state import CaseState
from domain.service.definition import ServiceDefinition
from domain.values import micros_at
from projections.deadlines.queries import Unmarked
from projections.evidence_requests.queries import NOBODY
from projections.views import Views
from reactions.evidence import EVIDENCE
from reactions.overdue import OVERDUE
from reactions.register_met import REGISTER_MET

_AT_ONCE = 100
_CAUGHT_UP_WITHIN = 30.0  # seconds; a view that is further behind is looked at as it is
_EARLIEST_ZONE = timedelta(hours=14)  # no calendar on any wall is further ahead of UTC


def _is_over(case: Unmarked, now: datetime) -> bool:
    """Return whether the case's last day is over; where this machine cannot tell, that is found out case by case."""
    try:
        return case.last_day < local_date(now, case.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return True


def all_reactions(window: Window, views: Views) -> Reactions:
    """Return the reactions of Pencere."""

    async def past_their_last_day(after: tuple[date, UUID] | None) -> tuple[list[UUID], Any]:
        if after is None:  # what the view does not have yet would wait for the next look
            await views.positions.wait_for_views({"deadlines"}, await window.ledger.head(), _CAUGHT_UP_WITHIN)
        now = window.clock()
        page = await views.deadlines.unmarked((now + _EARLIEST_ZONE).date(), after, _AT_ONCE)
        # A day ends at its own hour in each zone: until then nothing is read of the cases whose last one it is.
        over = [each.case_id for each in page if _is_over(each, now)]
        return over, page[-1].place if page else None

    async def out_of_time(after: tuple[int, UUID] | None) -> tuple[list[UUID], Any]:
        if after is None:
            await views.positions.wait_for_views({"evidence_requests"}, await window.ledger.head(), _CAUGHT_UP_WITHIN)
        now = micros_at(window.clock())
        page = await views.evidence_requests.due(now, after=after or (0, NOBODY), limit=_AT_ONCE)
        return [case_id for _, case_id in page], page[-1] if page else None

    async def service_of(case: CaseState) -> ServiceDefinition:
        return await window.catalogue.definition(case.service, case.service_version)

    to_tell = ServicesToTell(window, views)
    return Reactions(
        of_time=[
            Timed(OVERDUE, past_their_last_day, service_of),
            Timed(EVIDENCE, out_of_time, service_of),
            Timed(REGISTER_MET, to_tell.pages, to_tell.pinned),
        ]
    )
