"""After any order of commands, the case is in the stage of a simple model, and its events alone give the same."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.case.commands import Command
from domain.case.decisions import decide
from domain.case.refusals import CaseAlreadyClosed, CaseAlreadyWithdrawn, CaseNotClosed
from domain.case.stage import Stage
from domain.case.state import CaseState, evolve
from domain.event import Event
from domain.refusals import Refusal
from tests.domain.given_when_then import fold
from tests.domain.town import (
    COLLEAGUE,
    OFFICIAL,
    answer,
    ask,
    assign,
    close,
    erase,
    mark_overdue,
    record,
    reopen,
    settle,
    submit,
    withdraw,
)

OPEN = {Stage.SUBMITTED, Stage.IN_PROGRESS, Stage.AWAITING_APPLICANT, Stage.DECIDED}
OFFICIALS = {actor.pseudonym: actor for actor in (OFFICIAL, COLLEAGUE)}


class CaseLifecycle(RuleBasedStateMachine):
    """A case under any commands. The model is a stage, the assigned official, and the last step."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.case: CaseState | None = None
        self.stage = Stage.SUBMITTED
        self.official: str | None = None
        self.step: str | None = None
        self.reopened = 0
        self.erased = False
        self.overdue = False

    @initialize()
    def submitted(self) -> None:
        self.give(submit(), allowed=True)

    def give(self, command: Command, *, allowed: bool) -> None:
        """Give the command; check that it is allowed when the model says so, and changes nothing otherwise."""
        if not allowed:
            assert refusal_of(command, self.case) is not None, command
            return
        for event in decide(command, self.case):
            self.case = evolve(self.case, event)
            self.events.append(event)

    @rule(official=st.sampled_from(sorted(OFFICIALS)))
    def assign(self, official: str) -> None:
        allowed = self.stage in OPEN
        self.give(assign(official=official), allowed=allowed)
        if allowed:
            self.official = official
            self.stage = Stage.IN_PROGRESS if self.stage is Stage.SUBMITTED else self.stage

    @property
    def is_worked_on(self) -> bool:
        """Whether the official need not wait: nobody waits for an erased applicant's answer."""
        return self.stage is Stage.IN_PROGRESS or (self.stage is Stage.AWAITING_APPLICANT and self.erased)

    @rule(by=st.sampled_from(sorted(OFFICIALS)), step=st.sampled_from(["T02 Check", "T04 Decide"]))
    def record(self, by: str, step: str) -> None:
        in_order = self.step is None if step == "T02 Check" else self.step is not None
        allowed = self.is_worked_on and by == self.official and in_order
        self.give(record(step, actor=OFFICIALS[by]), allowed=allowed)
        if allowed:
            self.step = step

    @rule(by=st.sampled_from(sorted(OFFICIALS)))
    def ask(self, by: str) -> None:
        allowed = self.stage is Stage.IN_PROGRESS and by == self.official and not self.erased
        self.give(ask(actor=OFFICIALS[by]), allowed=allowed)
        if allowed:
            self.stage = Stage.AWAITING_APPLICANT

    @rule()
    def answer(self) -> None:
        allowed = self.stage is Stage.AWAITING_APPLICANT and not self.erased
        self.give(answer(), allowed=allowed)
        if allowed:
            self.stage = Stage.IN_PROGRESS

    @rule(by=st.sampled_from(sorted(OFFICIALS)))
    def settle(self, by: str) -> None:
        allowed = self.is_worked_on and by == self.official
        self.give(settle(actor=OFFICIALS[by], reasons=None if self.erased else "Because."), allowed=allowed)
        if allowed:
            self.stage = Stage.DECIDED

    @rule(by=st.sampled_from(sorted(OFFICIALS)))
    def close(self, by: str) -> None:
        allowed = self.stage is Stage.DECIDED and by == self.official
        self.give(close(actor=OFFICIALS[by]), allowed=allowed)
        if allowed:
            self.stage = Stage.CLOSED

    @rule()
    def close_by_import(self) -> None:
        allowed = self.stage in OPEN
        self.give(close(origin="import"), allowed=allowed)
        if allowed:
            self.stage = Stage.CLOSED

    @rule()
    def withdraw(self) -> None:
        allowed = self.stage in OPEN - {Stage.DECIDED}
        self.give(withdraw(), allowed=allowed)
        if allowed:
            self.stage = Stage.WITHDRAWN

    @rule()
    def mark_overdue(self) -> None:
        allowed = self.stage in OPEN and not self.overdue
        self.give(mark_overdue(), allowed=allowed)
        self.overdue = self.overdue or allowed

    @rule()
    def reopen(self) -> None:
        allowed = self.stage is Stage.CLOSED
        self.give(reopen(), allowed=allowed)
        if allowed:
            self.stage, self.step = Stage.IN_PROGRESS, None
            self.reopened += 1

    @precondition(lambda self: len(self.events) > 5)  # an early erasure leaves little to try
    @rule()
    def erase(self) -> None:
        self.give(erase(), allowed=not self.erased)
        self.erased = True

    @rule()
    def submit_again(self) -> None:
        self.give(submit(), allowed=False)

    @invariant()
    def the_case_is_where_the_model_says(self) -> None:
        if self.case is not None:
            assert (self.case.stage, self.case.official, self.case.step) == (self.stage, self.official, self.step)
            assert (self.case.reopenings, self.case.applicant_is_erased) == (self.reopened, self.erased)
            assert (self.case.marked_overdue_on is not None) == self.overdue

    @invariant()
    def the_events_alone_make_the_same_case(self) -> None:
        assert fold(self.events) == self.case

    @invariant()
    def what_has_ended_refuses_everything_but_reopening_and_erasure(self) -> None:
        if self.stage not in (Stage.CLOSED, Stage.WITHDRAWN):
            return
        facts: tuple[type[Refusal], ...] = (CaseAlreadyClosed, CaseAlreadyWithdrawn)
        commands: list[Command] = [
            assign(),
            record(),
            ask(),
            answer(),
            settle(),
            close(),
            close(origin="import"),
            withdraw(),
        ]
        if self.stage is Stage.WITHDRAWN:
            commands.append(reopen())
            facts = (*facts, CaseNotClosed)
        for command in commands:
            assert isinstance(refusal_of(command, self.case), facts)


def refusal_of(command: Command, case: CaseState | None) -> Refusal | None:
    try:
        decide(command, case)
    except Refusal as refusal:
        return refusal
    return None


TestCaseLifecycle = CaseLifecycle.TestCase
TestCaseLifecycle.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
