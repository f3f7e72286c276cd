"""The host does everything that events lead to, once, whatever dies, and in nobody's way."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from application.cases.case_commands import change_case
from application.cases.case_streams import load_case
from application.cases.requests import Withdrawal
from consumers.reacting import Heard, ReactionHost, Reactions
from consumers.reacting_to_time import Timed
from domain.case.events import CaseSubmitted, CaseWithdrawn
from domain.case.state import CaseState
from domain.stream_kinds import CASE
from ledger.channels.reactions import ReactionPositions, ReactionsUnavailableError
from reactions.reaction import EventReaction, Seen, TimeReaction, Wanted
from tests.application.town import citizen, submitted
from tests.reactions.conftest import InTown, Town, until
from tests.reactions.made_up import GIVES_AWAY, react

GIVEN_AWAY = ["case.submitted", "case.assigned", "case.assigned"]


def host_of(town: Town, *reactions: EventReaction) -> ReactionHost:
    return ReactionHost(
        town.where.projector, town.window, Reactions(of_events=[Heard(each) for each in reactions or [GIVES_AWAY]])
    )


async def position_of(town: Town, name: str = GIVES_AWAY.name) -> int:
    """Return how far a reaction has looked, as the database has it."""
    reader = ReactionPositions(town.where.projector)
    try:
        return (await reader.read([name]))[name]
    finally:
        await reader.close()


async def done(town: Town, name: str = GIVES_AWAY.name) -> None:
    """Return when a reaction has looked at everything, also at what it has led to itself."""

    async def is_done() -> bool:
        return await position_of(town, name) == await town.window.ledger.head()

    await until(is_done)


async def withdrawn(town: Town, case_id: UUID) -> None:
    """Have the applicant take a case back."""
    version = (await load_case(town.window.ledger, case_id)).version
    await change_case(town.window, citizen("leyla"), case_id, version, Withdrawal())


def _timed(name: str) -> Timed:
    async def nothing(_: Any) -> tuple[list[UUID], None]:
        return [], None

    return Timed(TimeReaction(name, CASE, lambda *_: ()), nothing, nothing)


class KilledError(BaseException):
    """The process has died here."""


class Steps:
    """Dies at one of its steps: right before or right after something is asked of a database."""

    def __init__(self, fatal: int) -> None:
        self.left, self.died = fatal, False

    def step(self) -> None:
        """Go on, or die."""
        if self.left == 0:
            self.died = True
            raise KilledError
        self.left -= 1

    def wrapped(self, behind: Any, *names: str) -> Any:
        """Return the same thing, with steps before and after these of its methods."""
        steps = self

        class Wrapped:
            def __getattr__(self, name: str) -> Any:
                found = getattr(behind, name)
                if name not in names:
                    return found

                async def stepped(*arguments: Any, **named: Any) -> Any:
                    steps.step()
                    answer = await found(*arguments, **named)
                    steps.step()
                    return answer

                return stepped

        return Wrapped()


async def run_until_it_dies(town: Town, steps: Steps, reached: Coroutine[Any, Any, None]) -> None:
    """Have a host run until it dies at its fatal step, or has done everything."""
    window = town.window._replace(ledger=steps.wrapped(town.window.ledger, "append", "read_stream"))
    host = host_of(town._replace(window=window))
    host._positions = steps.wrapped(host._positions, "elect", "read", "keep")
    running = asyncio.create_task(host.run())
    everything = asyncio.create_task(reached)
    await asyncio.wait({running, everything}, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, everything):
        task.cancel()
        with suppress(asyncio.CancelledError, KilledError):
            await task


def test_killed_at_every_step_the_host_does_everything_once(in_town: InTown[int]) -> None:
    async def scenario(town: Town) -> int:
        fatal = 0
        while True:
            case = (await submitted(town.window, citizen(f"citizen-{fatal}"))).case_id
            steps = Steps(fatal)
            await run_until_it_dies(town, steps, done(town))
            async with host_of(town).running():
                await done(town)
            told = await town.told(case)
            assert [each.event.topic for each in told] == GIVEN_AWAY, f"died at step {fatal}"
            assert [each.envelope.causation for each in told] == [None, f"{case}:1", f"{case}:1"]
            if not steps.died:
                return fatal
            fatal += 1

    assert in_town(scenario) > 12, "every question to the databases was a place to die at"


def test_what_a_host_does_stands_under_its_own_name_and_names_its_cause(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        case = (await submitted(town.window, citizen("leyla"))).case_id
        async with host_of(town).running():
            await done(town)
        told = await town.told(case)

        assert {each.envelope.actor.role for each in told[1:]} == {"window"}
        assert {each.envelope.origin for each in told[1:]} == {"live"}

    in_town(scenario)


def test_a_new_reaction_begins_at_the_beginning_and_one_that_was_there_goes_on(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        before = (await submitted(town.window, citizen("leyla"))).case_id
        async with host_of(town).running():
            await done(town)
        looked_at: list[int] = []

        def remember(seen: Seen, _: CaseState, __: object, ___: datetime) -> Sequence[Wanted]:
            looked_at.append(seen.version)
            return ()

        other = EventReaction("other", CASE, frozenset({CaseSubmitted.topic}), remember)
        async with host_of(town, GIVES_AWAY, other).running():
            await done(town, "other")
        assert looked_at == [1]
        assert await town.topics(before) == GIVEN_AWAY

    in_town(scenario)


def test_one_of_two_hosts_works_and_the_other_takes_over_when_it_is_gone(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        first, second = host_of(town), host_of(town)
        async with second.running():
            async with first.running():
                case = (await submitted(town.window, citizen("leyla"))).case_id
                await done(town)
            later = (await submitted(town.window, citizen("murad"))).case_id
            await done(town)
        assert await town.topics(case) == await town.topics(later) == GIVEN_AWAY

    in_town(scenario)


def test_what_has_become_pointless_is_not_done_and_holds_nothing_up(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        case = (await submitted(town.window, citizen("leyla"))).case_id
        async with host_of(town).running():
            await done(town)

        def again(seen: Seen, state: CaseState, pinned: object, now: datetime) -> Sequence[Wanted]:
            return [wanted._replace(stream=case) for wanted in react(seen, state, pinned, now)]

        await withdrawn(town, case)
        late = EventReaction("late", CASE, frozenset({CaseSubmitted.topic, CaseWithdrawn.topic}), again)
        async with host_of(town, late).running():
            await done(town, "late")
        assert await town.topics(case) == [*GIVEN_AWAY, "case.withdrawn"]

    in_town(scenario)


def test_a_faulty_reaction_stands_still_and_no_other_one_does(
    in_town: InTown[None], caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: Seen, __: CaseState, ___: object, ____: datetime) -> Sequence[Wanted]:
        raise ZeroDivisionError("a secret")

    faulty = EventReaction("faulty", CASE, frozenset({CaseSubmitted.topic}), fails)

    async def scenario(town: Town) -> None:
        before = await town.window.ledger.head()
        case = (await submitted(town.window, citizen("leyla"))).case_id
        async with host_of(town, faulty, GIVES_AWAY).running():
            await done(town)
        assert await town.topics(case) == GIVEN_AWAY
        assert await position_of(town, "faulty") == before

    in_town(scenario)
    assert "the reaction faulty has a fault and stands still: ZeroDivisionError" in caplog.text
    assert "a secret" not in caplog.text


def test_two_reactions_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="the same name"):
        Reactions(of_events=[Heard(GIVES_AWAY)], of_time=[_timed(GIVES_AWAY.name)])


def test_many_events_are_followed_in_batches(in_town: InTown[None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consumers.reacting._AT_ONCE", 3)

    async def scenario(town: Town) -> None:
        cases = await asyncio.gather(*(submitted(town.window, citizen(f"citizen-{n}")) for n in range(10)))
        async with host_of(town).running():
            await done(town)
        assert [await town.topics(case.case_id) for case in cases] == [GIVEN_AWAY] * 10

    in_town(scenario)


def test_whoever_has_lost_the_lock_keeps_nothing_until_it_is_elected_again(
    in_town: InTown[None], end_sessions: Callable[[str], int]
) -> None:
    async def scenario(town: Town) -> None:
        first, second = ReactionPositions(town.where.projector), ReactionPositions(town.where.projector)
        with pytest.raises(ReactionsUnavailableError):
            await first.keep("made_up", 1)
        assert await first.elect()
        await first.keep("made_up", 1)
        assert end_sessions("pencere reactions") == 1
        await until(second.elect)
        for _ in range(2):
            with pytest.raises(ReactionsUnavailableError):
                await first.keep("made_up", 2)
            assert await first.read(["made_up"]) == {"made_up": 1}  # opens another session
        assert not await first.elect()
        await second.close()
        await until(first.elect)
        await first.keep("made_up", 2)
        assert await first.read(["made_up"]) == {"made_up": 2}
        await first.close()

    in_town(scenario)


def test_a_lost_session_is_opened_anew(in_town: InTown[None], end_sessions: Callable[[str], int]) -> None:
    async def scenario(town: Town) -> None:
        async with host_of(town).running():
            await done(town)
            assert await asyncio.to_thread(end_sessions, "pencere reactions") == 1
            case = (await submitted(town.window, citizen("leyla"))).case_id
            await done(town)
        assert await town.topics(case) == GIVEN_AWAY

    in_town(scenario)
