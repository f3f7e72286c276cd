"""What is so at a desk and in its cases, as plainly as it can be told."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from application.window import Window

PEOPLE = ("ali", "bela", "cem", "dina", "emin", "fidan", "gul", "hasan")
"""Everybody is a citizen and an official; there are enough of them that most draws can be held."""
SITTING = 7
MOVES = (
    *("submits", "a_draw_is_requested", "a_draw_is_requested", "shares_are_revealed") * 3,
    *("submits_for", "sits_down", "leaves", "is_away", "is_back", "is_back", "cases_are_given_back"),
    *("declares_a_conflict", "ends_a_conflict", "recuses", "recuses", "writes", "writes", "writes", "decides"),
    *("withdraws", "a_day_goes_by", "is_erased"),
)
DESK_NAME = "front"
WORDS = "Is a plan missing?"


class World(NamedTuple):
    """The databases that all examples share; each example has its own people, agency and service."""

    runner: asyncio.Runner
    window: Window


@dataclass
class Case:
    """A case in the model: who is a party to it, who has had it, and who was drawn for it last."""

    case_id: UUID
    applicant: str
    parties: set[str]
    had_it: set[str] = field(default_factory=set)
    worker: str | None = None
    messages: int = 0
    is_open: bool = True


@dataclass
class Model:
    """What is so: who sits at the desk and under which seat, who is away, and whose cases they must not decide.

    `moved` are the cases that another agency's desk has taken over.
    """

    today: date
    cases: list[Case] = field(default_factory=list)
    moved: list[Case] = field(default_factory=list)
    seats: dict[UUID, str] = field(default_factory=dict)
    sitting: set[str] = field(default_factory=set)
    away: set[str] = field(default_factory=set)
    conflicts: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    mandates: set[tuple[str, str]] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)

    def must_not_decide(self, who: str, case: Case) -> bool:
        """Return whether somebody must not be drawn for a case that is requested now."""
        cannot = who in case.parties or who in case.had_it or who in self.away or who not in self.sitting
        return cannot or self.is_tied(who, case)

    def must_be_taken(self, who: str, case: Case) -> bool:
        """Return whether a case must be taken from whom it was drawn for: away, gone, or a party to it since then."""
        is_party = who in case.parties or ((case.applicant, who) in self.mandates and case.applicant not in self.erased)
        return who in self.away or who not in self.sitting or is_party

    def is_tied(self, who: str, case: Case) -> bool:
        """Return whether the vault knows a mandate or a conflict with the applicant; of the erased it knows nothing."""
        ties = (case.applicant, who) in self.mandates or bool(self.conflicts.get((who, case.applicant)))
        return ties and case.applicant not in self.erased
