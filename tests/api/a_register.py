"""A register as it stands in a ledger, whoever has written it: the population register is integrated."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from application.clock import system_clock
from application.identity import register_stream
from application.storing import new_events
from domain.envelope import Actor, Envelope
from domain.event import Event
from domain.register import events as told
from domain.register.values import DataElement, RegisterRules
from ledger.store.entries import NewEvent
from tests.domain.register_examples import BIRTH_DATE, INTEGRATION, PERSON_NUMBER, POPULATION
from tests.domain.town import AT

NAME = DataElement(name="person.name", type="text", title={"en": "Name", "ar": "اسم"}, identifies_person=True)
PHONE = DataElement(name="person.phone", type="text", title={"en": "Telephone"}, identifies_person=True)
FLOORS = DataElement(name="building.floors", type="number", title={"en": "Floors"}, identifies_person=False)
VOTERS = POPULATION.model_copy(
    update={
        "slug": "voters",
        "title": {"en": "State register of the population who vote"},
        "elements": ("person.birth_date", "person.name"),
    }
)
BEGINNING: Sequence[Event] = (
    told.CoordinatorNamed(agency="idda", from_date=date(2026, 1, 1), begins_at=AT, act="Decree 1 of 2026"),
    told.RegisterRulesSet(rules=RegisterRules(approving_bodies=("security",))),
    told.ElementsDefined(elements=(BIRTH_DATE, PERSON_NUMBER, NAME, PHONE, FLOORS)),
    told.ResourceProposed(description=POPULATION),
    told.ResourceJudged(
        resource="population-register",
        approval="establish",
        body="security",
        verdict="positive",
        reasons={"en": "Nobody else holds it."},
    ),
    told.ResourceApproved(resource="population-register"),
    told.ResourceUseAsked(resource="population-register", audited_on=date(2026, 5, 4)),
    told.ResourceTakenIntoUse(resource="population-register"),
    told.ResourceIntegrated(resource="population-register", integration=INTEGRATION),
    told.ResourceProposed(description=VOTERS),
    told.GrantAsked(
        grant="permits-birth-date",
        agency="town",
        resource="population-register",
        elements=("person.birth_date",),
        purpose={"en": "To see who is of age."},
        legal_basis="Building Act, article 3",
    ),
    told.GrantGiven(grant="permits-birth-date"),
)

LATER = datetime(2099, 1, 1, tzinfo=UTC)
NOBODY_COORDINATES_YET: Sequence[Event] = (
    told.CoordinatorNamed(agency="idda", from_date=LATER.date(), begins_at=LATER, act="Decree 1 of 2026"),
    *BEGINNING[1:],
)
"""The same register before its first coordinator begins, so that a coordinator's token says no agency."""


def registered(events: Sequence[Event] = BEGINNING, after: int = 0) -> list[NewEvent]:
    """Return events of the register as they are stored, after so many others."""
    coordinator = Actor(role="coordinator", pseudonym="coordinator")
    envelope = Envelope(actor=coordinator, agencies=("town",), occurred_at=system_clock(), origin="live")
    return new_events(register_stream(), after, events, envelope, None)
