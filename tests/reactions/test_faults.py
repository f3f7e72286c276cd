"""What one event, case or reaction has wrong with it holds up nothing else, and nothing is done twice over it."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from consumers.reacting import Heard, ReactionHost, Reactions
from consumers.reacting_to_time import Timed
from consumers.reaction_table import all_reactions
from domain.case.deadlines import end_of, local_date
from domain.case.events import CaseSubmitted
from domain.case.state import CaseState
from domain.stream_kinds import CASE
from ledger.refusals import VersionConflictError
from ledger.store.entries import NewEvent
from reactions.clock import CLOCK_OF_CASE
from reactions.reaction import EventReaction, Seen, TimeReaction, Wanted
from tests.application.town import citizen, submitted
from tests.reactions.conftest import TERM, InTown, Town, until
from tests.reactions.made_up import GIVES_AWAY
from tests.reactions.test_host import GIVEN_AWAY, done, host_of, position_of

ALIEN = [("case.assigned", b"{}"), ("case.assigned", b"no JSON"), ("look.recorded", b"{}"), ("case.submitted", b"[]")]


async def put(town: Town, stream: UUID, version: int, topic: str, content: bytes) -> None:
    """Append what no command of ours leads to, as another application could."""
    await town.window.ledger.append([NewEvent(stream, version, topic, content, b"", os.urandom(32))])


class Contended:
    """A ledger in which somebody is always quicker to change one stream."""

    def __init__(self, ledger: Any, stream: UUID) -> None:
        self._ledger, self._stream = ledger, stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    async def append(self, events: Sequence[NewEvent], **named: Any) -> Any:
        """Append, but not to that stream."""
        if events[0].stream == self._stream:
            raise VersionConflictError(self._stream, events[0].version - 1)
        return await self._ledger.append(events, **named)


async def overdue_cases(town: Town, count: int) -> list[UUID]:
    """Return cases whose last day has passed, in the order in which a host looks at them."""
    cases = [(await submitted(town.window, citizen(f"citizen-{n}"))).case_id for n in range(count)]
    await town.catches_up()
    town.clock.at += timedelta(days=TERM.days + 2)
    return sorted(cases)


async def marks_all(town: Town, cases: Sequence[UUID], window: Any = None) -> None:
    """Return when all of these cases are marked, in one look at the clock."""
    reactions = all_reactions(town.window, town.views)
    host = ReactionHost(town.where.projector, window or town.window, reactions, every=3600, sources=town.sources)
    async with host.running():

        async def all_marked() -> bool:
            return all(["case.became_overdue" in await _topics(town, case) for case in cases])

        await until(all_marked)


async def _topics(town: Town, case: UUID) -> list[str]:
    return [entry.topic for entry in await town.window.ledger.read_stream(case)]


@pytest.mark.parametrize(("topic", "content"), ALIEN)
def test_a_case_in_which_nobody_can_read_keeps_no_other_one_from_being_marked(
    in_town: InTown[None], monkeypatch: pytest.MonkeyPatch, topic: str, content: bytes
) -> None:
    monkeypatch.setattr("consumers.reaction_table._AT_ONCE", 2)

    async def scenario(town: Town) -> None:
        broken, *others = await overdue_cases(town, 5)
        await put(town, broken, 2, topic, content)
        await marks_all(town, others)

    in_town(scenario)


def test_a_case_that_somebody_always_changes_first_keeps_no_other_one_from_being_marked(
    in_town: InTown[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.reaction_table._AT_ONCE", 2)

    async def scenario(town: Town) -> None:
        busy, *others = await overdue_cases(town, 5)
        ledger: Any = Contended(town.window.ledger, busy)
        await marks_all(town, others, town.window._replace(ledger=ledger))

    in_town(scenario)


def test_a_case_in_a_zone_that_the_machine_does_not_know_keeps_no_other_one_from_being_marked(
    in_town: InTown[None],
) -> None:
    async def scenario(town: Town) -> None:
        abroad, *others = await overdue_cases(town, 3)
        async with await psycopg.AsyncConnection.connect(town.where.projector, autocommit=True) as view:
            renamed = "UPDATE deadlines.cases SET time_zone = 'Asia/Founded_Later' WHERE case_id = %s"
            await view.execute(renamed, [abroad])
        await marks_all(town, others)

    in_town(scenario)


@pytest.mark.parametrize(("topic", "content"), ALIEN)
def test_what_another_application_has_put_in_a_case_holds_no_reaction_up(
    in_town: InTown[None], topic: str, content: bytes
) -> None:
    everything = EventReaction(
        GIVES_AWAY.name, CASE, frozenset({"case.submitted", "case.assigned", "look.recorded"}), _given_away_once
    )

    async def scenario(town: Town) -> None:
        broken = (await submitted(town.window, citizen("leyla"))).case_id
        await put(town, broken, 2, topic, content)
        whole = (await submitted(town.window, citizen("murad"))).case_id
        async with host_of(town, everything).running():
            await done(town)
        assert await town.topics(whole) == GIVEN_AWAY

    in_town(scenario)


def _given_away_once(seen: Seen, state: CaseState, pinned: object, now: datetime) -> Sequence[Wanted]:
    return GIVES_AWAY.react(seen, state, pinned, now) if isinstance(seen.event, CaseSubmitted) else ()


def test_a_reaction_that_stands_still_keeps_what_it_has_done_and_its_log_says_where(
    in_town: InTown[None], caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[UUID] = []

    async def scenario(town: Town) -> None:
        good = (await submitted(town.window, citizen("leyla"))).case_id
        before = await town.window.ledger.head()
        bad = (await submitted(town.window, citizen("murad"))).case_id

        def fails(seen: Seen, state: CaseState, pinned: object, now: datetime) -> Sequence[Wanted]:
            asked.append(seen.stream)
            if seen.stream == bad:
                raise ZeroDivisionError
            return GIVES_AWAY.react(seen, state, pinned, now)

        faulty = EventReaction("faulty", CASE, GIVES_AWAY.topics, fails)
        async with host_of(town, faulty, GIVES_AWAY).running():
            for n in range(5):  # each wakes the host up
                await submitted(town.window, citizen(f"citizen-{n}"))
                await done(town)
        assert await position_of(town, "faulty") == before
        assert asked == [good, bad], "it is not asked again whenever anything happens"
        lines = [record.message for record in caplog.records if "stands still" in record.message]
        assert lines == [
            f"the reaction faulty has a fault and stands still: ZeroDivisionError at position {before + 1}"
        ]

    in_town(scenario)


def test_a_reaction_to_a_stream_that_somebody_always_changes_first_holds_no_other_reaction_up(
    in_town: InTown[None],
) -> None:
    other = EventReaction("other", CASE, GIVES_AWAY.topics, lambda *_: ())

    async def scenario(town: Town) -> None:
        busy = (await submitted(town.window, citizen("leyla"))).case_id
        ledger: Any = Contended(town.window.ledger, busy)
        async with host_of(town._replace(window=town.window._replace(ledger=ledger)), GIVES_AWAY, other).running():
            await done(town, "other")

    in_town(scenario)


def test_a_look_at_the_clock_that_takes_long_holds_no_reaction_to_events_up(in_town: InTown[None]) -> None:
    async def endless(_: Any) -> tuple[list[UUID], int]:
        return [], 1

    async def nothing(_: Any) -> None:
        return None

    async def scenario(town: Town) -> None:
        timed = Timed(TimeReaction("endless", CASE, lambda *_: ()), endless, nothing)
        reactions = Reactions(of_events=[Heard(GIVES_AWAY)], of_time=[timed])
        async with ReactionHost(town.where.projector, town.window, reactions).running():
            await done(town)
            case = (await submitted(town.window, citizen("leyla"))).case_id
            await done(town)
        assert await town.topics(case) == GIVEN_AWAY

    in_town(scenario)


def by_name(town: Town, name: str) -> Timed:
    """Return a reaction to time, and where its streams are found."""
    return next(each for each in all_reactions(town.window, town.views).of_time if each.reaction.name == name)


def test_a_case_is_left_alone_as_long_as_its_own_last_day_lasts(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        case = (await submitted(town.window, citizen("leyla"))).case_id
        await town.catches_up()
        last = local_date(town.clock.at, "Asia/Baku") + timedelta(days=TERM.days)
        timed = by_name(town, CLOCK_OF_CASE.name)
        town.clock.at = end_of(last, "Asia/Baku") - timedelta(microseconds=1)
        assert (await timed.pages(None))[0] == []
        town.clock.at += timedelta(microseconds=1)
        assert (await timed.pages(None))[0] == [case]

    in_town(scenario)


class Stop:
    """Stops a host at one of its steps, as SIGSTOP does, until it is told to go on."""

    def __init__(self, at: int) -> None:
        self.left, self.reached, self.goes_on = at, asyncio.Event(), asyncio.Event()

    async def step(self) -> None:
        """Go on, or stop."""
        self.left -= 1
        if self.left == -1:
            self.reached.set()
            await self.goes_on.wait()

    def wrapped(self, behind: Any, *names: str) -> Any:
        """Return the same thing, with steps before and after these of its methods."""
        return _Stepped(self, behind, names)


class _Stepped:
    def __init__(self, stop: Stop, behind: Any, names: Sequence[str]) -> None:
        self._stop, self._behind, self._names = stop, behind, names

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._behind, name)
        return self._in_steps(found) if name in self._names else found

    def _in_steps(self, found: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def stepped(*arguments: Any, **named: Any) -> Any:
            await self._stop.step()
            answer = await found(*arguments, **named)
            await self._stop.step()
            return answer

        return stepped


def test_a_host_that_was_stopped_at_any_step_does_nothing_again_after_another_one_took_over(
    in_town: InTown[int], end_sessions: Callable[[str], int]
) -> None:
    async def scenario(town: Town) -> int:
        at = 2  # the election was won
        while await goes_on_after_another_one(town, Stop(at), end_sessions, f"step-{at}"):
            at += 3  # before and after by turns
        return at

    assert in_town(scenario) > 12, "every third question to the databases was a place to be stopped at"


async def goes_on_after_another_one(town: Town, stop: Stop, end_sessions: Callable[[str], int], name: str) -> bool:
    """Stop a host, have another one take over, let the first go on; return False where it was never stopped."""
    case = (await submitted(town.window, citizen(name))).case_id
    window = town.window._replace(ledger=stop.wrapped(town.window.ledger, "append", "read_stream"))
    host = host_of(town._replace(window=window))
    host._positions = stop.wrapped(host._positions, "elect", "read", "keep")
    async with host.running():
        await until(lambda: either(stop.reached.is_set(), done_by_now(town)))
        if not stop.reached.is_set():
            return False
        await asyncio.to_thread(end_sessions, "pencere reactions")
        async with host_of(town).running():
            await done(town)
            stop.goes_on.set()
            later = (await submitted(town.window, citizen(f"later, {name}"))).case_id
            await done(town)
    assert await town.topics(case) == await town.topics(later) == GIVEN_AWAY, name
    return True


async def done_by_now(town: Town) -> bool:
    """Return whether the reaction has looked at everything."""
    return await position_of(town) == await town.window.ledger.head()


async def either(one: bool, other: Awaitable[bool]) -> bool:  # noqa: FBT001 - what is waited for
    """Return whether one of the two holds."""
    return await other or one


def test_what_happens_wakes_no_host_that_looks_at_the_clock_alone(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        of_time = Reactions(of_events=[], of_time=all_reactions(town.window, town.views).of_time)
        host = ReactionHost(town.where.projector, town.window, of_time)
        rounds, elect = 0, host._positions.elect

        async def counted() -> bool:
            nonlocal rounds
            rounds += 1
            return await elect()

        async def begun() -> bool:
            return rounds > 1

        host._positions.elect = counted  # type: ignore[method-assign]
        async with host.running():
            await until(begun)
            before, began = rounds, asyncio.get_running_loop().time()
            for n in range(40):
                await submitted(town.window, citizen(f"citizen-{n}"))
            seconds = asyncio.get_running_loop().time() - began
        assert rounds - before <= seconds + 2, "it sees each second whether it is the host still"

    in_town(scenario)
