"""The coordinator, the rules, the vocabulary and the exceptions of the register: every decision and every refusal."""

from datetime import timedelta

import pytest

from domain.envelope import COORDINATOR, Actor
from domain.event import Event
from domain.refusals import Refusal
from domain.register.commands import Command, RetitleElement
from domain.register.decisions import decide
from domain.register.events import (
    CoordinatorNamed,
    ElementRetitled,
    ElementsDefined,
    RegisterRulesSet,
    SharingAllowed,
)
from domain.register.refusals import (
    ApproverNotRegistered,
    CoordinatorBeginsLater,
    CoordinatorNotNamed,
    CoordinatorNotRegistered,
    ElementAlreadyDefined,
    ElementNamedTwice,
    ElementNotDefined,
    NotTheCoordinator,
)
from domain.register.values import DataElement, RegisterRules
from domain.text import TextHasSomethingToSee
from domain.values import Text
from tests.domain.register_town import (
    ADDRESS,
    BEGUN,
    BIRTH,
    LATER,
    THE_MINISTRY,
    WHY,
    ask_for_grant,
    coordinating,
    define,
    element,
    fold,
    led_to,
    name,
    propose,
    register_after,
    set_rules,
    share,
    system,
)
from tests.domain.town import AT, TODAY

TOMORROW = TODAY + timedelta(days=1)
PASSED = (name(), name("village", TOMORROW, by=THE_MINISTRY))


def retitle(element: str, title: Text, by: Actor = THE_MINISTRY) -> RetitleElement:
    return RetitleElement(AT, by, element, title)


@pytest.mark.parametrize(
    ("past", "command", "expected"),
    [
        ((), name(), CoordinatorNamed(agency="ministry", from_date=TODAY, begins_at=AT, act="Decree 1")),
        (
            (name(),),
            name("village", TOMORROW, by=THE_MINISTRY),
            CoordinatorNamed(
                agency="village", from_date=TOMORROW, begins_at=AT.replace(day=25, hour=0, minute=0), act="Decree 1"
            ),
        ),
        ((name(),), set_rules("town"), RegisterRulesSet(rules=RegisterRules(approving_bodies=("town",)))),
        ((name(),), define(BIRTH), ElementsDefined(elements=(element(BIRTH),))),
        (BEGUN, retitle(BIRTH, {"ru": "Дата"}), ElementRetitled(element=BIRTH, title={"ru": "Дата"})),
        (BEGUN, share("voters", BIRTH), SharingAllowed(resource="voters", elements=(BIRTH,), reasons=WHY)),
    ],
)
def test_the_coordinator_keeps_role_rules_vocabulary_and_exceptions(
    past: tuple[Command, ...], command: Command, expected: Event
) -> None:
    assert decide(command, fold(led_to(*past))) == (expected,)


@pytest.mark.parametrize(
    ("past", "command"),
    [
        ((name(),), set_rules()),
        ((name(), set_rules("town")), set_rules("town")),
        (BEGUN, retitle(BIRTH, {"en": BIRTH})),
        ((*BEGUN, share("voters", BIRTH, ADDRESS)), share("voters", BIRTH)),
        (PASSED, name("village", TOMORROW, by=THE_MINISTRY)),
    ],
)
def test_what_would_change_nothing_is_no_event(past: tuple[Command, ...], command: Command) -> None:
    assert decide(command, fold(led_to(*past))) == ()


@pytest.mark.parametrize("command", [define(), set_rules(), propose(), ask_for_grant(), share("voters")])
def test_the_register_begins_when_the_coordinator_is_named(command: Command) -> None:
    with pytest.raises(CoordinatorNotNamed):
        decide(command, None)


