"""The registration of agencies."""

from dataclasses import replace

import pytest

from domain.agency.commands import RegisterAgency
from domain.agency.decisions import decide
from domain.agency.events import AgencyRegistered
from domain.agency.refusals import (
    AgencyAlreadyRegistered,
    AgencyWithoutDesk,
    DeskLimitOutOfRange,
    DeskNamedTwice,
    DeskUnknown,
    TimeZoneUnknown,
)
from domain.agency.state import AgencyState, evolve
from domain.envelope import Actor
from domain.event import UnknownEventError
from domain.refusals import Refusal
from domain.values import is_time_zone
from tests.domain.town import AT, SUBMITTED, TOWN

REGISTER = RegisterAgency(
    AT,
    Actor(role="coordinator", pseudonym="coordinator"),
    TOWN.slug,
    TOWN.name,
    TOWN.time_zone,
    TOWN.desks,
    zone_is_known=True,
)
REGISTERED = AgencyRegistered(
    slug=TOWN.slug, name=TOWN.name, time_zone=TOWN.time_zone, desks=TOWN.desks, desk_limits={}
)


def test_a_desk_has_the_limit_that_its_agency_gave_it_or_the_usual_one() -> None:
    town = evolve(None, decide(replace(REGISTER, desk_limits={"back": 5}), None)[0])

    assert (town.limit_at("back"), town.limit_at("front")) == (5, 20)


def test_a_public_body_becomes_an_agency() -> None:
    assert decide(REGISTER, None) == (REGISTERED,)
    assert evolve(None, REGISTERED) == TOWN


def test_an_agency_that_is_registered_as_described_stays_as_it_is() -> None:
    assert decide(REGISTER, TOWN) == ()


@pytest.mark.parametrize(
    ("command", "state", "expected"),
    [
        (replace(REGISTER, desks=("front",)), TOWN, AgencyAlreadyRegistered),
        (replace(REGISTER, desks=()), None, AgencyWithoutDesk),
        (replace(REGISTER, desks=("front", "front")), None, DeskNamedTwice),
        (replace(REGISTER, desk_limits={"side": 3}), None, DeskUnknown),
        (replace(REGISTER, desk_limits={"front": 0}), None, DeskLimitOutOfRange),
        (replace(REGISTER, desk_limits={"front": 1001}), None, DeskLimitOutOfRange),
        (replace(REGISTER, zone_is_known=False), None, TimeZoneUnknown),
    ],
)
def test_an_agency_is_registered_once_with_desks_and_a_time_zone(
    command: RegisterAgency, state: AgencyState | None, expected: type[Refusal]
) -> None:
    with pytest.raises(expected):
        decide(command, state)


@pytest.mark.parametrize("name", ["Asia/Bakuu", "asia/baku", "../etc/passwd", "Factory", "localtime", ""])
def test_what_is_no_zone_of_the_iana_database_is_not_known(name: str) -> None:
    assert not is_time_zone(name)
    assert is_time_zone(TOWN.time_zone)


def test_a_foreign_event_is_never_passed_over() -> None:
    with pytest.raises(UnknownEventError):
        evolve(TOWN, REGISTERED)
    with pytest.raises(UnknownEventError):
        evolve(None, SUBMITTED)
