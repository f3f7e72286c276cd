"""The life of a resource in the register, from a proposal to the archive: every decision and every refusal."""

from datetime import date, timedelta

import pytest

from domain.envelope import COORDINATOR
from domain.event import Event, UnknownEventError
from domain.refusals import Refusal
from domain.register import events
from domain.register.commands import Command, JudgeResource
from domain.register.decisions import decide
from domain.register.evolving import evolve
from domain.register.refusals import (
    AnsweredElementsKept,
    ApprovalNotPending,
    DateInTheFuture,
    ElementNamedTwice,
    ElementNotDefined,
    ElementsHeldElsewhere,
    ElementsNotAnswered,
    EndpointNotOfTransport,
    IdentifierDoesNotIdentify,
    KeyProtectsNothing,
    NotAnApprovingBody,
    NotTheCoordinator,
    NotTheOwner,
    OwnerNotRegistered,
    ResourceAlreadyProposed,
    ResourceKeepsItsOwner,
    ResourceNotInStatus,
    ResourceUnknown,
    SuccessorUnknown,
)
from domain.register.state import ResourceStatus
from domain.subscription.refusals import EndpointNotAllowed
from domain.values import Term
from tests.domain.register_town import (
    ADDRESS,
    BEGUN,
    BIRTH,
    NUMBER,
    PHONE,
    THE_MINISTRY,
    WHY,
    archive,
    ask_to_use,
    change,
    coordinating,
    description,
    established,
    fold,
    integrate,
    integrated,
    integration,
    judge,
    led_to,
    name,
    propose,
    register_after,
    retire,
    set_rules,
    share,
    system,
    used,
)
from tests.domain.town import TODAY

POPULATION = "population-register"
TOMORROW = TODAY + timedelta(days=1)
ESTABLISHED = (*BEGUN, *established())
ASKED = (*ESTABLISHED, ask_to_use())
USED = (*BEGUN, *used())
INTEGRATED = (*BEGUN, *integrated())
RETIRED = (*INTEGRATED, retire())
BODIES = (*BEGUN, set_rules("town", "village"), propose())


def judged(body: str, verdict: events.Verdict = "positive", approval: events.Approval = "establish") -> Event:
    return events.ResourceJudged(resource=POPULATION, approval=approval, body=body, verdict=verdict, reasons=WHY)


def body(agency: str, verdict: events.Verdict = "positive", approval: events.Approval = "establish") -> JudgeResource:
    return judge(POPULATION, verdict, approval, by=system(agency))


@pytest.mark.parametrize(
    ("past", "command", "expected"),
    [
        (BEGUN, propose(), (events.ResourceProposed(description=description()),)),
        (
            (*BEGUN, propose()),
            judge(),
            (judged("ministry"), events.ResourceApproved(resource=POPULATION)),
        ),
        (ESTABLISHED, ask_to_use(), (events.ResourceUseAsked(resource=POPULATION, audited_on=TODAY),)),
        (
            ASKED,
            judge(approval="take_into_use"),
            (judged("ministry", approval="take_into_use"), events.ResourceTakenIntoUse(resource=POPULATION)),
        ),
        (USED, integrate(), (events.ResourceIntegrated(resource=POPULATION, integration=integration()),)),
        (
            INTEGRATED,
            change(POPULATION, BIRTH, NUMBER, ADDRESS, changed_on=TODAY - timedelta(days=40)),
            (
                events.ResourceChanged(
                    description=description(POPULATION, BIRTH, NUMBER, ADDRESS),
                    changed_on=TODAY - timedelta(days=40),
                    due_on=TODAY - timedelta(days=20),
                    local_date=TODAY,
                ),
            ),
        ),
        (
            INTEGRATED,
            retire(),
            (events.ResourceRetired(resource=POPULATION, local_date=TODAY, reasons=WHY, successor=None),),
        ),
        (
            RETIRED,
            archive(),
            (events.ResourceArchived(resource=POPULATION, archive="National archive, file 12"),),
        ),
    ],
)
def test_a_resource_is_proposed_established_used_integrated_changed_retired_and_archived(
    past: tuple[Command, ...], command: Command, expected: tuple[Event, ...]
) -> None:
    assert decide(command, fold(led_to(*past))) == expected


