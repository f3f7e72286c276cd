"""Terms of use: asked for, given, refused and ended; every decision and every refusal."""

import pytest

from domain.envelope import Actor
from domain.event import Event
from domain.refusals import Refusal
from domain.register import events
from domain.register.commands import AskForGrant, Command
from domain.register.decisions import decide
from domain.register.refusals import (
    ElementNamedTwice,
    ElementsNotAnswered,
    GrantAlreadyAsked,
    GranteeNotRegistered,
    GrantNotAsked,
    GrantNotGiven,
    GrantNotPending,
    GrantOfAnotherAgency,
    NotTheGrantee,
    NotTheGranteeOrOwner,
    NotTheOwner,
    ResourceNotInStatus,
    ResourceUnknown,
)
from tests.domain.register_town import (
    ADDRESS,
    BEGUN,
    BIRTH,
    NUMBER,
    VILLAGE,
    WHY,
    ask_for_grant,
    change,
    coordinating,
    end_grant,
    established,
    fold,
    give_grant,
    led_to,
    propose,
    refuse_grant,
    register_after,
    retire,
    system,
)
from tests.domain.town import AT

POPULATION = "population-register"
HELD = (*BEGUN, *established())
ASKED = (*HELD, ask_for_grant())
GIVEN = (*ASKED, give_grant())
REFUSED = (*ASKED, refuse_grant())
ENDED = (*GIVEN, end_grant())


def in_the_name_of_the_village(actor: Actor) -> AskForGrant:
    return AskForGrant(AT, actor, "births", VILLAGE, POPULATION, (BIRTH,), WHY, "Act 3")


@pytest.mark.parametrize(
    ("past", "command", "expected"),
    [
        (
            HELD,
            ask_for_grant(),
            events.GrantAsked(
                grant="births",
                agency="village",
                resource=POPULATION,
                elements=(BIRTH,),
                purpose=WHY,
                legal_basis="Building Act, article 3",
            ),
        ),
        (ASKED, give_grant(), events.GrantGiven(grant="births")),
        (ASKED, refuse_grant(), events.GrantRefused(grant="births", reasons=WHY)),
        (GIVEN, end_grant(), events.GrantEnded(grant="births", reasons=WHY)),
        (GIVEN, end_grant(by="village"), events.GrantEnded(grant="births", reasons=WHY)),
        (ASKED, end_grant(by="village"), events.GrantEnded(grant="births", reasons=WHY)),
    ],
)
def test_a_use_is_asked_for_and_given_or_refused_and_ended(
    past: tuple[Command, ...], command: Command, expected: Event
) -> None:
    assert decide(command, fold(led_to(*past))) == (expected,)


@pytest.mark.parametrize(
    ("past", "command", "expected", "field"),
    [
        (HELD, ask_for_grant(by="nowhere"), GranteeNotRegistered, None),
        (HELD, in_the_name_of_the_village(system("town")), NotTheGrantee, None),
        (HELD, in_the_name_of_the_village(coordinating("village")), NotTheGrantee, None),
        (HELD, ask_for_grant(slug="no-such"), ResourceUnknown, "resource"),
        ((*BEGUN, propose()), ask_for_grant(), ResourceNotInStatus, None),
        ((*HELD, retire()), ask_for_grant(), ResourceNotInStatus, None),
        (HELD, ask_for_grant(BIRTH, BIRTH), ElementNamedTwice, "elements"),
        (HELD, ask_for_grant(BIRTH, ADDRESS), ElementsNotAnswered, "elements"),
        (ASKED, ask_for_grant(), GrantAlreadyAsked, "grant"),
        (GIVEN, ask_for_grant(), GrantAlreadyAsked, "grant"),
        (ENDED, ask_for_grant(by="town"), GrantOfAnotherAgency, "grant"),
        (HELD, give_grant(), GrantNotAsked, None),
        (HELD, refuse_grant(), GrantNotAsked, None),
        (HELD, end_grant(), GrantNotAsked, None),
        (ASKED, give_grant(by="village"), NotTheOwner, None),
        (ASKED, refuse_grant(by="village"), NotTheOwner, None),
        (GIVEN, give_grant(), GrantNotPending, None),
        (GIVEN, refuse_grant(), GrantNotPending, None),
        (REFUSED, give_grant(), GrantNotPending, None),
        ((*ASKED, retire()), give_grant(), ResourceNotInStatus, None),
        ((*ASKED, change(POPULATION, NUMBER)), give_grant(), ElementsNotAnswered, None),
        (GIVEN, end_grant(by="ministry"), NotTheGranteeOrOwner, None),
        (REFUSED, end_grant(), GrantNotGiven, None),
        (ENDED, end_grant(), GrantNotGiven, None),
    ],
)
def test_what_may_not_be_done_about_a_use_is_refused_with_its_rule_and_field(
    past: tuple[Command, ...], command: Command, expected: type[Refusal], field: str | None
) -> None:
    with pytest.raises(expected) as caught:
        decide(command, fold(led_to(*past)))

    assert (caught.type, caught.value.field) == (expected, field)


@pytest.mark.parametrize("past", [REFUSED, ENDED])
def test_another_use_may_be_asked_for_under_the_name(past: tuple[Command, ...]) -> None:
    register = register_after(*past, ask_for_grant(NUMBER), give_grant())

    assert register.lets("village", POPULATION, NUMBER)
    assert not register.lets("village", POPULATION, BIRTH)


def test_only_a_given_use_lets_an_agency_use_an_element() -> None:
    assert register_after(*GIVEN).lets("village", POPULATION, BIRTH)
    for past in (HELD, ASKED, REFUSED, ENDED):
        assert not register_after(*past).lets("village", POPULATION, BIRTH)
    given = register_after(*GIVEN)
    assert not given.lets("village", POPULATION, NUMBER)
    assert not given.lets("village", "other", BIRTH)
    assert not given.lets("town", POPULATION, BIRTH), "nobody owns the right to use what they hold"


def test_the_end_of_one_use_leaves_another_use_of_the_same_element() -> None:
    twice = (*GIVEN, ask_for_grant(grant="more"), give_grant("more"))

    assert register_after(*twice, end_grant()).lets("village", POPULATION, BIRTH)
    assert not register_after(*twice, end_grant(), end_grant("more")).lets("village", POPULATION, BIRTH)
