"""A random town whose services need evidence: three resources, which come and go, and many cases that ask them.

The register's acts are not all lawful; what views make of it must follow from whatever stands in the ledger.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final
from uuid import UUID

from application.identity import service_stream
from application.storing import new_events
from domain.envelope import COORDINATOR, Actor, Envelope, Origin
from domain.event import Event
from domain.refusals import Refusal
from domain.register import events as register
from domain.register.evolving import evolve
from domain.register.state import RegisterState
from domain.register.values import RegisterRules
from domain.service.definition import EvidenceNeed, PublishedService, Question
from domain.service.events import ServiceDrafted, ServicePublished
from ledger.store.entries import NewEvent
from tests.domain.register_examples import BIRTH_DATE, INTEGRATION, POPULATION
from tests.domain.town import AT, SERVICE
from tests.projections.case_life import CaseLife
from tests.projections.evidence_life import is_explained

STREAM: Final = UUID("0fe00000-0000-4000-8000-000000000001")
RESOURCES: Final = {
    "addresses": ("home.street", "home.town"),
    "incomes": ("work.income", "work.tax", "home.town"),
    "pets": ("pet.name",),
}
ELEMENTS: Final = tuple(sorted({element for elements in RESOURCES.values() for element in elements}))
OFFICES: Final = {"dog-tax": "harbour", "move-house": "harbour", "stipend": "hill"}
_ZONES: Final = {"harbour": "Asia/Baku", "hill": "Europe/Amsterdam"}
_YOUNG: Final = 15


class TownRegister:
    """The town's register: its state after so many events."""

    def __init__(self) -> None:
        self.state: RegisterState | None = None
        self.version = 0


