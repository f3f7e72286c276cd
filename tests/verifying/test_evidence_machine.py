"""A case that asks two resources, with messages, clocks and acts of people in any order and as often as they like.

What is settled stays settled; the case waits exactly while something is owed, and says whose turn it is; whatever has
happened, it reaches its desk once the clocks have run out and the applicant has answered; and the judge finds nothing.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.case import commands
from domain.case.deadlines import local_date
from domain.case.evidence_events import EvidenceAskedOfApplicant, EvidenceEnded
from domain.case.evidence_rules import SAID_BY_RESOURCES
from domain.case.evidence_state import RequestState
from domain.case.stage import ENDED, Stage
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.event import Event
from domain.evidence.errors import MEANINGS, ErrorCode
from domain.evidence.faults import Fault
from domain.evidence.progress import SETTLED, EvidenceState, Happening
from domain.refusals import Refusal
from domain.register.values import RegisterRules
from domain.service.definition import ServiceDefinition
from domain.values import Term
from tests.domain import evidence_town as town
from tests.domain.town import (
    AT,
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
    withdraw,
)
from tests.verifying.evidence_history import History

PREVIEWS: Final = st.sampled_from(["none", "possible", "required"])
REQUESTS: Final = st.sampled_from([town.POPULATION_ID, town.LAND_ID])
ELEMENTS: Final = {
    town.POPULATION_ID: ("person.birth_date", "person.address"),
    town.LAND_ID: ("plot.owner",),
}
HASHES: Final = st.sampled_from([town.HASH, town.OTHER_HASH])
WAITS: Final = st.sampled_from([timedelta(seconds=40), timedelta(hours=20), timedelta(days=9), timedelta(days=40)])
ERASURE: Final = Actor(role="window", pseudonym="erasure")
IN_CASE: Final[tuple[Callable[..., commands.Command], ...]] = (
    assign,
    ask,
    answer,
    close,
    record,
    reopen,
    settle,
    withdraw,
)


class EvidenceMachine(RuleBasedStateMachine):
    """One case."""

    def __init__(self) -> None:
        super().__init__()
        self.at = AT
        self.history: History
        self.known: dict[UUID, EvidenceState] = {}

    @initialize(
        previews=st.tuples(PREVIEWS, PREVIEWS),
        integrated=st.sampled_from([(town.POPULATION_REGISTER, town.LAND_REGISTER)] * 4 + [(town.LAND_REGISTER,), ()]),
        wait=st.sampled_from([1, 30, 90]),
    )
    def submitted(self, previews: tuple[Any, Any], integrated: tuple[str, ...], wait: int) -> None:
        rules = RegisterRules(longest_wait=Term(days=wait, kind="calendar"))
        register = town.register_events(rules, integrated=integrated)
        self.history = History(town.needing(*previews), register)
        self.history.submit()

    @property
    def case(self) -> CaseState:
        assert self.history.case is not None
        return self.history.case

    @property
    def service(self) -> ServiceDefinition:
        return self.history.service

    def does(self, command: commands.Command) -> tuple[Event, ...]:
        """Do what is asked, if the domain allows it; a refusal changes nothing."""
        before = self.history.case
        try:
            return tuple(self.history.do(command))
        except Refusal:
            assert self.history.case is before
            return ()

    def now(self, **parts: Any) -> dict[str, Any]:
        return {"at": self.at, "local_date": local_date(self.at, "Asia/Baku"), "service": self.service, **parts}

    # --- what happens

    @rule(by=WAITS)
    def time_passes(self, by: timedelta) -> None:
        self.at += by

    @rule(request_id=REQUESTS, digest=HASHES)
    def window_sends(self, request_id: UUID, digest: str) -> None:
        self.does(town.sent(request_id, digest, at=self.at))

    @rule(
        request_id=REQUESTS,
        happening=st.sampled_from(sorted(SAID_BY_RESOURCES - {Happening.ANSWERED})),
        fault=st.sampled_from([Fault.OTHER_SIGNER, Fault.NOT_A_JWS, Fault.WRONG_TYPE]),
        until=st.integers(-1, 200),
    )
    def resource_says(self, request_id: UUID, happening: Happening, fault: Fault, until: int) -> None:
        said: dict[str, Any] = {}
        if happening is Happening.UNACCEPTABLE:
            said["fault"] = fault
        if happening is Happening.FAILED:
            said["fault"] = Fault.WRONG_TYPE
        if happening is Happening.DEFERRED:
            said["available_at"] = self.at + timedelta(days=until) if until % 3 else None
        self.does(town.hear(happening, request_id, **self.now(**said)))

    @rule(request_id=REQUESTS, code=st.sampled_from(sorted(ErrorCode)))
    def resource_errs(self, request_id: UUID, code: ErrorCode) -> None:
        location = town.LOCATION if code is ErrorCode.PREVIEW_REQUIRED else None
        self.does(town.hear(MEANINGS[code].leads_to, request_id, **self.now(code=code, location=location)))

    @rule(request_id=REQUESTS, some=st.sets(st.sampled_from(sorted(town.GIVEN)), min_size=1))
    def resource_answers(self, request_id: UUID, some: set[str]) -> None:
        elements = [name for name in ELEMENTS[request_id] if name in some]
        self.does(town.hear_answer(*elements, request_id=request_id, **self.now()))

    @rule(request_id=REQUESTS)
    def other_resource_answers(self, request_id: UUID) -> None:
        other = town.hear(Happening.NOT_FOUND, town.LAND_ID if request_id == town.POPULATION_ID else town.POPULATION_ID)
        assert self.does(town.hear_answer(*ELEMENTS[request_id], request_id=request_id, actor=other.actor)) == ()

    @rule(request_id=REQUESTS)
    def clock_runs(self, request_id: UUID) -> None:
        self.does(town.run_out(request_id, **self.now()))

    @rule(request_id=REQUESTS)
    def applicant_agrees(self, request_id: UUID) -> None:
        self.does(town.accept(request_id, **self.now()))

    @rule(request_id=REQUESTS, reason=st.sampled_from([None, "That is not me."]))
    def applicant_objects(self, request_id: UUID, reason: str | None) -> None:
        self.does(town.object_to(request_id, **self.now(reason=reason)))

    @rule()
    def applicant_supplies(self) -> None:
        self.does(town.supply(*self.case.evidence.missing, **self.now()))

    @rule(request_id=REQUESTS, some=st.sets(st.sampled_from(sorted(town.GIVEN)), min_size=1))
    def applicant_disputes(self, request_id: UUID, some: set[str]) -> None:
        self.does(town.dispute(*sorted(some), request_id=request_id, at=self.at))

    @precondition(lambda self: self.case.evidence.disputes)
    @rule(outcome=st.sampled_from(["sent", "examining", "corrected", "confirmed", "refused"]))
    def dispute_goes_on(self, outcome: str) -> None:
        last = list(self.case.evidence.disputes)[-1]
        if outcome == "sent":
            self.does(town.dispute_sent(last, at=self.at))
            return
        resource = self.case.evidence.requests[self.case.evidence.disputes[last].request_id].resource
        actor = Actor(role="resource", pseudonym=resource)
        self.does(town.hear_about(last, outcome, at=self.at, actor=actor))

    @rule(act=st.sampled_from(IN_CASE))
    def something_else_happens(self, act: Callable[..., commands.Command]) -> None:
        command = act()
        parts = self.now()
        given = {name: parts[name] for name in parts if name in type(command).__dataclass_fields__}
        if act in (ask, answer, record, settle) and self.case.applicant_is_erased:
            return
        self.does(act(**given))

    @rule()
    def term_is_over(self) -> None:
        self.does(mark_overdue(**self.now()))

    @precondition(lambda self: self.at > AT + timedelta(days=5))
    @rule()
    def applicant_is_erased(self) -> None:
        self.does(erase(actor=ERASURE, at=self.at, local_date=local_date(self.at, "Asia/Baku")))

    # --- what always holds

    @invariant()
    def what_is_settled_stays_settled(self) -> None:
        for request_id, request in self.case.evidence.requests.items():
            if self.known.get(request_id) in SETTLED:
                assert request.progress.state is self.known[request_id]
            self.known[request_id] = request.progress.state

    @invariant()
    def the_case_waits_exactly_while_something_is_owed(self) -> None:
        case, evidence = self.case, self.case.evidence
        if case.stage in ENDED:
            return
        assert evidence.is_settled is not evidence.waits
        if not evidence.is_settled:
            awaits = Stage.AWAITING_APPLICANT if evidence.awaits_applicant else Stage.AWAITING_EVIDENCE
            assert case.stage is awaits
            assert case.official is None
            assert not case.applicant_is_erased
        else:
            assert case.stage is not Stage.AWAITING_EVIDENCE
            assert case.stage is not Stage.AWAITING_APPLICANT or case.official is not None

    @invariant()
    def nobody_is_asked_twice_for_the_same(self) -> None:
        assert self.case.evidence.missing <= self.case.evidence.asked

    def teardown(self) -> None:
        if not hasattr(self, "history"):
            return
        assert self.history.findings() == []
        self.everything_comes_to_an_end()
        assert self.history.findings() == []
        assert self.history.replayed() == self.history.case
        self.exceptions_are_counted_as_they_ended()

    def everything_comes_to_an_end(self) -> None:
        """Let all clocks run out, and the applicant answer: then the case is at its desk, whatever was before."""
        was_settled = self.case.evidence.is_settled
        if self.case.has_ended:
            return
        self.at += timedelta(days=400)
        for request_id, request in self.case.evidence.requests.items():
            if request.is_open:
                self.history.do(town.run_out(request_id, **self.now()))
        if self.case.evidence.missing:
            self.history.do(town.supply(*self.case.evidence.missing, **self.now()))
        assert self.case.evidence.is_settled
        if not was_settled:
            assert self.case.stage is Stage.SUBMITTED
            self.history.do(assign(at=self.at))
            assert (self.case.stage, self.case.official) == (Stage.IN_PROGRESS, OFFICIAL.pseudonym)

    def exceptions_are_counted_as_they_ended(self) -> None:
        events = self.history.decided
        ends = {event.resource: event for event in events if isinstance(event, EvidenceEnded)}
        for event in events:
            if isinstance(event, EvidenceAskedOfApplicant) and event.is_exception and event.why != "NotIntegrated":
                assert ends[event.resource].against_resource
                assert ends[event.resource].end == event.why
        asked = [name for event in events if isinstance(event, EvidenceAskedOfApplicant) for name in event.elements]
        assert len(asked) == len(set(asked))


TestEvidenceMachine = EvidenceMachine.TestCase
TestEvidenceMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def request_of(case: CaseState, request_id: UUID) -> RequestState:
    return case.evidence.requests[request_id]


def test_the_machine_reaches_every_state_of_a_request() -> None:
    """A state machine that never gets anywhere proves nothing; this is one walk through all its previews."""
    machine = EvidenceMachine()
    machine.submitted(("required", "possible"), (town.POPULATION_REGISTER, town.LAND_REGISTER), 90)
    machine.window_sends(town.POPULATION_ID, town.HASH)
    machine.resource_says(town.POPULATION_ID, Happening.PREVIEW_ASKED, Fault.OTHER_SIGNER, 1)
    assert request_of(machine.case, town.POPULATION_ID).progress.state is EvidenceState.PREVIEW_PENDING
    machine.applicant_agrees(town.POPULATION_ID)
    machine.window_sends(town.POPULATION_ID, town.OTHER_HASH)
    machine.resource_answers(town.POPULATION_ID, {"person.address"})
    assert machine.case.evidence.missing == {"person.birth_date"}
    machine.time_passes(timedelta(days=9))
    machine.clock_runs(town.LAND_ID)
    assert request_of(machine.case, town.LAND_ID).progress.state is EvidenceState.FAILED
    machine.applicant_supplies()
    assert machine.case.stage is Stage.SUBMITTED
    machine.teardown()