@pytest.mark.parametrize(
    ("past", "command"),
    [
        ((*BEGUN, propose()), propose()),
        (INTEGRATED, integrate(POPULATION, BIRTH, NUMBER)),
        (INTEGRATED, change()),
    ],
)
def test_what_is_so_already_is_no_event(past: tuple[Command, ...], command: Command) -> None:
    assert decide(command, fold(led_to(*past))) == ()


@pytest.mark.parametrize(
    ("past", "command", "expected", "field"),
    [
        (BEGUN, propose(owner="nowhere"), OwnerNotRegistered, "description.owner"),
        (BEGUN, propose(POPULATION, BIRTH, BIRTH), ElementNamedTwice, "description.elements"),
        (BEGUN, propose(POPULATION, BIRTH, "no.such"), ElementNotDefined, "description.elements.1"),
        ((*BEGUN, propose()), propose(owner="village"), NotTheOwner, None),
        (ESTABLISHED, propose(), ResourceAlreadyProposed, "description.slug"),
        (RETIRED, propose(), ResourceAlreadyProposed, "description.slug"),
        (ESTABLISHED, propose("births", BIRTH, owner="village"), ElementsHeldElsewhere, "description.elements"),
        (BEGUN, judge(), ResourceUnknown, None),
        (ESTABLISHED, judge(), ApprovalNotPending, "approval"),
        ((*BEGUN, propose()), judge(approval="take_into_use"), ApprovalNotPending, "approval"),
        (ASKED, judge(), ApprovalNotPending, "approval"),
        ((*BEGUN, propose()), body("town"), NotTheCoordinator, None),
        ((*BEGUN, propose()), judge(by=COORDINATOR), NotTheCoordinator, None),
        (BODIES, judge(), NotAnApprovingBody, None),
        (BODIES, body("ministry"), NotAnApprovingBody, None),
        (
            (*BEGUN, set_rules("village"), propose()),
            judge(by=coordinating("village")),
            NotTheCoordinator,
            None,
        ),
        (BEGUN, ask_to_use(), ResourceUnknown, None),
        ((*BEGUN, propose()), ask_to_use(), ResourceNotInStatus, None),
        (ASKED, ask_to_use(), ResourceNotInStatus, None),
        (ESTABLISHED, ask_to_use(owner="village"), NotTheOwner, None),
        (ESTABLISHED, ask_to_use(audited_on=TOMORROW), DateInTheFuture, "auditedOn"),
        (ESTABLISHED, integrate(), ResourceNotInStatus, None),
        (USED, integrate(owner="village"), NotTheOwner, None),
        (USED, integrate(POPULATION, BIRTH, BIRTH), ElementNamedTwice, "integration.elements"),
        (USED, integrate(POPULATION, ADDRESS), ElementsNotAnswered, "integration.elements"),
        (USED, integrate(identifier=BIRTH), IdentifierDoesNotIdentify, "integration.identifier"),
        (USED, integrate(identifier="no.such"), IdentifierDoesNotIdentify, "integration.identifier"),
        (USED, integrate(transport="kafka"), EndpointNotOfTransport, "integration.endpoint"),
        (USED, integrate(endpoint=None), EndpointNotOfTransport, "integration.endpoint"),
        (USED, integrate(allowed=False), EndpointNotAllowed, "integration.endpoint"),
        (USED, integrate(sealing_key="A" * 43), KeyProtectsNothing, "integration.sealingKey"),
        (USED, integrate(signing_key="A" * 43), KeyProtectsNothing, "integration.signingKey"),
        ((*BEGUN, propose()), change(), ResourceNotInStatus, None),
        (RETIRED, change(), ResourceNotInStatus, None),
        (USED, change(by="village"), NotTheOwner, None),
        (USED, change(changed_on=TOMORROW), DateInTheFuture, "changedOn"),
        (USED, change(owner="village"), ResourceKeepsItsOwner, "description.owner"),
        (USED, change(POPULATION, BIRTH, BIRTH), ElementNamedTwice, "description.elements"),
        (USED, change(POPULATION, "no.such"), ElementNotDefined, "description.elements.0"),
        (
            (*USED, *established("homes", ADDRESS, owner="village")),
            change(POPULATION, BIRTH, NUMBER, ADDRESS),
            ElementsHeldElsewhere,
            "description.elements",
        ),
        (INTEGRATED, change(POPULATION, NUMBER), AnsweredElementsKept, "description.elements"),
        ((*BEGUN, propose()), retire(), ResourceNotInStatus, None),
        (RETIRED, retire(), ResourceNotInStatus, None),
        (USED, retire(owner="village"), NotTheOwner, None),
        (USED, retire(successor="no-such"), SuccessorUnknown, "successor"),
        (USED, retire(successor=POPULATION), SuccessorUnknown, "successor"),
        ((*USED, propose("homes", ADDRESS)), retire(successor="homes"), SuccessorUnknown, "successor"),
        (INTEGRATED, archive(), ResourceNotInStatus, None),
        ((*RETIRED, archive()), archive(), ResourceNotInStatus, None),
        (RETIRED, archive(owner="village"), NotTheOwner, None),
    ],
)
def test_what_a_resource_may_not_do_is_refused_with_its_rule_and_field(
    past: tuple[Command, ...], command: Command, expected: type[Refusal], field: str | None
) -> None:
    with pytest.raises(expected) as caught:
        decide(command, fold(led_to(*past)))

    assert (caught.type, caught.value.field) == (expected, field)


