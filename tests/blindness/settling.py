"""A town and a county with their services, and the people of one life, before anybody has done anything."""

import itertools
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

import httpx2

from application.access.callers import Caller, Role
from application.draws.rosters import take_seat
from tests.api.people import Person, permit
from tests.api.running import RunningWindow
from tests.blindness.cast import NAMES, NUMBER, Cast, Reader
from tests.blindness.life import Life

_OTHERS: Final = 4  # who sit at each desk too, so that there is always a draw


@contextmanager
def a_life(window: RunningWindow, number: int, dice: random.Random) -> Iterator[Life]:
    """Yield people who have not done anything yet; the officials sit at their desks."""
    with ExitStack() as stack:
        readers = list(_readers(window, number))
        for reader in readers:
            stack.callback(reader.person.http.close)
        cast = Life(window, readers, number, dice)
        _publishes(cast)
        for name in NAMES:
            taken = cast.official(name).sends("/v1/desks/north/seat", method="PUT")
            assert taken.is_success, taken.text
            cast.seats[name].append(taken.json()["seat"])
        for which, another in itertools.product(("town", "county"), range(_OTHERS)):
            other = Caller("nobody", f"other-{another}", Role.OFFICIAL, cast.agency(which))
            window.runs(take_seat(window._window, other, "north"))
        yield cast


def _readers(window: RunningWindow, number: int) -> Iterator[Reader]:
    somebody = window.somebody
    for name in NAMES:
        subject, said = f"secret-subject-{name}-{number}", {NUMBER: f"AZE-{name.upper()}-{number}-SECRET"}
        yield Reader(name, Role.CITIZEN, somebody(Role.CITIZEN, subject, identifiers=said))
        agency = f"{'county' if name == 'ana' else 'town'}-{number}"
        yield Reader(name, Role.OFFICIAL, somebody(Role.OFFICIAL, subject, agency, ("north",)), agency)
    for which in ("town", "county"):
        agency = f"{which}-{number}"
        yield Reader(f"system of the {which}", Role.AGENCY, somebody(Role.AGENCY, f"system-{agency}", agency), agency)
        colleague = somebody(Role.OFFICIAL, f"colleague-{agency}", agency, ("north",))
        yield Reader(f"colleague in the {which}", Role.OFFICIAL, colleague, agency)
    for role in (Role.COORDINATOR, Role.AUDITOR, Role.ANYONE):
        yield Reader(role.value, role, somebody(role, f"{role.value}-{number}"))


def _publishes(cast: Cast) -> None:
    coordinator = next(each.person for each in cast.readers if each.role is Role.COORDINATOR)
    number, questions = (
        cast.number,
        [
            {"element": "person.phone", "label": {"en": "Telephone"}, "type": "text", "shownToOfficial": False},
            {"element": "building.plan", "label": {"en": "Plan"}, "type": "text"},
            {"element": "building.floors", "label": {"en": "Floors"}, "type": "number", "open": True},
        ],
    )
    longer = {"extension": {"days": 5, "kind": "working"}}
    for which in ("town", "county"):
        entry = {"name": {"en": which}, "timeZone": "Asia/Baku", "desks": ["north"]}
        _done(coordinator.sends(f"/v1/agencies/{cast.agency(which)}", entry, method="PUT"))
    _keeps_a_calendar(coordinator, cast)
    parts = {
        "opens": [f"name-{number}", f"allowance-{number}"],
        "questions": [],
        "steps": [],
        "term": None,
        "extension": None,
    }
    for slug, which, changed in (
        (f"permit-town-{number}", "town", {}),
        (f"permit-county-{number}", "county", {}),
        (f"name-{number}", "town", {}),
        (f"allowance-{number}", "town", {}),
        (f"birth-{number}", "town", parts),
    ):
        definition = permit(slug, cast.agency(which), "north", **({"questions": questions} | longer | changed))
        _done(coordinator.sends("/v1/services", {"definition": definition}))
        _done(coordinator.sends(f"/v1/services/{slug}/publication", {"version": 1}))
    system = next(
        each.person for each in cast.readers if each.agency == cast.agency("town") and each.role is Role.AGENCY
    )
    asked = {"endpoint": "https://town.example/hook"}
    subscribed = system.sends(f"/v1/subscriptions/{cast.subscription}", asked, method="PUT")
    _done(coordinator.sends(f"/v1/subscriptions/{cast.subscription}/grant", seen=subscribed))


def _keeps_a_calendar(coordinator: Person, cast: Cast) -> None:
    """Name a calendar of the town, which the lives of one window share."""
    act = {"title": {"en": "Labour Act"}, "number": "12", "publishedOn": "2020-01-01"}
    entries = {"restDays": [6, 7], "counting": {"shortening": "never"}, "fromDay": "2020-01-01"}
    calendar = {"slug": "blind", "jurisdiction": "land", "workingWeek": "five_days", "act": act, "entries": entries}
    _done(coordinator.sends("/v1/calendars", calendar))
    _done(coordinator.sends(f"/v1/agencies/{cast.agency('town')}/calendar", {"calendar": "blind"}, method="PUT"))


def _done(answer: httpx2.Response) -> None:
    assert answer.is_success, answer.text
