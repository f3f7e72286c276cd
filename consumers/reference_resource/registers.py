"""What the reference resource holds: made-up people and parcels, each entry with the days on which it was so."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from domain.evidence.values import EvidenceValue

Kind: TypeAlias = Literal["population", "land"]

IDENTIFIER: Final = "person.identifier"
"""The element by which both registers know a person."""


class Entry(NamedTuple):
    """What was so from a day to a day, in the register's own numbering."""

    version: int
    valid_from: date
    valid_to: date | None
    values: Mapping[str, EvidenceValue]


class Register(NamedTuple):
    """The elements that are held, and the entries about each person, the oldest first."""

    elements: Sequence[str]
    entries: Mapping[str, Sequence[Entry]]

    def on(self, identifier: str, day: date) -> Entry | None:
        """Return what was so about a person on that day."""
        known = self.entries.get(identifier, ())
        return next(
            (e for e in known if e.valid_from <= day and (e.valid_to is None or day <= e.valid_to)),
            None,
        )


def _person(name: str, born: str, before: str, since: date, address: str, *, alive: bool = True) -> Sequence[Entry]:
    """Return the entries of a person who has moved once."""
    fixed: dict[str, EvidenceValue] = {"person.full_name": name, "person.birth_date": born, "person.alive": alive}
    first = date.fromisoformat(born)
    moved = since.replace(day=since.day - 1)
    return (
        Entry(1, first, moved, {**fixed, "person.address": before}),
        Entry(2, since, None, {**fixed, "person.address": address}),
    )


def _parcel(number: str, square_metres: int, address: str, since: date, *, encumbered: bool = False) -> Sequence[Entry]:
    values: dict[str, EvidenceValue] = {
        "property.number": number,
        "property.area": square_metres,
        "property.address": address,
        "property.encumbered": encumbered,
    }
    return (Entry(1, since, None, values),)


REGISTERS: Final[Mapping[Kind, Register]] = MappingProxyType(
    {
        "population": Register(
            ("person.full_name", "person.birth_date", "person.alive", "person.address"),
            {
                "AA10001": _person(
                    "Leyla Nümunəvi", "1990-02-28", "Nümunə küçəsi 1", date(2024, 5, 2), "Misal prospekti 12"
                ),
                "AA10002": _person(
                    "Rəşad Uydurma", "1984-07-15", "Misal prospekti 3", date(2021, 9, 10), "Nümunə küçəsi 7"
                ),
                "AA10003": _person(
                    "Aysel Xəyali", "1951-11-03", "Sınaq döngəsi 5", date(2019, 3, 20), "Sınaq döngəsi 9", alive=False
                ),
            },
        ),
        "land": Register(
            ("property.number", "property.area", "property.address", "property.encumbered"),
            {
                "AA10001": _parcel("303-11-204", 412, "Misal prospekti 12", date(2024, 4, 1)),
                "AA10002": _parcel("303-11-310", 96, "Nümunə küçəsi 7", date(2021, 8, 1), encumbered=True),
            },
        ),
    }
)
"""The two registers. Nobody in them exists."""
