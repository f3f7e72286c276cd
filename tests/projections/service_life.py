"""A random service: drafted, published, superseded and withdrawn as the domain allows."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from application.identity import service_stream
from domain.agency.state import AgencyState
from domain.envelope import Actor
from domain.event import Event
from domain.register.state import RegisterState
from domain.service.commands import Command, DraftService, MeetRegister, PublishService, WithdrawService
from domain.service.decisions import decide
from domain.service.definition import EvidenceNeed, PublishedService, Question, ServiceDefinition, Step, Timing
from domain.service.refusals import ServiceNotPublished
from domain.service.state import ServiceState, VersionStatus, evolve
from domain.values import Term
from tests.domain.town import SERVICE
from tests.projections.register_life import HELD, RegisterLife

REACTION = Actor(role="window", pseudonym="reaction")
_OFTEN, _SELDOM = 0.8, 0.1
_GROUND = "Service Act, article 3"

DESKS = {"harbour": ("north", "south", "pier"), "hill": ("front",), "lake": ("front", "back")}
_TERMS = (None, Term(days=1, kind="calendar"), Term(days=1, kind="working"), Term(days=4, kind="working"))
_TIMING = Timing(
    suspended_for_answers="Administrative code, article 9",
    suspended_for_evidence="Administrative code, article 10",
    answers_within=Term(days=4, kind="calendar"),
    lapses_on="Licences law, article 18",
    warned_before=Term(days=1, kind="working"),
    escalated_after=Term(days=2, kind="working"),
    silence_published_within=Term(days=2, kind="working"),
)
_TIMINGS = {
    "permit": Timing(warned_before=Term(days=2, kind="calendar"), escalated_after=Term(days=3, kind="calendar")),
    "licence": _TIMING,
    "grant": _TIMING,
}
"""What the clock does beside counting; with the other services it does nothing."""
SILENT = ("grant", "licence")
"""The services that are granted where nobody decides in time."""
_STEPS = (
    Step(name="T02 Check", label={"en": "Check"}, first=True, phase="apply", channel="electronic"),
    Step(name="T04 Weigh", label={"en": "Weigh"}, first=True, may_follow=("T02 Check", "T04 Weigh"), channel="both"),
    Step(
        name="T06 Write",
        label={"en": "Write"},
        may_follow=("T04 Weigh", "T06 Write"),
        phase="result",
        channel="electronic",
    ),
)


class ServiceLife:
    """A service that changes when asked, in a random way.

    What it asks because of the register is drawn `aside`, so that lives without a register stay as they are.
    """

    def __init__(self, slug: str, agency: str, random: Random, aside: Random) -> None:
        self.slug, self.agency, self._random, self._aside = slug, agency, random, aside
        self.stream = service_stream(slug)
        self.version = 0
        self._state: ServiceState | None = None

    def in_force(self, day: date) -> PublishedService:
        """Return the version that holds on a day.

        Raises:
            ServiceNotPublished, ServiceNotInForce: there is none.
        """
        if self._state is None:
            raise ServiceNotPublished
        return self._state.in_force(day)

    def meet(self, at: datetime, register: RegisterLife) -> tuple[Event, ...]:
        """Return what the service's agency is told about the register.

        Raises:
            Refusal: there is nothing to tell.
        """
        if register.state is None:
            raise ServiceNotPublished
        return self._done(MeetRegister(at, REACTION, at.date(), register.state, register.version))

    def change(
        self, at: datetime, actor: Actor, agency: AgencyState | None, register: RegisterLife
    ) -> tuple[Event, ...]:
        """Return the events of one change.

        Raises:
            Refusal: the chosen change is not allowed now.
        """
        latest = max(self._state.versions) if self._state else 1
        changes: list[Command] = [
            DraftService(at, actor, self._definition(register.state), agency),
            self._publish(at, actor, max(1, latest - self._random.randrange(2)), register),
            WithdrawService(at, actor),
        ]
        return self._done(self._random.choices(changes, [3, 6, 1])[0])

    def adapt(
        self, at: datetime, actor: Actor, agency: AgencyState | None, register: RegisterLife
    ) -> tuple[Event, ...]:
        """Return one step towards a version that fits the register: a draft, or its publication.

        Raises:
            Refusal: the step is not allowed now.
        """
        if self._state is None:
            raise ServiceNotPublished
        number, latest = max(self._state.versions.items())
        if latest.status is VersionStatus.DRAFT and self._aside.random() > _SELDOM:
            return self._done(self._publish(at, actor, number, register))
        adapted = latest.definition.model_copy(update=self._asked(register.state))
        return self._done(DraftService(at, actor, adapted, agency))

    def _publish(self, at: datetime, actor: Actor, version: int, register: RegisterLife) -> PublishService:
        today = at.date()
        return PublishService(
            at,
            actor,
            version,
            today,
            valid_from=today + timedelta(days=1) if self._aside.random() < _SELDOM else None,
            valid_to=today + timedelta(days=5) if self._aside.random() < _SELDOM else None,
            register=register.state,
            register_version=register.version,
        )

    def _done(self, command: Command) -> tuple[Event, ...]:
        events = decide(command, self._state)
        for event in events:
            self._state = evolve(self._state, event)
        self.version += len(events)
        return events

    def _asked(self, register: RegisterState | None) -> dict[str, object]:
        """Return what is asked of the applicant, and what of resources, some of the time as the register wants it."""
        asked, needed = list(SERVICE.questions), list[EvidenceNeed]()
        for element in HELD if register is not None and self._aside.random() < _OFTEN else ():
            resources = register.answering.get(element, ()) if register else ()
            label = {"en": element}
            granted = [slug for slug in resources if register and register.lets(self.agency, slug, element)]
            if granted:
                needed.append(self._need(element, granted))
            elif not resources or self._aside.random() < _SELDOM:
                asked.append(Question(element=element, label=label, type="text", required=False, shown_on=_GROUND))
        return {"questions": tuple(asked), "evidence": tuple(needed)}

    def _need(self, element: str, granted: Sequence[str]) -> EvidenceNeed:
        return EvidenceNeed(element=element, resource=granted[0], label={"en": element}, type="text", shown_on=_GROUND)

    def _definition(self, register: RegisterState | None) -> ServiceDefinition:
        changes = {
            **self._asked(register),
            "slug": self.slug,
            "agency": self.agency,
            "desk": self._random.choice(DESKS[self.agency]),
            "title": {"en": f"{self.slug} {self._random.random()}"},
            "steps": _STEPS[: self._random.randrange(1, 4)],
        }
        term = self._random.choice(_TERMS)
        timed = {
            "term": term,
            "extension": term and Term(days=3, kind=term.kind),
            "timing": _TIMINGS.get(self.slug, Timing()),
            "silent_approval": self.slug in SILENT and term is not None,
        }
        return SERVICE.model_copy(update=changes | timed)
