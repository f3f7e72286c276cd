"""People who take part in several cases, on both sides: who they are, and what they ask for."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import httpx2

from api.development_issuer import ISSUER
from application.access.callers import Caller, Role
from application.clock import system_clock
from application.draws.holding import Held
from tests.api.people import Person
from tests.api.running import RunningWindow
from tests.draws.steered import drawn_for

NAMES: Final = ("ana", "ben", "cem")
NUMBER: Final = "person.number"
"""The element by which a login says who somebody is."""


@dataclass
class Played:
    """A case: who asks, who has acted for them, and who was drawn for it; the secret is the applicant's side's."""

    case_id: str
    agency: str
    service: str
    applicant: str
    secret: str
    representatives: set[str] = field(default_factory=set)
    official: str | None = None
    has_ended: bool = False
    officials: set[str] = field(default_factory=set)

    @property
    def path(self) -> str:
        """The address of the case."""
        return f"/v1/cases/{self.case_id}"

    @property
    def side_of_applicant(self) -> set[str]:
        """All who have been on the applicant's side."""
        return {self.applicant, *self.representatives}

    @property
    def people(self) -> set[str]:
        """All who have had a part in it, on either side."""
        return self.side_of_applicant | self.officials


@dataclass(frozen=True)
class Reader:
    """Somebody with a token: one of the people on one side, or somebody of whom nothing is secret."""

    name: str
    role: Role
    person: Person
    agency: str | None = None


