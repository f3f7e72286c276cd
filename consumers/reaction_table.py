"""All reactions, each with where it finds what may be due: a new one is a line here."""

from typing import Any
from uuid import UUID

from application.window import Window
from consumers.cases_due import CasesDue
from consumers.cases_moved import CasesMoved, counted_by
from consumers.reacting import Heard, Reactions
from consumers.reacting_to_time import Timed
from consumers.services_to_tell import ServicesToTell
from domain.case.state import CaseState
from domain.service.definition import ServiceDefinition
from domain.values import micros_at
from projections.evidence_requests.queries import NOBODY
from projections.views import Views
from reactions.clock import CLOCK_OF_CASE
from reactions.evidence import EVIDENCE
from reactions.register_met import REGISTER_MET
from reactions.terms import TERM_COUNTED, TERM_MOVED, CountedBy

_AT_ONCE = 100
_CAUGHT_UP_WITHIN = 30.0  # seconds; a view that is further behind is looked at as it is


def all_reactions(window: Window, views: Views) -> Reactions:
    """Return the reactions of Pencere."""

    async def out_of_time(after: tuple[int, UUID] | None) -> tuple[list[UUID], Any]:
        if after is None:
            await views.positions.wait_for_views({"evidence_requests"}, await window.ledger.head(), _CAUGHT_UP_WITHIN)
        now = micros_at(window.clock())
        page = await views.evidence_requests.due(now, after=after or (0, NOBODY), limit=_AT_ONCE)
        return [case_id for _, case_id in page], page[-1] if page else None

    async def service_of(case: CaseState) -> ServiceDefinition:
        return await window.catalogue.definition(case.service, case.service_version)

    async def by(case: CaseState) -> CountedBy:
        return await counted_by(window, case)

    cases_due, cases_moved = CasesDue(window, views), CasesMoved(window, views)
    to_tell = ServicesToTell(window, views)
    return Reactions(
        of_events=[Heard(TERM_COUNTED, by)],
        of_time=[
            Timed(TERM_MOVED, cases_moved.pages, cases_moved.pinned, cases_moved.begin, cases_moved.end),
            Timed(CLOCK_OF_CASE, cases_due.pages, cases_due.pinned),
            Timed(EVIDENCE, out_of_time, service_of),
            Timed(REGISTER_MET, to_tell.pages, to_tell.pinned),
        ],
    )
