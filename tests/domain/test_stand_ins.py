"""Another agency's desk stands in for a desk, if the coordinator says so."""

from dataclasses import replace

import pytest

from domain.agency.commands import NameStandIn
from domain.agency.decisions import decide
from domain.agency.events import DeskOfAgency, StandInNamed
from domain.agency.refusals import AgencyUnknown, DeskUnknown, StandInOfTheSameAgency
from domain.agency.state import AgencyState, evolve
from domain.envelope import COORDINATOR
from domain.refusals import Refusal
from domain.stream_kinds import AGENCY
from tests.domain.test_agencies import REGISTER
from tests.domain.town import AT, TOWN

HELP = DeskOfAgency(agency="county", desk="help")
NAME = NameStandIn(AT, COORDINATOR, "front", HELP, ("help", "other"))
END = replace(NAME, stand_in=None, desks=None)
NAMED = StandInNamed(slug="town", desk="front", stand_in=HELP)
ENDED = StandInNamed(slug="town", desk="front", stand_in=None)


def after(*events: StandInNamed) -> AgencyState:
    state = TOWN
    for event in events:
        state = evolve(state, event)
    return state


def test_a_desk_of_another_agency_stands_in_until_it_is_said_otherwise() -> None:
    assert decide(NAME, TOWN) == (NAMED,)
    assert after(NAMED).stand_ins == {"front": HELP}
    assert decide(END, after(NAMED)) == (ENDED,)
    assert after(NAMED, ENDED) == TOWN


def test_what_stands_in_already_or_no_longer_is_said_once() -> None:
    assert decide(NAME, after(NAMED)) == ()
    assert decide(END, TOWN) == ()


def test_another_desk_stands_in_instead() -> None:
    other = DeskOfAgency(agency="county", desk="other")

    assert decide(replace(NAME, stand_in=other), after(NAMED)) == (NAMED.model_copy(update={"stand_in": other}),)


@pytest.mark.parametrize(
    ("command", "state", "expected", "field"),
    [
        (NAME, None, AgencyUnknown, None),
        (replace(NAME, desk="side"), TOWN, DeskUnknown, None),
        (replace(END, desk="side"), TOWN, DeskUnknown, None),
        (replace(NAME, stand_in=DeskOfAgency(agency="town", desk="back")), TOWN, StandInOfTheSameAgency, "agency"),
        (replace(NAME, desks=None), TOWN, AgencyUnknown, "agency"),
        (replace(NAME, desks=("other",)), TOWN, DeskUnknown, "desk"),
    ],
)
def test_what_stands_in_is_a_desk_that_another_agency_has(
    command: NameStandIn, state: AgencyState | None, expected: type[Refusal], field: str | None
) -> None:
    with pytest.raises(expected) as caught:
        decide(command, state)
    assert caught.value.field == field


def test_an_agency_with_stand_ins_is_still_registered_as_it_is() -> None:
    assert decide(REGISTER, after(NAMED)) == ()


def test_both_agencies_are_told_of_a_stand_in() -> None:
    assert AGENCY.concerned(after(NAMED), NAMED) == ("town", "county")
    assert AGENCY.concerned(TOWN, ENDED) == ("town",)
