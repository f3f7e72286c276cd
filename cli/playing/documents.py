"""What the demonstration's agencies send: their own descriptions, the vocabulary, the registers and the services."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

Document: TypeAlias = Mapping[str, Any]

AGENCIES: Final[Mapping[str, str]] = {
    "digital-agency": "Digital Development Agency",
    "interior-ministry": "Ministry of the Interior",
    "property-agency": "Property Agency",
    "post": "Post",
    "city-of-baku": "City of Baku",
}
CITY: Final = "city-of-baku"
DESK: Final = "front"
TIME_ZONE: Final = "Asia/Baku"

_TYPES: Final = {
    "person.identifier": "text",
    "person.full_name": "text",
    "person.birth_date": "date",
    "person.alive": "boolean",
    "person.address": "text",
    "property.number": "text",
    "property.area": "number",
    "property.address": "text",
    "property.encumbered": "boolean",
    "post.code": "text",
    "building.floors": "number",
}

COORDINATOR: Final[Document] = {
    "agency": "digital-agency",
    "fromDate": "2018-03-14",
    "act": "Decree of 14 March 2018",
}

VOCABULARY: Final[Document] = {
    "elements": [
        {
            "name": name,
            "type": kind,
            "title": {"en": name.replace(".", " ").replace("_", " ")},
            "identifiesPerson": name == "person.identifier",
        }
        for name, kind in _TYPES.items()
    ]
}

POSITIVE: Final[Document] = {"verdict": "positive", "reasons": {"en": "Nobody else holds it, and the law asks for it."}}
SILENT: Final[Document] = {"silent": True}


def agency(name: str) -> Document:
    """Return an agency with one desk."""
    return {"name": {"en": name}, "timeZone": TIME_ZONE, "desks": [DESK]}


def resource(slug: str, owner: str, title: str, elements: Sequence[str]) -> Document:
    """Return a resource as its owner proposes it."""
    return {
        "slug": slug,
        "owner": owner,
        "title": {"en": title},
        "description": {"en": title},
        "legalBasis": "Rules on state information resources, section 3",
        "elements": list(elements),
        "securityClass": "K2",
        "contact": "The owner's front office",
    }


POPULATION: Final = resource(
    "population",
    "interior-ministry",
    "Population register",
    ["person.identifier", "person.full_name", "person.birth_date", "person.alive", "person.address"],
)
LAND: Final = resource(
    "land",
    "property-agency",
    "Land register",
    ["property.number", "property.area", "property.address", "property.encumbered"],
)
ADDRESSES: Final = resource("address-register", "post", "Address register", ["post.code", "person.address"])


def _service(slug: str, title: str, **more: Any) -> Document:
    return {
        "slug": slug,
        "agency": "city-of-baku",
        "desk": DESK,
        "title": {"en": title},
        "description": {"en": title},
        "legalBasis": "Rules of the city, section 5",
        "channels": ["internet"],
        "languages": ["en"],
        **more,
    }


def _need(element: str, source: str, kind: str, label: str) -> Document:
    return {"element": element, "resource": source, "type": kind, "label": {"en": label}}


_BORN: Final[Document] = {"element": "person.birth_date", "type": "date", "label": {"en": "Your date of birth"}}

CARD_THAT_ASKS: Final = _service("travel-card", "Travel card, at a price by age", questions=[_BORN])
CARD: Final = _service(
    "travel-card",
    "Travel card, at a price by age",
    evidence=[_need("person.birth_date", "population", "date", "Your date of birth")],
)
PERMIT: Final = _service(
    "building-permit",
    "Building permit",
    questions=[{"element": "building.floors", "type": "number", "label": {"en": "Number of floors"}, "open": True}],
    evidence=[
        _need("property.area", "land", "number", "Area of your land in square metres"),
        _need("property.encumbered", "land", "boolean", "Does somebody else have a right to it?"),
    ],
)


TREE: Final = _service("tree-felling", "Leave to fell a tree")
PARKING: Final = _service(
    "parking-place",
    "Parking place for a resident",
    term={"days": 10, "kind": "working"},
    extension={"days": 5, "kind": "working"},
    timing={"suspendedForAnswers": "Rules of the city, section 7"},
)
LONGER: Final[Document] = {
    "by": {"days": 5, "kind": "working"},
    "ground": "Rules of the city, section 8",
    "reason": "The street is being measured anew.",
}
CALENDAR: Final = "az-five-days"


def calendar(holiday: date) -> Document:
    """Return the calendar of a country with a week of five days, and one holiday."""
    return {
        "slug": CALENDAR,
        "jurisdiction": "az",
        "workingWeek": "five_days",
        "act": {"title": {"en": "Labour Code"}, "number": "105", "publishedOn": "1999-02-01"},
        "entries": {
            "restDays": [6, 7],
            "counting": {"lastDayOff": "next_working_day"},
            "days": [{"day": holiday.isoformat(), "effect": "off", "why": "holiday"}],
            "fromDay": "2006-01-01",
        },
    }


def decree(published: date, holiday: date, to: date) -> Document:
    """Return an act that moves a holiday to another day."""
    return {
        "act": {"title": {"en": "Decree"}, "number": "362", "publishedOn": published.isoformat()},
        "entries": {
            "days": [
                {"day": to.isoformat(), "effect": "off", "why": "swap"},
                {"day": holiday.isoformat(), "effect": "usual", "why": "swap"},
            ],
            "fromDay": published.isoformat(),
        },
    }


def _grant(source: str, elements: Sequence[str], purpose: str) -> Document:
    return {
        "resource": source,
        "elements": list(elements),
        "purpose": {"en": purpose},
        "legalBasis": "Rules of the city, section 5",
    }


CARD_GRANT: Final = _grant("population", ["person.birth_date"], "To see which price an applicant pays.")
PERMIT_GRANT: Final = _grant("land", ["property.area", "property.encumbered"], "To see what may be built, and by whom.")