def test_a_proposal_may_be_changed_until_it_is_judged_and_is_judged_anew() -> None:
    more = propose(POPULATION, BIRTH, NUMBER, ADDRESS)
    register = register_after(*BODIES, body("village"), more)

    assert register.resources[POPULATION].description.elements == (BIRTH, NUMBER, ADDRESS)
    assert decide(body("town"), register) == (judged("town"),), "the village has agreed to something else"


def test_a_refused_resource_may_be_proposed_again_as_it_is() -> None:
    refused = register_after(*BEGUN, propose(), judge(verdict="negative"))

    assert refused.resources[POPULATION].status is ResourceStatus.REFUSED
    assert decide(propose(), refused) == (events.ResourceProposed(description=description()),)


def test_all_approving_bodies_must_agree_and_the_last_one_establishes() -> None:
    first = register_after(*BODIES, body("town"))

    assert first.resources[POPULATION].status is ResourceStatus.PROPOSED
    assert decide(body("village"), first) == (judged("village"), events.ResourceApproved(resource=POPULATION))


def test_one_body_that_refuses_decides_at_once() -> None:
    refused = register_after(*BODIES, body("town"), body("village", "negative"))

    assert refused.resources[POPULATION].status is ResourceStatus.REFUSED
    assert not refused.holding


def test_a_body_whose_business_it_is_not_leaves_it_to_the_others() -> None:
    dismissed = register_after(*BODIES, body("town", "dismissed"))

    assert decide(body("village"), dismissed)[-1] == events.ResourceApproved(resource=POPULATION)


def test_somebody_has_to_agree_and_a_body_may_change_its_answer() -> None:
    nobody = register_after(*BODIES, body("town", "dismissed"), body("village", "dismissed"))

    assert nobody.resources[POPULATION].status is ResourceStatus.PROPOSED
    assert decide(body("town"), nobody)[-1] == events.ResourceApproved(resource=POPULATION)


def test_the_coordinator_may_be_one_of_the_bodies() -> None:
    register = register_after(*BEGUN, set_rules("ministry"), propose())

    assert decide(judge(), register)[-1] == events.ResourceApproved(resource=POPULATION)
    assert decide(judge(by=system("ministry")), register)[-1] == events.ResourceApproved(resource=POPULATION)


def test_bodies_that_are_asked_no_longer_count_no_longer() -> None:
    agreed = (*BODIES, body("town"))
    instead = register_after(*agreed, set_rules("village", "ministry"), body("ministry", "dismissed"))

    assert decide(body("village", "dismissed"), instead) == (judged("village", "dismissed"),), "nobody asked agrees"
    assert decide(body("village"), instead)[-1] == events.ResourceApproved(resource=POPULATION)
    with pytest.raises(NotAnApprovingBody):
        decide(body("town"), instead)