@pytest.mark.parametrize(
    ("past", "command", "expected", "field"),
    [
        ((), name("nowhere"), CoordinatorNotRegistered, "agency"),
        ((name(),), name("village", TODAY, by=THE_MINISTRY), CoordinatorBeginsLater, "fromDate"),
        ((name(),), name("village", TODAY - timedelta(days=900), by=THE_MINISTRY), CoordinatorBeginsLater, "fromDate"),
        ((), name(by=THE_MINISTRY), NotTheCoordinator, None),
        ((), name(by=system("coordinator")), NotTheCoordinator, None),
        ((), name(by=Actor(role="window", pseudonym="coordinator")), NotTheCoordinator, None),
        ((name(),), name("village", TOMORROW), NotTheCoordinator, None),
        ((name(),), define(by=COORDINATOR), NotTheCoordinator, None),
        ((name(),), define(by=coordinating("village")), NotTheCoordinator, None),
        ((name(),), define(by=system("ministry")), NotTheCoordinator, None),
        ((name(),), set_rules(by=COORDINATOR), NotTheCoordinator, None),
        (BEGUN, share("voters", by=system("town")), NotTheCoordinator, None),
        (BEGUN, retitle(BIRTH, {"en": "x"}, COORDINATOR), NotTheCoordinator, None),
        ((name(),), set_rules("nowhere"), ApproverNotRegistered, "rules.approvingBodies"),
        ((name(),), set_rules("town", "town"), ApproverNotRegistered, "rules.approvingBodies"),
        ((name(),), define(BIRTH, BIRTH), ElementNamedTwice, "elements"),
        (BEGUN, define("other.one", BIRTH), ElementAlreadyDefined, "elements.1.name"),
        (BEGUN, retitle("other.one", {"en": "x"}), ElementNotDefined, None),
        (BEGUN, share("voters", BIRTH, "other.one"), ElementNotDefined, "elements.1"),
        (BEGUN, share("voters", BIRTH, BIRTH), ElementNamedTwice, "elements"),
    ],
)
def test_what_the_coordinator_may_not_do_is_refused_with_its_rule_and_field(
    past: tuple[Command, ...], command: Command, expected: type[Refusal], field: str | None
) -> None:
    with pytest.raises(expected) as caught:
        decide(command, fold(led_to(*past)))

    assert (caught.type, caught.value.field) == (expected, field)


def test_all_elements_that_are_there_already_are_named_at_once() -> None:
    with pytest.raises(ElementAlreadyDefined) as caught:
        decide(define("other.one", BIRTH, ADDRESS), register_after(*BEGUN))

    assert [breach.field for breach in caught.value.breaches] == ["elements.1.name", "elements.2.name"]


def test_acts_before_and_after_are_those_of_whoever_held_the_role_then() -> None:
    register = register_after(*PASSED)
    midnight = register.namings[1].begins_at
    before, after = midnight - timedelta(microseconds=1), midnight

    assert decide(define(BIRTH, by=THE_MINISTRY, at=before), register)
    assert decide(define(BIRTH, by=coordinating("village"), at=after), register)
    for actor, at in ((coordinating("village"), before), (THE_MINISTRY, after), (COORDINATOR, before)):
        with pytest.raises(NotTheCoordinator):
            decide(define(BIRTH, by=actor, at=at), register)


def test_before_the_first_coordinator_begins_the_role_has_no_agency() -> None:
    register = register_after(name(day=LATER.date()))

    assert register.coordinator_at(AT) is None
    assert decide(define(BIRTH, by=COORDINATOR), register)
    with pytest.raises(NotTheCoordinator):
        decide(define(BIRTH), register)
    assert decide(define(BIRTH, at=LATER), register)


def test_the_first_coordinator_does_not_become_that_of_what_was_done_before() -> None:
    register = register_after(name(day=TODAY - timedelta(days=900)))

    assert register.coordinator_at(AT - timedelta(microseconds=1)) is None
    assert register.coordinator_at(AT) == "ministry"


def test_of_two_that_begin_at_once_the_one_named_later_holds_the_role_and_an_earlier_one_gives_way() -> None:
    village_then = name("village", LATER.date(), by=THE_MINISTRY)
    instead = name("town", LATER.date(), by=THE_MINISTRY)
    before_that = name("town", TOMORROW, by=THE_MINISTRY)

    assert register_after(name(), village_then, instead).coordinator_at(LATER) == "town"
    between = register_after(name(), village_then, before_that)
    assert between.coordinator_at(LATER - timedelta(days=2)) == "town"
    assert between.coordinator_at(LATER) == "village"
    assert decide(village_then, fold(led_to(name(), village_then, instead))), "what was replaced may be named again"


def test_a_title_that_nobody_can_read_is_refused_with_its_place() -> None:
    with pytest.raises(TextHasSomethingToSee) as caught:
        decide(retitle(BIRTH, {"en": "\u200b"}), register_after(*BEGUN))

    assert caught.value.field == "title.en"


def test_a_name_of_the_vocabulary_keeps_its_meaning_whatever_its_titles_are() -> None:
    other = DataElement(name=BIRTH, type="text", title={"en": "Another"}, identifies_person=True)
    register = register_after(*BEGUN)

    with pytest.raises(ElementAlreadyDefined):
        decide(define(BIRTH), register)
    assert register.elements[BIRTH] != other
    assert register_after(*BEGUN, retitle(BIRTH, {"en": "x"})).elements[BIRTH] == element(BIRTH).model_copy(
        update={"title": {"en": "x"}}
    )
