"""The worklists and deadlines show exactly what follows from the cases' events, in order."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from projections.deadlines.types import Deadline
from projections.views import Views
from projections.worklist.types import WorklistItem
from tests.projections.lived import KnownCase, Lived
from tests.projections.lives import SERVICES
from tests.projections.service_life import DESKS


def item_of(case: KnownCase) -> WorklistItem:
    state = case.state
    return WorklistItem(
        case_id=case.case_id,
        agency=state.agency,
        desk=state.desk,
        submitted_position=case.told[0].entry.position,
        reference=state.reference,
        service=state.service,
        service_version=state.service_version,
        stage=state.stage.value,
        official=state.official,
        channel=state.channel,
        language=state.language,
        submitted_at=case.told[0].decoded.envelope.occurred_at,
        last_day=state.last_day,
        marked_overdue_on=state.marked_overdue_on,
        time_zone=state.time_zone,
    )


def waiting(lived: Lived, agency: str, desks: Sequence[str]) -> list[WorklistItem]:
    """Return the waiting cases of these desks, in the order of submission."""
    return [
        item_of(case)
        for case in lived.cases
        if case.is_open and case.state.agency == agency and case.state.desk in desks
    ]


def assignable(lived: Lived, agency: str, desks: Sequence[str]) -> list[WorklistItem]:
    """Return those of them that can be assigned: nobody works on them, and no evidence is owed."""
    settled = {case.case_id for case in lived.cases if case.state.evidence.is_settled}
    return [item for item in waiting(lived, agency, desks) if item.official is None and item.case_id in settled]


def test_a_worklist_is_the_open_cases_of_its_desk_in_the_order_of_their_submission(lived: Lived) -> None:
    async def scenario(views: Views) -> None:
        for agency, desks in DESKS.items():
            for desk in desks:
                expected = waiting(lived, agency, [desk])
                assert await views.worklist.page(agency, [desk], limit=1000) == expected
                assert len(expected) > 3
            assert await views.worklist.page(agency, desks, limit=1000) == waiting(lived, agency, desks)
        assert await views.worklist.page("hill", ["pier"]) == [], "the desk is another agency's"

    lived.reads(scenario)


def test_a_case_that_another_agencys_desk_has_taken_over_is_in_its_worklist_only(lived: Lived) -> None:
    taken = [case for case in lived.cases if case.is_open and case.state.moved_from is not None]

    async def scenario(views: Views) -> None:
        for case in taken:
            now, before = case.state, case.state.moved_from
            assert before is not None
            assert item_of(case) in await views.worklist.page(now.agency, [now.desk], limit=1000)
            left = await views.worklist.page(before.agency, [before.desk], limit=1000)
            assert case.case_id not in {item.case_id for item in left}

    assert taken
    lived.reads(scenario)


def test_a_worklist_is_the_same_in_pages(lived: Lived) -> None:
    async def scenario(views: Views) -> list[WorklistItem]:
        items: list[WorklistItem] = []
        while page := await views.worklist.page("harbour", DESKS["harbour"], after=_place(items), limit=3):
            assert len(page) <= 3
            items += page
        return items

    assert lived.reads(scenario) == waiting(lived, "harbour", DESKS["harbour"])


def _place(items: list[WorklistItem]) -> int:
    return items[-1].submitted_position if items else 0


def test_only_what_nobody_works_on_is_unassigned_and_the_oldest_of_it_comes_first(lived: Lived) -> None:
    async def scenario(views: Views) -> None:
        for agency, desks in DESKS.items():
            expected = assignable(lived, agency, desks)
            assert await views.worklist.page(agency, desks, limit=1000, unassigned=True) == expected
            assert len(expected) > 3 or agency != "harbour"
        for desk in DESKS["harbour"]:
            held = [item.official for item in waiting(lived, "harbour", [desk]) if item.official is not None]
            assert Counter(map(str, await views.worklist.held("harbour", desk))) == Counter(held)

    lived.reads(scenario)


def test_an_official_finds_their_own_cases_by_their_pseudonyms_and_no_others(lived: Lived) -> None:
    async def scenario(views: Views) -> None:
        assigned = [item for item in waiting(lived, "harbour", DESKS["harbour"]) if item.official is not None]
        mine = [item.official for item in assigned if item.official][::2]
        away = [case.state.official for case in lived.cases if case.state.official and not case.is_open]

        found = await views.worklist.page("harbour", DESKS["harbour"], limit=1000, officials=[*mine, *away])

        assert found == [item for item in assigned if item.official in mine]
        assert len(found) > 3
        assert await views.worklist.page("harbour", ["pier"], limit=1000, officials=mine) == [
            item for item in found if item.desk == "pier"
        ]
        assert await views.worklist.page("harbour", DESKS["harbour"], officials=[]) == []

    lived.reads(scenario)


def due(lived: Lived) -> list[Deadline]:
    """Return the deadlines of open cases, earliest first."""
    found = []
    for case in lived.cases:
        state = case.state
        if case.is_open and state.last_day is not None:
            names = {
                "time_zone": state.time_zone,
                "agency": state.agency,
                "service": state.service,
                "reference": state.reference,
            }
            marked = state.marked_overdue_on
            found.append(Deadline(case_id=case.case_id, last_day=state.last_day, marked_overdue_on=marked, **names))
    return sorted(found, key=lambda one: (one.last_day, one.case_id))


def test_open_cases_with_a_deadline_are_due_in_its_order_whatever_is_asked_for(lived: Lived) -> None:
    everything = due(lived)
    middle = everything[len(everything) // 2].last_day
    tried: set[str] = set()

    async def scenario(views: Views) -> None:
        page = views.deadlines.page
        assert await page(limit=1000) == everything
        for service, agency in SERVICES.items():
            of_service = [one for one in everything if one.service == service]
            tried.update(one.service for one in of_service)
            assert await page(limit=1000, service=service) == of_service
            for whose in DESKS:  # another agency's desk may have taken some over
                theirs = [one for one in of_service if one.agency == whose]
                assert await page(limit=1000, service=service, agency=whose) == theirs
            assert await page(limit=1000, service=service, agency="nowhere") == []
            of_agency = [one for one in everything if one.agency == agency]
            assert await page(limit=1000, agency=agency) == of_agency
        for day in (middle, middle + timedelta(days=1)):
            assert await page(limit=1000, overdue_on=day) == [one for one in everything if one.last_day < day]

    lived.reads(scenario)
    assert len(tried) >= len(SERVICES) - 1, "one service may have no open case with a last day"
    assert any(not case.is_open and case.state.last_day for case in lived.cases)
    assert any(case.is_open and not case.state.last_day for case in lived.cases)


def test_deadlines_are_the_same_in_pages(lived: Lived) -> None:
    async def scenario(views: Views) -> list[Deadline]:
        found: list[Deadline] = []
        after: tuple[date, UUID] | None = None
        while page := await views.deadlines.page(after=after, limit=7):
            found += page
            after = (page[-1].last_day, page[-1].case_id)
        return found

    assert lived.reads(scenario) == due(lived)