class Cast:
    """The people of one life, two agencies with a service each, and a life event; nobody else uses them.

    Args:
        window: the window.
        readers: who can ask.
        number: of the life.
        dice: decides what random is.
    """

    def __init__(self, window: RunningWindow, readers: Sequence[Reader], number: int, dice: random.Random) -> None:
        self.window, self.readers, self.number, self.dice = window, readers, number, dice
        self.cases: list[Played] = []
        self.life_events: list[str] = []
        self.mandates: list[tuple[str, str, str]] = []  # giver, receiver, id
        self.done: list[str] = []
        self.answered: list[tuple[Reader, httpx2.Response]] = []
        self.began = int(window.everything_recorded())
        self.nonces: dict[str, list[str]] = {name: [] for name in NAMES}
        self.seats: dict[str, list[str]] = {name: [] for name in NAMES}
        self.erased: set[str] = set()
        self.in_conflict: dict[str, set[str]] = {name: set() for name in NAMES}

    @property
    def subscription(self) -> str:
        """Return the name of the town's subscription."""
        return f"town-{self.number}"

    def agency(self, which: str) -> str:
        """Return the name of the town or the county of this life."""
        return f"{which}-{self.number}"

    def subject(self, name: str) -> str:
        """Return the subject of somebody's token: the same on both sides."""
        return f"secret-subject-{name}-{self.number}"

    def identifier(self, name: str) -> str:
        """Return what a login proves about somebody."""
        return f"AZE-{name.upper()}-{self.number}-SECRET"

    def citizen(self, name: str) -> Person:
        """Return somebody as an applicant or a representative."""
        return self._as(name, Role.CITIZEN)

    def official(self, name: str) -> Person:
        """Return somebody as an official of the agency where they sit."""
        return self._as(name, Role.OFFICIAL)

    def _as(self, name: str, role: Role) -> Person:
        return next(each.person for each in self.readers if (each.name, each.role) == (name, role))

    def agency_of(self, name: str) -> str:
        """Return the agency where somebody is an official: Ana at the county, the others in the town."""
        return self.agency("county" if name == "ana" else "town")

    def marker(self) -> str:
        """Return a word that nobody has said before."""
        return "".join(self.dice.choices("bcdfghjklmnpqrstvwxz", k=12))

    def counts(self, what: str, answer: httpx2.Response) -> httpx2.Response:
        """Remember what was done; what a rule has refused was not."""
        assert answer.status_code < 500, answer.text
        if answer.is_success:
            self.done.append(what)
        token = answer.request.headers["Authorization"]
        (by,) = [each for each in self.readers if each.person.http.headers.get("Authorization") == token]
        self.answered.append((by, answer))
        return answer

    # --- asking

    def answers(self, secret: str) -> dict[str, object]:
        """Return answers: one that nobody but the applicant's side reads, one that officials read, one in clear."""
        floors = self.dice.randrange(10**6, 10**9)
        return {"person.phone": secret, "building.plan": self.marker(), "building.floors": floors}

    def asks(self, name: str, where: str, mandate: tuple[str, str, str] | None = None) -> Played | None:
        """Submit a request, for oneself or by a mandate."""
        secret, nonce, service = (
            f"phone-{self.marker()}",
            self.dice.randbytes(32).hex(),
            f"permit-{where}-{self.number}",
        )
        body: dict[str, Any] = {"service": service, "answers": self.answers(secret), "nonce": nonce}
        applicant = mandate[0] if mandate else name
        answer = self.counts(
            "represents" if mandate else "asks",
            self.citizen(name).sends("/v1/cases", body | ({"mandate": mandate[2]} if mandate else {})),
        )
        if not answer.is_success:
            return None
        self.nonces[name].append(nonce)
        case = Played(answer.json()["caseId"], self.agency(where), service, applicant, secret)
        if mandate:
            case.representatives.add(name)
        self.cases.append(case)
        return case

    def has_a_life_event(self, name: str) -> None:
        """Submit one request that opens two cases, both in the town."""
        secrets = {slug: f"phone-{self.marker()}" for slug in (f"name-{self.number}", f"allowance-{self.number}")}
        parts = {slug: {"answers": self.answers(secret)} for slug, secret in secrets.items()}
        body = {"service": f"birth-{self.number}", "parts": parts}
        answer = self.counts("life event", self.citizen(name).sends("/v1/life-events", body, key=self.marker()))
        if answer.is_success:
            self.life_events.append(answer.json()["lifeEventId"])
            for part in answer.json()["cases"]:
                slug = part["service"]
                self.cases.append(Played(part["caseId"], self.agency("town"), slug, name, secrets[slug]))

    def gives_a_mandate(self, giver: str, receiver: str) -> tuple[str, str, str]:
        """Give a mandate that the receiver accepts."""
        today = system_clock().date()
        body = {
            "receiver": {"element": NUMBER, "value": self.identifier(receiver)},
            "services": [f"permit-{where}-{self.number}" for where in ("town", "county")],
            "firstDay": str(today),
            "lastDay": str(today + timedelta(days=30)),
        }
        given = self.counts("mandate", self.citizen(giver).sends("/v1/mandates", body))
        mandate = (giver, receiver, given.headers["Location"].rpartition("/")[2])
        self.counts("acceptance", self.citizen(receiver).sends(f"/v1/mandates/{mandate[2]}/acceptance"))
        self.mandates.append(mandate)
        return mandate

    def is_drawn(self, name: str, case: Played) -> None:
        """Have a draw give somebody the case, unless no draw can pick them or somebody has it."""
        cannot = {*case.people, *self.erased, *self.in_conflict[case.applicant], *self.with_mandate_of(case.applicant)}
        if name in cannot or case.agency != self.agency_of(name) or case.official or case.has_ended:
            return
        self.window.runs(self._drawn(name, case))
        case.official = name
        case.officials.add(name)
        self.done.append("drawn")

    async def _drawn(self, name: str, case: Played) -> None:
        window = self.window._window
        who = Caller(ISSUER, self.subject(name), Role.OFFICIAL, case.agency, frozenset({"north"}))
        await drawn_for(window, who, UUID(case.case_id), Held((), await window.ledger.head()))

    def with_mandate_of(self, name: str) -> set[str]:
        """Return who has or had a mandate of somebody."""
        return {receiver for giver, receiver, _ in self.mandates if giver == name}
