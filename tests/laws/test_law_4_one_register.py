"""Law 4, one register: what one resource holds, no other one may; every element has one authoritative resource."""

import pytest

from domain.refusals import Refusal
from domain.register import events
from domain.register.commands import Command
from domain.register.decisions import decide
from domain.register.refusals import ElementsHeldElsewhere
from tests.domain.register_town import (
    ADDRESS,
    BEGUN,
    BIRTH,
    NUMBER,
    PHONE,
    WHY,
    change,
    coordinating,
    description,
    established,
    integrated,
    judge,
    propose,
    register_after,
    retire,
    set_rules,
    share,
    system,
)
from tests.verifying.made import MadeLedger

POPULATION = "population-register"
HELD = (*BEGUN, *established(POPULATION, BIRTH, NUMBER, ADDRESS))


def refused(command: Command, *past: Command) -> Refusal:
    """Return the refusal of a command under law 4."""
    with pytest.raises(ElementsHeldElsewhere) as caught:
        decide(command, register_after(*past))
    return caught.value


def test_a_resource_whose_elements_another_one_holds_is_refused_and_the_refusal_names_holder_and_elements() -> None:
    refusal = refused(propose("homes", PHONE, ADDRESS, BIRTH, owner="village"), *HELD)

    assert [(breach.field, breach.detail) for breach in refusal.breaches] == [
        ("description.elements.1", f"{POPULATION} holds {ADDRESS}."),
        ("description.elements.2", f"{POPULATION} holds {BIRTH}."),
    ]
    assert refusal.detail == f"{POPULATION} holds {ADDRESS}, {BIRTH} already (one register)."


def test_the_holders_of_different_elements_are_all_named() -> None:
    both = (*BEGUN, *established(), *established("homes", ADDRESS, owner="village"))
    refusal = refused(propose("people", BIRTH, ADDRESS, owner="ministry"), *both)

    assert {breach.detail for breach in refusal.breaches} == {f"{POPULATION} holds {BIRTH}.", f"homes holds {ADDRESS}."}
    assert refusal.detail.startswith(f"homes, {POPULATION} holds")


def test_the_same_agency_may_not_hold_an_element_twice_either() -> None:
    assert refused(propose("homes", ADDRESS), *HELD)


def test_names_decide_nothing() -> None:
    alike = propose("population-registers", PHONE, title={"en": "Population register"}, owner="village")
    unlike = propose("anything", BIRTH, title={"en": "Anything else"}, owner="village")

    assert decide(alike, register_after(*HELD))
    assert refused(unlike, *HELD)


@pytest.mark.parametrize("holding", [established(), integrated()])
def test_an_approved_resource_holds_whether_it_is_built_or_not(holding: tuple[Command, ...]) -> None:
    assert refused(propose("births", BIRTH, owner="village"), *BEGUN, *holding)


@pytest.mark.parametrize(
    "past",
    [
        (*BEGUN, propose()),
        (*BEGUN, propose(), judge(verdict="negative")),
        (*BEGUN, *established(), retire()),
    ],
)
def test_who_has_no_approval_or_has_retired_holds_nothing(past: tuple[Command, ...]) -> None:
    assert decide(propose("births", BIRTH, owner="village"), register_after(*past))
    assert register_after(*past).holder_of(BIRTH) is None


def test_of_two_proposals_of_one_element_the_second_one_to_be_approved_is_refused() -> None:
    both = (*BEGUN, propose(), propose("births", BIRTH, owner="village"))
    refusal = refused(judge(), *both, judge("births"))

    assert refusal.field == "approval"
    assert [(breach.field, breach.detail) for breach in refusal.breaches] == [
        ("description.elements.0", f"births holds {BIRTH}.")
    ]
    assert decide(judge(verdict="negative"), register_after(*both, judge("births"))), "it may be refused"


def test_with_several_approving_bodies_each_of_them_is_told_that_another_one_holds_it() -> None:
    both = (*BEGUN, propose(), propose("births", BIRTH, owner="village"), judge("births"), set_rules("town", "village"))

    for body in ("town", "village"):
        assert refused(judge(by=system(body)), *both)


def test_a_change_of_structure_takes_nothing_from_another_resource() -> None:
    both = (*HELD, *established("telephones", PHONE, owner="village"))

    assert refused(change("telephones", PHONE, ADDRESS, by="village", owner="village"), *both)


def test_an_exception_of_the_coordinator_passes_and_the_first_holder_stays_authoritative() -> None:
    register = register_after(*HELD, share("voters", BIRTH), *established("voters", BIRTH, owner="village"))

    assert register.holding[BIRTH] == (POPULATION, "voters")
    assert register.holder_of(BIRTH) == POPULATION


def test_an_exception_is_for_one_resource_and_for_the_elements_that_it_names() -> None:
    shared = (*HELD, share("voters", BIRTH))

    assert refused(propose("electors", BIRTH, owner="village"), *shared)
    assert refused(propose("voters", BIRTH, NUMBER, owner="village"), *shared).breaches[0].detail.endswith(f"{NUMBER}.")


def test_an_element_has_another_authoritative_resource_only_when_the_first_one_lets_it_go() -> None:
    both = (*HELD, share("voters", BIRTH), *established("voters", BIRTH, owner="village"))

    assert register_after(*both, change(POPULATION, NUMBER, ADDRESS)).holder_of(BIRTH) == "voters"
    assert register_after(*both, retire()).holder_of(BIRTH) == "voters"
    assert register_after(*both, retire("voters", owner="village")).holder_of(BIRTH) == POPULATION


def test_an_auditor_finds_a_proposal_and_an_approval_that_break_the_law() -> None:
    proposed = events.ResourceProposed(description=description("births", BIRTH, owner="village"))
    made = MadeLedger().honest(*BEGUN, *established()).of_register(system("village"), proposed)
    assert f"{POPULATION} holds {BIRTH}" in made.accused()

    verdict = events.ResourceJudged(
        resource="births", approval="establish", body="ministry", verdict="positive", reasons=WHY
    )
    made = MadeLedger().honest(*BEGUN, propose(), propose("births", BIRTH, owner="village"), judge())
    made.of_register(coordinating("ministry"), verdict, events.ResourceApproved(resource="births"))
    (first,) = made.findings
    assert "elements-held-elsewhere" in first.says