class EvidenceTown:
    """A town that lives. The same seed gives the same life.

    Args:
        seed: of the random numbers.
        pace: the most seconds between two events.
    """

    def __init__(self, seed: int, pace: int = 3_600) -> None:
        self._random, self._pace, self._at = Random(f"town {seed}"), pace, AT
        self._register = TownRegister()
        self._services: dict[str, list[PublishedService]] = {slug: [] for slug in OFFICES}
        self._versions = dict.fromkeys(OFFICES, 0)
        self._cases: list[CaseLife] = []
        self._moves: dict[Callable[[], list[NewEvent]], int] = {
            self._change_register: 1,
            self._publish: 1,
            self._submit: 12,
            self._move: 60,
        }

    def live(self, count: int) -> list[NewEvent]:
        """Return the next events: so many, or a few more to keep together what was decided together."""
        events: list[NewEvent] = [] if self._register.version else self._beginning()
        while len(events) < count:
            self._at += timedelta(seconds=self._random.randrange(self._pace))
            (move,) = self._random.choices(list(self._moves), list(self._moves.values()))
            events += move()
        return events

    def _beginning(self) -> list[NewEvent]:
        known = tuple(BIRTH_DATE.model_copy(update={"name": name, "type": "text"}) for name in ELEMENTS)
        coordinator = register.CoordinatorNamed(
            agency="harbour", from_date=self._at.date(), begins_at=self._at, act="Decree 2"
        )
        events = [
            *self._registered(coordinator),
            *self._registered(register.RegisterRulesSet(rules=RegisterRules())),
            *self._registered(register.ElementsDefined(elements=known)),
        ]
        for slug, elements in RESOURCES.items():
            description = POPULATION.model_copy(update={"slug": slug, "elements": elements, "owner": "harbour"})
            events += self._registered(register.ResourceProposed(description=description))
            events += self._registered(register.ResourceApproved(resource=slug))
            events += self._registered(register.ResourceTakenIntoUse(resource=slug))
            events += self._integrated(slug)
            for agency in _ZONES:
                grant = f"{agency}-{slug}"
                asked = register.GrantAsked(
                    grant=grant,
                    agency=agency,
                    resource=slug,
                    elements=elements,
                    purpose={"en": "To know."},
                    legal_basis="Law 3",
                )
                events += [*self._registered(asked), *self._registered(register.GrantGiven(grant=grant))]
        for slug in OFFICES:
            events += self._version_of(slug)
        return events

    def _registered(self, event: Event) -> list[NewEvent]:
        self._register.state = evolve(self._register.state, event)
        self._register.version += 1
        envelope = Envelope(actor=COORDINATOR, agencies=("harbour",), occurred_at=self._at, origin="live")
        return new_events(STREAM, self._register.version - 1, [event], envelope, None)

    def _integrated(self, slug: str) -> list[NewEvent]:
        some = self._random.sample(RESOURCES[slug], self._random.randrange(1, len(RESOURCES[slug]) + 1))
        level = self._random.choice((300, 600))
        changes = {"elements": tuple(some), "identifier": "car.owner", "answered_within": level}
        integration = INTEGRATION.model_copy(update={**changes, "preview_required": self._random.random() < 0.2})
        return self._registered(register.ResourceIntegrated(resource=slug, integration=integration))

    def _change_register(self) -> list[NewEvent]:
        slug = self._random.choice(list(RESOURCES))
        grant = f"{self._random.choice(list(_ZONES))}-{slug}"
        why = {"en": "So it is."}
        judged = register.ResourceJudged(
            resource=slug,
            approval="establish",
            body="hill",
            verdict=self._random.choice(("positive", "negative")),
            reasons=why,
        )
        retired = register.ResourceRetired(resource=slug, local_date=self._at.date(), reasons=why, successor=None)
        choices: list[Callable[[], list[NewEvent]]] = [
            *[lambda: self._integrated(slug)] * 6,
            lambda: self._registered(judged),
            lambda: self._registered(retired),
            lambda: self._registered(register.ResourceUseAsked(resource=slug, audited_on=self._at.date())),
            lambda: self._registered(register.GrantEnded(grant=grant, reasons=why)),
            *[lambda: self._registered(register.GrantGiven(grant=grant))] * 2,
        ]
        return self._random.choice(choices)()

    def _publish(self) -> list[NewEvent]:
        return self._version_of(self._random.choice(list(OFFICES)))

    def _version_of(self, slug: str) -> list[NewEvent]:
        questions, needs = list(SERVICE.questions), list[EvidenceNeed]()
        for element in ELEMENTS:
            label, kind = {"en": element}, self._random.choice("qeee-")
            if kind == "q":
                questions.append(Question(element=element, label=label, type="text", required=False))
            elif kind == "e":
                resource = self._random.choice([each for each in RESOURCES if element in RESOURCES[each]])
                preview = self._random.choice(("none", "none", "possible", "required"))
                required = self._random.random() < 0.8
                needs.append(
                    EvidenceNeed(
                        element=element, resource=resource, label=label, type="text", preview=preview, required=required
                    )
                )
        number = len(self._services[slug]) + 1
        changes = {"slug": slug, "agency": OFFICES[slug], "questions": tuple(questions), "evidence": tuple(needs)}
        definition = SERVICE.model_copy(update=changes)
        self._services[slug].append(PublishedService(definition, number))
        told = [
            ServiceDrafted(version=number, definition=definition),
            ServicePublished(version=number, local_date=self._at.date(), register_version=self._register.version),
        ]
        envelope = Envelope(actor=COORDINATOR, agencies=(OFFICES[slug],), occurred_at=self._at, origin="live")
        self._versions[slug] += len(told)
        return new_events(service_stream(slug), self._versions[slug] - len(told), told, envelope, None)

    def _submit(self) -> list[NewEvent]:
        slug = self._random.choice(list(OFFICES))
        service = self._services[slug][-1]
        self._cases.append(CaseLife(service, _ZONES[OFFICES[slug]], self._random, self._register, self._random))
        return self._turn_of(self._cases[-1])

    def _move(self) -> list[NewEvent]:
        return self._turn_of(self._random.choice(self._cases[-_YOUNG:])) if self._cases else []

    def _turn_of(self, case: CaseLife) -> list[NewEvent]:
        version = case.version
        try:
            turn = case.turn(self._at)
        except Refusal:
            return []  # not at present
        if turn is None:
            return []
        actor: Actor = turn.actor
        origin: Origin = actor.role if actor.role in {"clock", "resource"} else case.origin
        cause = f"{case.stream}:1" if is_explained(actor) else None
        envelope = Envelope(actor=actor, agencies=(case.agency,), occurred_at=turn.at, origin=origin, causation=cause)
        return new_events(case.stream, version, turn.events, envelope, case.key)
