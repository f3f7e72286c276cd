"""Erasure, submission, assignment, decision, look and sweep in any order, each dying between any two of its steps."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from application.access.callers import Caller
from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError, StaleVersionError, Written
from application.cases.erasure import erase_person
from application.cases.prevention import sweep_orphans
from application.cases.reading import may_read
from application.draws.giving_back import give_back
from application.draws.holding import Held
from application.draws.rosters import leave_seat, take_seat
from application.verifying.ledger import check_ledger
from application.verifying.workers import here
from application.window import Window
from domain.case.events import CaseSubmitted, SubjectErased
from domain.case.stage import Stage
from domain.case.state import CaseState
from domain.desk.refusals import SeatUnknown
from domain.refusals import Refusal
from ledger.audit.whole import Against
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.published.codec import decode
from ledger.refusals import LedgerBusyError
from tests.application.conftest import OpenWindow
from tests.application.stepping import Stepped
from tests.application.town import (
    ISSUER,
    citizen,
    closes,
    decides,
    is_given,
    official,
    open_town,
    submitted,
)
from tests.draws.steered import drawn, reveal_all, sit_down

CLOSERS = tuple(official(f"closer-{number}") for number in range(3))
PEOPLE = ("leyla", "murad")  # both ask for permits, work at the desk, and may be erased
MOVES = (
    *("submits", "is_drawn", "is_erased") * 2,
    *("sits_down", "decides", "looks", "orphans_are_swept", "time_goes_by", "dies"),
    *("goes_on",) * 7,
    *("goes_on_for_long",) * 2,
)
_AGED = "UPDATE vault.keys SET created_at = created_at - interval '3 minutes'"
_NOT_NOW = (Refusal, CaseNotFoundError, StaleVersionError, LedgerBusyError)
_examples = itertools.count(1)


class World(NamedTuple):
    """The databases that all examples share; each example has its own people and cases."""

    runner: asyncio.Runner
    window: Window
    vault_owner: str


class AnyOrder(RuleBasedStateMachine):
    """Processes that run step by step, in random order."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.number = next(_examples)
        self.processes: list[Stepped] = []
        self.erased: set[str] = set()
        self.began = self.runs(self.world.window.ledger.head())

    def runs(self, scenario: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await scenario

        return self.world.runner.run(awaited())

    def name(self, person: str) -> str:
        return f"{person}-{self.number}"

    def cases(self) -> list[UUID]:
        entries = self.runs(self.world.window.ledger.read(self.began, 10_000))
        return [entry.stream for entry in entries if entry.topic == CaseSubmitted.topic]

    def starts(self, name: str, use_case: Callable[[Window], Awaitable[object]]) -> None:
        async def started() -> Stepped:
            process = Stepped(name, self.world.window, use_case)
            await process.arrived()
            return process

        self.processes.append(self.runs(started()))

    @rule(move=st.sampled_from(MOVES), person=st.sampled_from(PEOPLE), number=st.integers(0, 3))
    def moves(self, move: str, person: str, number: int) -> None:
        """Let something begin, go on or die. It is one rule, because Hypothesis leaves some rules out of an example."""
        getattr(self, f"_{move}")(person, number)

    def _submits(self, person: str, number: int) -> None:
        """Submit a new request, or the same one again."""
        who, key = citizen(self.name(person)), "same" if number == 0 else None
        self.starts(f"submission of {person}", lambda window: submitted(window, who, key=key))

    def _sits_down(self, person: str, _: int) -> None:
        who = official(self.name(person))
        self.starts(f"seat of {person}", lambda window: take_seat(window, who, "front"))

    def _is_drawn(self, _: str, number: int) -> None:
        cases = self.cases()
        if cases:
            case = cases[-1 - number % len(cases)]
            self.starts("draw", lambda window: drawn(window, case))

    def _decides(self, person: str, number: int) -> None:
        who, cases = official(self.name(person)), self.cases()
        if cases:
            case = cases[-1 - number % len(cases)]
            self.starts(f"decision of {person}", lambda window: decides(window, who, case))

    def _looks(self, person: str, number: int) -> None:
        who, cases = official(self.name(person)), self.cases()
        if cases:
            case = cases[-1 - number % len(cases)]
            self.starts(f"look of {person}", lambda window: _looked(window, who, case))

    def _is_erased(self, person: str, _: int) -> None:
        name = self.name(person)

        async def erased(window: Window) -> None:
            await erase_person(window, ISSUER, name)
            assert await self.world.window.vault.keys_of(ISSUER, name) == []  # an erased person stays erased

        self.erased.add(name)
        self.starts(f"erasure of {person}", erased)

    def _orphans_are_swept(self, _: str, __: int) -> None:
        """Sweep as if the process of every running submission had slept for an hour."""
        self.starts("sweep", lambda window: sweep_orphans(window, timedelta()))

    def _time_goes_by(self, _: str, __: int) -> None:
        with psycopg.connect(self.world.vault_owner, autocommit=True) as owner:
            owner.execute(_AGED)

    def _goes_on(self, _: str, number: int) -> None:
        self._steps(number, 1)

    def _goes_on_for_long(self, _: str, number: int) -> None:
        self._steps(number, 100)

    def _dies(self, _: str, number: int) -> None:
        if self.processes:
            process = self.processes.pop(-1 - number % len(self.processes))
            self.runs(process.die())

    def _steps(self, number: int, steps: int) -> None:
        """Let one of the processes go on, most often the latest."""
        if not self.processes:
            return
        process = self.processes[-1 - number % len(self.processes)]
        self.runs(process.go(steps))
        self._forget(process)

    def _forget(self, process: Stepped) -> None:
        if process.has_ended:
            self.processes.remove(process)
            answer = process.answer
            if isinstance(answer, BaseException) and not isinstance(answer, _NOT_NOW):
                raise answer

    def teardown(self) -> None:
        for process in [*self.processes]:
            self.runs(process.finish())
            self._forget(process)
        self.runs(self._comes_to_rest())

    async def _comes_to_rest(self) -> None:
        """Repeat what a crash has interrupted, and check that nothing is left that should not be."""
        window = self.world.window
        for name in self.erased:
            await erase_person(window, ISSUER, name)
        await sweep_orphans(window, timedelta())
        await reveal_all(window, "town", "front")
        entries = await window.ledger.read(self.began, 10_000)
        cases = [entry.stream for entry in entries if entry.topic == CaseSubmitted.topic]
        for case in cases:
            await self._can_be_ended(case)
        told = [(entry.stream, decode(entry).event) for entry in await window.ledger.read(self.began, 10_000)]
        erasures = Counter((stream, event.pseudonym) for stream, event in told if isinstance(event, SubjectErased))
        assert set(erasures.values()) <= {1}
        for name in map(self.name, PEOPLE):
            held = await window.vault.keys_of(ISSUER, name)
            of_cases = {own.case_id for own in held if own.role != "seat"}
            assert of_cases <= set(cases), "a key is left whose case never came to be"
            assert not any((own.case_id, str(own.key_ref)) in erasures for own in held)
            with suppress(SeatUnknown):
                await leave_seat(window, official(name), "front")
        await give_back(window, "town", "front", nothing_open)

    def _everybody(self) -> list[Caller]:
        """Return all who may sit at the desk; those of earlier examples have left it."""
        return [*(official(self.name(person)) for person in PEOPLE), *CLOSERS]

    async def _can_be_ended(self, case: UUID) -> None:
        window = self.world.window
        state = await state_of(window, case)
        if state.official is None and not state.has_ended:
            await drawn(window, case)
            state = await state_of(window, case)
        keys = {who: await window.vault.find(who.issuer, who.subject, case, "official") for who in self._everybody()}
        [worker] = [who for who, key in keys.items() if key is not None and str(key.key_ref) == state.official]
        if state.stage is not Stage.DECIDED:
            await decides(window, worker, case)
        assert (await closes(window, worker, case)).state.has_ended


async def nothing_open(_agency: str, _desk: str) -> Held:
    """Say that nobody has an open case: all were ended before."""
    return Held((), 0)


async def state_of(window: Window, case: UUID) -> CaseState:
    """Return a case as it is now."""
    state = (await load_case(window.ledger, case)).state
    assert state is not None
    return state


async def _looked(window: Window, who: Caller, case: UUID) -> None:
    state = (await load_case(window.ledger, case)).state
    await may_read(window, who, case, state)
    await window.looks.recorded()


@pytest.mark.parametrize("destroys", ["erasure", "sweep"])
def test_a_submission_is_safe_wherever_it_is_overtaken(
    open_window: OpenWindow, postgres: EmbeddedPostgres, vault_database: str, destroys: str
) -> None:
    async def overtaken(window: Window, before: int, within: int) -> None:
        who = citizen(f"{destroys}-{before}-{within}")
        submission = Stepped("submission", window, lambda own: submitted(own, who))
        await submission.arrived()
        for _ in range(before):
            await submission.step()
        overtaking = Stepped(destroys, window, lambda own: _destroyed(own, who.subject, destroys))
        await overtaking.arrived()
        await overtaking.go(within)
        await submission.finish()
        await overtaking.finish()
        case = submission.answer
        assert isinstance(case, Written), case
        await is_given(window, CLOSERS[0], case.case_id)
        assert (await decides(window, CLOSERS[0], case.case_id)).state.outcome == "granted"

    with a_world(open_window, postgres.vault_url("pencere_owner", vault_database)) as world:
        for before, within in itertools.product(range(3), range(8)):
            world.runner.run(overtaken(world.window, before, within))


def test_a_decision_that_an_erasure_overtakes_is_told_that_the_case_has_moved_on(
    open_window: OpenWindow, postgres: EmbeddedPostgres, vault_database: str
) -> None:
    async def overtaken(window: Window, before: int) -> bool:
        who, worker = citizen(f"decided-on-{before}"), CLOSERS[0]
        case = (await submitted(window, who)).case_id
        await is_given(window, worker, case)
        decision = Stepped("decision", window, lambda own: decides(own, worker, case))
        await decision.arrived()
        await decision.go(before)
        was_under_way = not decision.has_ended
        await erase_person(window, ISSUER, who.subject)
        await decision.finish()
        answer = decision.answer
        assert isinstance(answer, Written | StaleVersionError), answer
        if isinstance(answer, StaleVersionError):
            assert (await decides(window, worker, case)).state.outcome == "granted"
        return was_under_way

    with a_world(open_window, postgres.vault_url("pencere_owner", vault_database)) as world:
        under_way = [world.runner.run(overtaken(world.window, before)) for before in range(12)]
    assert under_way[0]
    assert not under_way[-1], "it was overtaken at each of its steps"


async def _destroyed(window: Window, subject: str, by: str) -> None:
    if by == "erasure":
        await erase_person(window, ISSUER, subject)
    else:
        await sweep_orphans(window, timedelta())


@contextmanager
def a_world(open_window: OpenWindow, vault_owner: str) -> Iterator[World]:
    with asyncio.Runner() as runner:
        opened = open_window()
        window = runner.run(opened.__aenter__())
        try:
            runner.run(open_town(window, {"front": 1000}))
            for closer in CLOSERS:
                runner.run(take_seat(window, closer, "front"))
            runner.run(sit_down(window, CLOSERS[0], "front"))
            yield World(runner, window, vault_owner)
        finally:
            runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize(
    "examples", [pytest.param(25), pytest.param(1000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_whatever_dies_wherever_no_case_is_stuck_and_nobody_who_was_erased_is_known(
    open_window: OpenWindow, postgres: EmbeddedPostgres, ledger_database: str, vault_database: str, examples: int
) -> None:
    vault_owner = postgres.vault_url("pencere_owner", vault_database)
    with a_world(open_window, vault_owner) as world:
        machine = type("AnyOrderHere", (AnyOrder,), {"world": world})
        few = settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            phases=[Phase.generate],  # a failing example is shown as it is: making it smaller takes minutes
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=few)
    reader = postgres.ledger_url("pencere_reader", ledger_database)
    checked = check_ledger(reader, Against(), here, lambda _done, _total: None)

    assert [found for found in checked.findings if found.check != "checkpoint"] == []  # nobody signs here
    assert checked.tree.events > examples
