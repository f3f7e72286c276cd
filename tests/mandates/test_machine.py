"""Mandates given, accepted, declined, revoked, run out and used in any order: rights are always as a plain model says.

It runs on a real ledger and vault. Every answer's state equals what the stored events alone give, and the audit finds
nothing in what is left.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from application.access.callers import Caller
from application.cases.case_commands import change_case
from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError, Written, refuse_own_cause
from application.cases.erasure import erase_person
from application.cases.reading import read_own
from application.cases.requests import MessageToSend
from application.mandates.answering import accept_mandate, decline_mandate, revoke_mandate
from application.mandates.joining import leave_case
from application.mandates.listing import own_mandate
from application.mandates.requests import NamedBy
from application.mandates.streams import MandateNotFoundError, load_mandate
from application.verifying.ledger import check_ledger
from application.verifying.workers import here
from application.window import Window
from domain.case.refusals import OfficialIsParty, TooManyMessages
from domain.refusals import Refusal
from ledger.audit.whole import Against
from ledger.embedded.postgres import EmbeddedPostgres
from tests.application.conftest import OpenWindow
from tests.application.town import ISSUER, citizen, official, open_town
from tests.mandates.family import NUMBER, Days, asks, day, gives, joins, known

PEOPLE = ("leyla", "sister", "brother")
MOVES = (
    *("gives", "accepts", "accepts") * 2,
    *("asks", "asks_for", "asks_for", "joins", "joins", "leaves", "writes", "writes"),
    *("declines", "revokes", "a_day_goes_by", "is_erased"),
)
_NOT_NOW = (Refusal, CaseNotFoundError, MandateNotFoundError)
_examples = itertools.count(1)


class World(NamedTuple):
    """The databases that all examples share; each example has its own people, and a calendar of its own."""

    runner: asyncio.Runner
    window: Window


@dataclass
class Mandate:
    """A mandate in the model: who has given it to whom, for which service or case, until which day."""

    mandate: UUID
    giver: str
    receiver: str
    service: str | None
    case_id: UUID | None
    first_day: date
    last_day: date
    status: str = "offered"
    was_accepted: bool = False


@dataclass
class Model:
    """What is so: cases by their applicant, and the mandate by which somebody acts in a case."""

    today: date
    mandates: list[Mandate] = field(default_factory=list)
    cases: dict[UUID, str] = field(default_factory=dict)
    acting: dict[tuple[UUID, str], Mandate] = field(default_factory=dict)
    party: set[tuple[UUID, str]] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)

    def gives_right(self, mandate: Mandate, who: str, case_id: UUID | None) -> bool:
        is_theirs = case_id is None or self.cases[case_id] == mandate.giver
        covers = mandate.service == "permit" or (case_id is not None and mandate.case_id == case_id)
        holds = mandate.status == "accepted" and mandate.first_day <= self.today <= mandate.last_day
        return mandate.receiver == who and is_theirs and covers and holds

    def may_act(self, who: str, case_id: UUID) -> bool:
        if self.cases[case_id] == who:
            return True
        mandate = self.acting.get((case_id, who))
        return mandate is not None and self.gives_right(mandate, who, case_id)

    def is_party(self, who: str, case_id: UUID) -> bool:
        had_mandate = [each for each in self.mandates if each.was_accepted and each.receiver == who]
        return (case_id, who) in self.party or self.cases[case_id] in {each.giver for each in had_mandate}


class Mandates(RuleBasedStateMachine):
    """People who do anything at any time; what the model does not allow is refused."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.number = next(_examples)
        self.days = Days()
        self.window = self.world.window._replace(clock=self.days)
        self.model = Model(day(0))

    def runs(self, scenario: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await scenario

        return self.world.runner.run(awaited())

    def caller(self, person: str) -> Caller:
        return known(f"{person}-{self.number}", self.named(person))

    def named(self, person: str) -> str:
        return f"AZE-{person}-{self.number}"

    def tries(self, allowed: bool, scenario: Awaitable[Any]) -> Any:  # noqa: FBT001 - what the model says
        """Try something, and check that it is done exactly if the model allows it."""
        if not allowed:
            with pytest.raises(_NOT_NOW):
                self.runs(scenario)
            return None
        answer = self.runs(scenario)
        if isinstance(answer, Written):
            assert answer.state == self.runs(load_case(self.window.ledger, answer.case_id)).state
        return answer

    @rule(move=st.sampled_from(MOVES), person=st.sampled_from(PEOPLE), number=st.integers(0, 7))
    def moves(self, move: str, person: str, number: int) -> None:
        """Let somebody do something. It is one rule, because Hypothesis leaves some rules out of an example."""
        if person not in self.model.erased:
            getattr(self, f"_{move}")(person, number)

    def _gives(self, person: str, number: int) -> None:
        receiver = PEOPLE[number % 3]
        if receiver in self.model.erased:
            return
        own = [case for case, applicant in self.model.cases.items() if applicant == person]
        for_case = own[-1] if own and number % 2 else None
        first, last = self.model.today + timedelta(number % 5 == 4), self.model.today + timedelta(number)
        given = self.tries(
            receiver != person and last >= first,
            gives(
                self.window,
                self.caller(person),
                receiver=NamedBy(element=NUMBER, value=self.named(receiver)),
                services=() if for_case else ("permit",),
                cases=(for_case,) if for_case else (),
                first_day=first,
                last_day=last,
            ),
        )
        if given is not None:
            service = None if for_case else "permit"
            self.model.mandates.append(Mandate(given, person, receiver, service, for_case, first, last))

    def _accepts(self, person: str, number: int) -> None:
        mandate = self._some_mandate(number)
        if mandate is not None:
            allowed = mandate.receiver == person and mandate.status in {"offered", "accepted"}
            if self.tries(allowed, accept_mandate(self.window, self.caller(person), mandate.mandate)):
                mandate.status, mandate.was_accepted = "accepted", True

    def _declines(self, person: str, number: int) -> None:
        mandate = self._some_mandate(number)
        if mandate is not None:
            allowed = mandate.receiver == person and mandate.status == "offered"
            self.tries(allowed, decline_mandate(self.window, self.caller(person), mandate.mandate))
            mandate.status = "declined" if allowed else mandate.status

    def _revokes(self, person: str, number: int) -> None:
        mandate = self._some_mandate(number)
        if mandate is not None:
            allowed = mandate.giver == person or (mandate.receiver == person and mandate.was_accepted)
            self.tries(allowed, revoke_mandate(self.window, self.caller(person), mandate.mandate))
            if allowed and mandate.status in {"offered", "accepted"}:
                mandate.status = "revoked"

    def _asks(self, person: str, _: int) -> None:
        case = self.tries(True, asks(self.window, self.caller(person)))  # noqa: FBT003 - anybody may
        self._has_case(case.case_id, person)

    def _asks_for(self, person: str, number: int) -> None:
        mandate = self._some_mandate(number)
        if mandate is not None:
            allowed = self.model.gives_right(mandate, person, None)
            case = self.tries(allowed, asks(self.window, self.caller(person), mandate=mandate.mandate))
            if case is not None:
                self._has_case(case.case_id, mandate.giver)
                self._acts(case.case_id, person, mandate)

    def _joins(self, person: str, number: int) -> None:
        mandate, case_id = self._some_mandate(number), self._some_case(number)
        if mandate is not None and case_id is not None:
            allowed = self.model.gives_right(mandate, person, case_id) and not self.model.may_act(person, case_id)
            if self.tries(allowed, joins(self.window, self.caller(person), case_id, mandate.mandate)):
                self._acts(case_id, person, mandate)

    def _leaves(self, person: str, number: int) -> None:
        case_id = self._some_case(number)
        if case_id is not None and ((case_id, person) not in self.model.acting or self.model.may_act(person, case_id)):
            # Whoever has no right any more may or may not have been taken off already.
            allowed = (case_id, person) in self.model.acting
            self.tries(allowed, leave_case(self.window, self.caller(person), case_id))
            self.model.acting.pop((case_id, person), None)

    def _writes(self, person: str, number: int) -> None:
        case_id = self._some_case(number)
        if case_id is not None:
            self.tries(self.model.may_act(person, case_id), self._written(person, case_id))

    async def _written(self, person: str, case_id: UUID) -> object:
        version = (await load_case(self.window.ledger, case_id)).seen
        message = MessageToSend(words="When will it be done?")
        try:
            return await change_case(self.window, self.caller(person), case_id, version, message)
        except TooManyMessages:
            return None  # whoever may write has written enough

    def _a_day_goes_by(self, _person: str, _: int) -> None:
        self.days.ahead += timedelta(days=1)
        self.model.today += timedelta(days=1)

    def _is_erased(self, person: str, number: int) -> None:
        if number:  # else nobody would be left
            return
        self.runs(erase_person(self.window, ISSUER, self.caller(person).subject))
        model = self.model
        model.erased.add(person)
        model.cases = {case: applicant for case, applicant in model.cases.items() if applicant != person}
        model.acting = {
            (case, who): by for (case, who), by in model.acting.items() if case in model.cases and who != person
        }
        # Of what an erased person has given, nothing is left to try, and nobody can be who they were.
        model.mandates = [each for each in model.mandates if person not in {each.giver, each.receiver}]

    def _has_case(self, case_id: UUID, applicant: str) -> None:
        self.model.cases[case_id] = applicant
        self.model.party.add((case_id, applicant))

    def _acts(self, case_id: UUID, person: str, mandate: Mandate) -> None:
        self.model.acting[case_id, person] = mandate
        self.model.party.add((case_id, person))

    def _some_mandate(self, number: int) -> Mandate | None:
        return self.model.mandates[-1 - number % len(self.model.mandates)] if self.model.mandates else None

    def _some_case(self, number: int) -> UUID | None:
        cases = list(self.model.cases)
        return cases[-1 - number % len(cases)] if cases else None

    @invariant()
    def whoever_may_read_a_case_is_who_the_model_says(self) -> None:
        for person in PEOPLE:
            for case_id in list(self.model.cases)[-2:]:
                assert self.runs(self._reads(person, case_id)) == self.model.may_act(person, case_id), person

    @invariant()
    def nobody_decides_in_their_own_cause(self) -> None:
        for person in set(PEOPLE) - self.model.erased:
            for case_id in list(self.model.cases)[-2:]:
                assert self.runs(self._must_not_decide(person, case_id)) == self.model.is_party(person, case_id)

    @invariant()
    def a_mandate_stands_as_the_model_says(self) -> None:
        for mandate in self.model.mandates[-3:]:
            state = self.runs(load_mandate(self.window, mandate.mandate)).state
            assert state is not None
            assert mandate.status == state.status.value
            seen = self.runs(own_mandate(self.window, self.caller(mandate.giver), mandate.mandate))
            assert (seen.state, seen.part) == (state, "giver")

    async def _reads(self, person: str, case_id: UUID) -> bool:
        try:
            return bool((await read_own(self.window, self.caller(person), case_id)).deks)
        except CaseNotFoundError:
            return False

    async def _must_not_decide(self, person: str, case_id: UUID) -> bool:
        who = official(citizen(f"{person}-{self.number}").subject)
        try:
            await refuse_own_cause(self.window, who, case_id)
        except OfficialIsParty:
            return True
        return False


@contextmanager
def a_world(open_window: OpenWindow) -> Iterator[World]:
    with asyncio.Runner() as runner:
        opened = open_window()
        window = runner.run(opened.__aenter__())
        try:
            runner.run(open_town(window))
            yield World(runner, window)
        finally:
            runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize(
    "examples", [pytest.param(12), pytest.param(400, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_in_whatever_order_rights_are_as_the_model_says_and_the_audit_finds_nothing(
    open_window: OpenWindow, postgres: EmbeddedPostgres, ledger_database: str, examples: int
) -> None:
    with a_world(open_window) as world:
        machine = type("MandatesHere", (Mandates,), {"world": world})
        few = settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            phases=[Phase.generate],  # a failing example is shown as it is: making it smaller takes minutes
            suppress_health_check=list(HealthCheck),
        )
        run_state_machine_as_test(machine, settings=few)
    reader = postgres.ledger_url("pencere_reader", ledger_database)
    checked = check_ledger(reader, Against(), here, lambda _done, _total: None)

    assert [found for found in checked.findings if found.check != "checkpoint"] == []  # nobody signs here
    assert checked.tree.events > examples