def test_when_a_body_falls_away_the_next_answer_of_the_others_decides() -> None:
    register = register_after(*BODIES, body("town"), set_rules("town"))

    assert register.resources[POPULATION].status is ResourceStatus.PROPOSED
    assert decide(body("town"), register)[-1] == events.ResourceApproved(resource=POPULATION)
    alone = register_after(*BODIES, body("town"), set_rules())
    assert decide(judge(), alone)[-1] == events.ResourceApproved(resource=POPULATION)


def test_a_resource_that_may_not_be_used_yet_stays_established() -> None:
    refused = register_after(*ASKED, judge(verdict="negative", approval="take_into_use"))

    assert refused.resources[POPULATION].status is ResourceStatus.APPROVED
    assert refused.holder_of(BIRTH) == POPULATION
    assert decide(ask_to_use(), refused)


def test_a_body_that_agreed_to_establish_is_asked_again_for_its_use() -> None:
    asked = register_after(*BODIES, body("town"), body("village"), ask_to_use())

    assert decide(body("village", approval="take_into_use"), asked) == (judged("village", approval="take_into_use"),)


def test_the_same_may_be_answered_under_other_conditions() -> None:
    again = integrate(POPULATION, BIRTH, answered_within=5)

    assert register_after(*INTEGRATED).answering == {BIRTH: (POPULATION,), NUMBER: (POPULATION,)}
    assert register_after(*INTEGRATED, again).answering == {BIRTH: (POPULATION,)}


@pytest.mark.parametrize(
    ("notice", "due_on"),
    [
        (Term(days=20, kind="calendar"), TODAY - timedelta(days=10)),
        (Term(days=20, kind="working"), date(2026, 11, 20)),
        (Term(days=36_525, kind="calendar"), TODAY - timedelta(days=30) + timedelta(days=36_525)),
    ],
)
def test_a_change_says_by_when_it_was_to_be_notified(notice: Term, due_on: date) -> None:
    register = register_after(*USED, set_rules(change_notice=notice))
    (changed,) = decide(change(changed_on=TODAY - timedelta(days=30), contact="Hall 4"), register)

    assert isinstance(changed, events.ResourceChanged)
    assert changed.due_on == due_on


def test_a_change_of_the_first_of_all_days_is_notified_late() -> None:
    (changed,) = decide(change(changed_on=date.min, contact="Hall 4"), register_after(*USED))

    assert isinstance(changed, events.ResourceChanged)
    assert changed.due_on == date(1, 1, 21)


def test_an_element_that_a_resource_drops_is_free() -> None:
    register = register_after(*USED, change(POPULATION, NUMBER))

    assert register.holder_of(BIRTH) is None
    assert decide(propose("births", BIRTH, owner="village"), register)


def test_a_successor_becomes_authoritative_for_what_both_held() -> None:
    shared = (*INTEGRATED, share("people", BIRTH), share("births", BIRTH))
    three = (*shared, *established("births", BIRTH, owner="village"), *established("people", BIRTH, PHONE))

    before, after = register_after(*three), register_after(*three, retire(successor="people"))

    assert before.holding[BIRTH] == (POPULATION, "births", "people")
    assert after.holding == {BIRTH: ("people", "births"), PHONE: ("people",)}
    assert register_after(*three, retire()).holding[BIRTH] == ("births", "people")
    assert not after.answering


def test_a_successor_of_a_resource_that_was_not_first_changes_nothing_about_who_is() -> None:
    shared = (*BEGUN, *established(), share("people", BIRTH), share("births", BIRTH))
    three = (*shared, *established("births", BIRTH, owner="village"), *established("people", BIRTH))

    register = register_after(*three, retire("births", "people", owner="village"))

    assert register.holding[BIRTH] == (POPULATION, "people")


def test_nothing_of_another_kind_happens_to_the_register() -> None:
    with pytest.raises(UnknownEventError):
        evolve(register_after(name()), judged_by_nobody())


def judged_by_nobody() -> Event:
    return Event()


def test_the_coordinator_alone_is_asked_where_no_body_is_named() -> None:
    assert decide(judge(by=THE_MINISTRY), register_after(*BEGUN, propose()))[0] == judged("ministry")
