"""A submission asks resources for what its service needs, and the applicant for what no resource can be asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.case.decisions import decide
from domain.case.events import CaseSubmitted
from domain.case.evidence_events import EvidenceAskedOfApplicant, EvidenceRequested
from domain.case.evidence_ids import conversation_id_of
from domain.case.refusals import EvidenceClockRuns, IdentifierMissing
from domain.case.stage import Stage
from domain.event import Event
from domain.register.values import LONGEST_SECONDS, RegisterRules
from domain.values import Term
from tests.domain.evidence_town import (
    IDENTIFIERS,
    INTEGRATIONS,
    LAND_ID,
    LAND_REGISTER,
    POPULATION_ID,
    POPULATION_REGISTER,
    SERVICE_NEEDING,
    ask_window,
    needing,
    past_of,
    register_events,
    run_out,
)
from tests.domain.given_when_then import fold, given
from tests.domain.town import AT, CASE_ID, OFFICIAL, SERVICE, TODAY, assign, submit

TWO_WEEKS = 14 * 86_400


def requests(events: tuple[Event, ...]) -> list[EvidenceRequested]:
    return [event for event in events if isinstance(event, EvidenceRequested)]


def test_each_resource_is_asked_once_for_all_that_it_holds_of_what_is_needed() -> None:
    given().when(ask_window()).then(
        (
            past_of()[0],
            EvidenceRequested(
                request_id=LAND_ID,
                conversation_id=conversation_id_of(CASE_ID, LAND_REGISTER),
                resource=LAND_REGISTER,
                elements=("plot.owner",),
                as_of=TODAY,
                preview="none",
                acknowledged_within=600,
                answered_within=3 * 86_400,
                previewed_within=TWO_WEEKS,
                since=AT,
                expires_at=AT + timedelta(days=90),
                register_version=len(register_events()),
            ),
            EvidenceRequested(
                request_id=POPULATION_ID,
                conversation_id=conversation_id_of(CASE_ID, POPULATION_REGISTER),
                resource=POPULATION_REGISTER,
                elements=("person.birth_date", "person.address"),
                as_of=TODAY,
                preview="none",
                acknowledged_within=60,
                answered_within=86_400,
                previewed_within=TWO_WEEKS,
                since=AT,
                expires_at=AT + timedelta(days=90),
                register_version=len(register_events()),
            ),
        )
    )


def test_a_case_whose_resources_are_asked_awaits_evidence_and_says_by_which_register() -> None:
    case = fold(past_of())
    first = past_of()[0]

    assert case is not None
    assert (case.stage, case.evidence.is_settled, case.evidence.waits) == (Stage.AWAITING_EVIDENCE, False, True)
    assert not case.evidence.awaits_applicant
    assert isinstance(first, CaseSubmitted)
    assert first.register_version == len(register_events())


def test_only_the_identifiers_by_which_the_asked_resources_know_people_are_sealed() -> None:
    both, population = past_of()[0], past_of(events=register_events(integrated=(POPULATION_REGISTER,)))[0]

    assert isinstance(both, CaseSubmitted)
    assert isinstance(population, CaseSubmitted)
    assert both.sealed_identifiers == {name: IDENTIFIERS[name] for name in ("person.number", "person.land_number")}
    assert population.sealed_identifiers == {"person.number": IDENTIFIERS["person.number"]}


def test_a_login_that_does_not_say_the_identifier_is_refused_by_the_resource_and_the_identifier() -> None:
    command = ask_window(identifiers={"person.number": "made up 1"})

    with pytest.raises(IdentifierMissing, match=r"land-register knows people by person\.land_number"):
        decide(command, None)


def test_a_resource_that_is_not_integrated_is_an_exception_and_the_applicant_is_asked() -> None:
    events = past_of(events=register_events(integrated=(POPULATION_REGISTER,)))
    case = fold(events)

    assert [event.resource for event in requests(events)] == [POPULATION_REGISTER]
    assert events[-1] == EvidenceAskedOfApplicant(
        local_date=TODAY, resource=LAND_REGISTER, elements=("plot.owner",), why="NotIntegrated", is_exception=True
    )
    assert case is not None
    assert (case.stage, case.evidence.missing) == (Stage.AWAITING_APPLICANT, frozenset({"plot.owner"}))


def test_without_a_grant_nothing_is_asked_for_and_it_is_not_the_resources_doing() -> None:
    events = past_of(events=register_events(granted=("person.birth_date", "person.address")))

    assert events[-1] == EvidenceAskedOfApplicant(
        local_date=TODAY, resource=LAND_REGISTER, elements=("plot.owner",), why="NotGranted", is_exception=False
    )


def test_a_grant_of_some_elements_asks_for_those_and_the_optional_rest_is_left_out() -> None:
    events = past_of(events=register_events(granted=("person.birth_date", "plot.owner")))

    assert [event.elements for event in requests(events)] == [("plot.owner",), ("person.birth_date",)]
    assert len(events) == 3, "nobody is asked for the address, which is optional"


def test_what_no_resource_can_be_asked_and_nobody_requires_lets_the_case_go_to_its_desk_at_once() -> None:
    events = past_of(needing(only=("person.address",)), events=register_events(integrated=()))
    case = fold(events)

    assert len(events) == 1
    assert case is not None
    assert (case.stage, case.evidence.is_settled) == (Stage.SUBMITTED, True)
    given(*events).when(assign(official=OFFICIAL.pseudonym)).then(decide(assign(), case))


def test_a_window_without_a_register_asks_the_applicant_for_all_that_is_required() -> None:
    events = decide(replace(ask_window(), register=None, register_version=0), None)

    assert requests(events) == []
    assert [event.elements for event in events if isinstance(event, EvidenceAskedOfApplicant)] == [
        ("plot.owner",),
        ("person.birth_date",),
    ]


@pytest.mark.parametrize("origin", ["import"])
def test_an_import_never_asks_a_resource(origin: str) -> None:
    events = decide(ask_window(answers={}, origin=origin), None)
    case = fold(events)

    assert len(events) == 1
    assert isinstance(events[0], CaseSubmitted)
    assert (events[0].register_version, events[0].sealed_identifiers) == (0, None)
    assert case is not None
    assert case.evidence.is_settled
    assert decide(assign(origin="import", rule="import"), case)


def test_a_service_that_needs_no_evidence_keeps_no_identifier() -> None:
    (first,) = decide(submit(identifiers=IDENTIFIERS, register_version=9), None)

    assert isinstance(first, CaseSubmitted)
    assert (first.sealed_identifiers, first.register_version) == (None, 0)
    assert not SERVICE.evidence


@pytest.mark.parametrize(
    ("wanted", "by_resource", "expected"),
    [
        ("none", "never", "none"),
        ("possible", "never", "possible"),
        ("required", "never", "required"),
        ("none", "always", "required"),
        ("possible", "always", "required"),
    ],
)
def test_the_stricter_wish_of_service_and_resource_says_whether_it_is_previewed(
    wanted: str, by_resource: str, expected: str
) -> None:
    land = INTEGRATIONS[LAND_REGISTER].model_copy(update={"preview_required": by_resource == "always"})
    events = register_events(integrations={**INTEGRATIONS, LAND_REGISTER: land})

    first, *_ = requests(past_of(needing(owner=wanted), events=events))  # type: ignore[arg-type] # a parameter
    assert (first.resource, first.preview) == (LAND_REGISTER, expected)


def test_how_long_is_waited_is_the_coordinators_and_its_rules_may_be_extreme() -> None:
    rules = RegisterRules(preview=Term(days=36_525, kind="calendar"), longest_wait=Term(days=1, kind="working"))
    first, *_ = requests(past_of(events=register_events(rules)))

    assert first.previewed_within == LONGEST_SECONDS
    assert first.expires_at == AT + timedelta(days=1)


def test_at_the_end_of_the_calendar_a_case_still_asks_and_no_clock_goes_beyond_it() -> None:
    late = datetime(9999, 12, 31, 20, tzinfo=UTC)
    events = past_of(at=late, local_date=late.date())
    first, *_ = requests(events)

    assert first.expires_at == datetime.max.replace(tzinfo=UTC)
    given(*events).when(run_out(first.request_id, datetime.max.replace(tzinfo=UTC))).then(EvidenceClockRuns)


def test_the_same_submission_asks_under_the_same_ids_and_another_case_under_others() -> None:
    again, other = requests(past_of()), requests(past_of(case_id=CASE_ID.__class__(int=CASE_ID.int + 1)))

    assert again == requests(past_of())
    ids = {each for event in (*again, *other) for each in (event.request_id, event.conversation_id)}
    assert len(ids) == 8


def test_the_service_of_these_tests_needs_three_elements_of_two_resources() -> None:
    assert [(need.element, need.required) for need in SERVICE_NEEDING.evidence] == [
        ("person.birth_date", True),
        ("person.address", False),
        ("plot.owner", True),
    ]
