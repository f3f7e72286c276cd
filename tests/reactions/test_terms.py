"""An act that moves a day moves every open term; what suspends or extends a term moves its own; silence grants once."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from application.access.callers import Caller, Role
from application.cases.case_commands import change_case
from application.cases.case_streams import load_case
from application.cases.requests import AnswerToQuestion, Decision, GrantPublication, QuestionToApplicant, TermExtension
from application.cases.terms import term_then
from application.catalogue.calendar_requests import ActEntry, CalendarNaming, CalendarOpening
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import ServiceDraft, ServicePublication
from application.identity import calendar_stream
from application.request_document import RequestDocument
from consumers.reacting import ReactionHost, Reactions
from consumers.reaction_table import all_reactions
from domain.calendar.values import CountingRules, Entries, LegalAct, NamedDay
from domain.case.clock_events import GrantedBySilence, TermCounted
from domain.case.deadlines import local_date
from domain.clock.causes import NotShortened
from domain.refusals import Refusal
from domain.service.definition import Timing
from domain.values import Term
from ledger.refusals import VersionConflictError
from projections.as_of import LATEST
from tests.application.town import COORDINATOR, ISSUER, citizen, decides, is_given, official, submitted
from tests.application.town import SERVICE as PERMIT
from tests.reactions.conftest import InTown, Town, until

SYSTEM = Caller(ISSUER, "system", Role.AGENCY, "town")
CODE = LegalAct(title={"en": "Labour Code"}, number="105", published_on=date(1999, 2, 1))
DECREE = LegalAct(title={"en": "Decree"}, number="362", published_on=date(2026, 11, 30))
TEN_DAYS = Term(days=10, kind="working")
TIMING = Timing(
    suspended_for_answers="Administrative code, article 12",
    warned_before=Term(days=2, kind="working"),
    silence_published_within=Term(days=5, kind="working"),
)


async def with_calendar(town: Town, shortening: Any = "allowed", **changed: Any) -> None:
    """Open a calendar, name it, and publish a version of the permit whose terms it counts."""
    entries = Entries(rest_days=(6, 7), counting=CountingRules(shortening=shortening), from_day=date(2006, 1, 1))
    opening = CalendarOpening(slug="az", jurisdiction="az", working_week="five_days", act=CODE, entries=entries)
    await change_catalogue(town.window, COORDINATOR, opening)
    await change_catalogue(town.window, COORDINATOR, CalendarNaming(calendar="az"), "town")
    service = PERMIT.model_copy(update={"term": TEN_DAYS, "timing": TIMING} | changed)
    await change_catalogue(town.window, COORDINATOR, ServiceDraft(definition=service))
    await change_catalogue(town.window, COORDINATOR, ServicePublication(version=2), "permit")


async def act_enters(town: Town, *days: NamedDay) -> None:
    entry = ActEntry(act=DECREE, entries=Entries(days=days, from_day=min(each.day for each in days)))
    await change_catalogue(town.window, COORDINATOR, entry, "az")


def host_of(town: Town) -> ReactionHost:
    reactions = all_reactions(town.window, town.views)
    return ReactionHost(town.where.projector, town.window, reactions, every=0.05, sources=town.sources)


def today(town: Town) -> date:
    return local_date(town.clock.at, "Asia/Baku")


def working_day(after: date, days: int) -> date:
    while days:
        after += timedelta(days=1)
        days -= after.isoweekday() < 6
    return after


def day_off(day: date) -> NamedDay:
    return NamedDay(day=day, effect="off", why="holiday")


async def does(town: Town, who: Caller, case: UUID, asked: RequestDocument) -> None:
    version = (await load_case(town.window.ledger, case)).version
    await change_case(town.window, who, case, version, asked, None)


async def last_day(town: Town, case: UUID) -> date | None:
    """Return the last day as the case's events say it."""
    state = (await load_case(town.window.ledger, case)).state
    assert state is not None
    return state.last_day


async def counted(town: Town, case: UUID) -> list[TermCounted]:
    return [each.event for each in await town.told(case) if isinstance(each.event, TermCounted)]


async def once_settled(town: Town) -> None:
    """Return when the host has done everything: another host finds nothing more to do in a whole look."""
    head = -1
    while head != (head := await town.window.ledger.head()):
        await town.catches_up()
        async with host_of(town).running():
            for _ in range(4):
                await asyncio.sleep(0.06)  # the host's own interval, nothing else tells that it has looked


def test_an_act_that_moves_a_day_moves_every_open_term_once_and_names_the_act(
    in_town: InTown[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.cases_moved._AT_ONCE", 4)

    async def scenario(town: Town) -> None:
        await with_calendar(town)
        cases = [(await submitted(town.window, citizen(f"citizen-{n}"))).case_id for n in range(11)]
        decided, worker = cases.pop(), official("samira")
        await is_given(town.window, worker, decided)
        await decides(town.window, worker, decided)
        await act_enters(town, day_off(working_day(today(town), 3)))
        await once_settled(town)
        moved_to = working_day(today(town), 11)
        for case in cases:
            [event] = await counted(town, case)
            assert (event.last_day, event.calendar_version) == (moved_to, 2)
            told = [each for each in await town.told(case) if isinstance(each.event, TermCounted)]
            assert told[0].envelope.causation == f"{calendar_stream('az')}:2"
        assert await counted(town, decided) == []
        (status,) = await town.views.case_status.statuses([cases[0]])
        assert status is not None
        assert status.last_day == moved_to
        assert {each.last_day for each in await town.views.deadlines.page()} >= {moved_to}
        assert moved_to in {each.last_day for each in await town.views.worklist.page("town", ["front"])}

    in_town(scenario)


def test_an_act_that_moves_no_last_day_leads_to_no_event(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        await with_calendar(town)
        case = (await submitted(town.window, citizen("leyla"))).case_id
        await act_enters(town, day_off(working_day(today(town), 60)))
        await act_enters(town, day_off(today(town) - timedelta(days=30)))
        await once_settled(town)
        assert await counted(town, case) == []

    in_town(scenario)


def test_a_law_that_lets_no_act_shorten_a_running_term_keeps_its_last_day(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        await with_calendar(town, "never")
        case = (await submitted(town.window, citizen("leyla"))).case_id
        saturday = working_day(today(town), 5)
        while saturday.isoweekday() != 6:
            saturday -= timedelta(days=1)
        if saturday <= today(town):
            saturday += timedelta(days=7)
        await act_enters(town, NamedDay(day=saturday, effect="working", why="swap"))
        await once_settled(town)
        assert await last_day(town, case) == working_day(today(town), 10)
        then = await term_then(town.window, case, LATEST)
        assert then is not None
        assert any(isinstance(cause, NotShortened) for cause in then.causes)

    in_town(scenario)


def test_a_question_suspends_the_term_until_the_answer_and_both_are_counted(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        await with_calendar(town)
        leyla, worker = citizen("leyla"), official("samira")
        case = (await submitted(town.window, leyla)).case_id
        began = today(town)
        await is_given(town.window, worker, case)
        await does(town, worker, case, QuestionToApplicant(question="Where?", elements=()))
        await once_settled(town)
        [event] = await counted(town, case)
        assert (event.last_day, event.ground) == (None, TIMING.suspended_for_answers)
        town.clock.at += timedelta(days=7)
        await does(town, leyla, case, AnswerToQuestion(answer="Here.", answers={}))
        await once_settled(town)
        after = await last_day(town, case)
        assert after == working_day(began, 15)

    in_town(scenario)


def test_an_extension_moves_the_last_day_and_the_clock_says_so(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        await with_calendar(town, extension=Term(days=5, kind="working"))
        worker = official("samira")
        case = (await submitted(town.window, citizen("leyla"))).case_id
        await is_given(town.window, worker, case)
        longer = TermExtension(by=Term(days=5, kind="working"), ground="Article 14", reason="Eleven sheets.")
        await does(town, worker, case, longer)
        await once_settled(town)
        assert await last_day(town, case) == working_day(today(town), 15)

    in_town(scenario)


def test_silence_grants_on_the_day_after_the_last_one_once_and_begins_the_duty_to_publish(
    in_town: InTown[None],
) -> None:
    async def scenario(town: Town) -> None:
        await with_calendar(town, silent_approval=True)
        case = (await submitted(town.window, citizen("leyla"))).case_id
        last = await last_day(town, case)
        assert last is not None
        town.clock.at += last - today(town)
        await once_settled(town)
        assert await town.topics(case) == ["case.submitted", "case.nears_its_last_day"]
        town.clock.at += timedelta(days=1)
        await once_settled(town)
        *_, told = await town.told(case)
        assert isinstance(told.event, GrantedBySilence)
        assert (told.event.last_day, told.event.publish_by) == (last, working_day(today(town), 5))
        assert told.event.looked_up_to >= 1
        await does(town, SYSTEM, case, GrantPublication(published_at="Gazette 340"))
        town.clock.at += timedelta(days=30)
        await once_settled(town)
        assert (await town.topics(case))[2:] == ["case.granted_by_silence", "case.silent_grant_published"]

    in_town(scenario)


def test_a_grant_that_is_not_public_in_time_is_noted_once(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        await with_calendar(town, silent_approval=True)
        case = (await submitted(town.window, citizen("leyla"))).case_id
        await town.catches_up()
        town.clock.at += timedelta(days=30)
        await once_settled(town)
        town.clock.at += timedelta(days=30)
        await once_settled(town)
        assert (await town.topics(case))[-2:] == ["case.granted_by_silence", "case.silent_grant_not_published"]

    in_town(scenario)


def test_of_a_decision_and_the_silence_at_the_same_moment_exactly_one_holds(in_town: InTown[None]) -> None:
    """The official's clock still says the last day; the window's clock has passed it."""

    async def scenario(town: Town) -> None:
        await with_calendar(town, silent_approval=True)
        worker = official("samira")
        cases = [(await submitted(town.window, citizen(f"citizen-{n}"))).case_id for n in range(12)]
        for case in cases:
            await is_given(town.window, worker, case)
        await town.catches_up()
        last = await last_day(town, cases[0])
        assert last is not None
        town.clock.at += last - today(town)

        async def decide_late(case: UUID) -> None:
            try:
                await decides(town.window, worker, case)
            except (Refusal, VersionConflictError):
                return

        async def all_ended() -> bool:
            ended = {"case.decided", "case.granted_by_silence"}
            return all([ended & set(await town.topics(case)) for case in cases])

        async with host_of(town).running():
            first = [asyncio.create_task(decide_late(case)) for case in cases[:6]]
            await asyncio.sleep(0)
            town.clock.at += timedelta(days=1)
            await asyncio.gather(*first, *(decide_late(case) for case in cases[6:]))
            await until(all_ended)
        for case in cases:
            topics = await town.topics(case)
            assert topics.count("case.decided") + topics.count("case.granted_by_silence") == 1, topics
        for case in cases[6:]:
            assert "case.granted_by_silence" in await town.topics(case), "the last day was over"

    in_town(scenario)


def test_a_host_that_is_stopped_between_two_pages_moves_the_rest_when_it_is_back(
    in_town: InTown[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.cases_moved._AT_ONCE", 2)

    async def scenario(town: Town) -> None:
        await with_calendar(town)
        cases = [(await submitted(town.window, citizen(f"citizen-{n}"))).case_id for n in range(6)]
        await town.catches_up()
        await act_enters(town, day_off(working_day(today(town), 3)))
        reactions = all_reactions(town.window, town.views)
        moving = reactions.of_time[0]
        pages, reached = 0, asyncio.Event()

        async def stops_after_one(cursor: Any) -> Any:
            nonlocal pages
            pages += 1
            if pages > 1:
                reached.set()
                await asyncio.Event().wait()
            return await moving.pages(cursor)

        halting = Reactions(of_events=[], of_time=[moving._replace(pages=stops_after_one)])
        async with ReactionHost(town.where.projector, town.window, halting, sources=town.sources).running():
            await reached.wait()
        done = [bool(await counted(town, case)) for case in cases]
        assert sum(done) == 2, "the host was stopped after its first page"
        await once_settled(town)
        assert [len(await counted(town, case)) for case in cases] == [1] * 6

    in_town(scenario)


def test_the_decision_of_the_last_day_is_made_with_the_day_that_the_case_says(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        await with_calendar(town, silent_approval=True)
        worker = official("samira")
        case = (await submitted(town.window, citizen("leyla"))).case_id
        await is_given(town.window, worker, case)
        last = await last_day(town, case)
        assert last is not None
        town.clock.at += last - today(town)
        await does(town, worker, case, Decision(outcome="refused", legal_basis="Act 1", reasons="No."))
        town.clock.at += timedelta(days=9)
        await once_settled(town)
        assert "case.granted_by_silence" not in await town.topics(case)

    in_town(scenario)
