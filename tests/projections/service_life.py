"""A random service: drafted, published, superseded and withdrawn as the domain allows."""

from datetime import datetime
from random import Random

from application.identity import service_stream
from domain.agency.state import AgencyState
from domain.envelope import Actor
from domain.event import Event
from domain.service.commands import Command, DraftService, PublishService, WithdrawService
from domain.service.decisions import decide
from domain.service.definition import PublishedService, ServiceDefinition, Step
from domain.service.refusals import ServiceNotPublished
from domain.service.state import ServiceState, evolve
from domain.values import Term
from tests.domain.town import SERVICE

DESKS = {"harbour": ("north", "south", "pier"), "hill": ("front",), "lake": ("front", "back")}
_TERMS = (None, Term(days=1, kind="calendar"), Term(days=1, kind="working"), Term(days=4, kind="working"))
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
    """A service that changes when asked, in a random way."""

    def __init__(self, slug: str, agency: str, random: Random) -> None:
        self.slug, self.agency, self._random = slug, agency, random
        self.stream = service_stream(slug)
        self.version = 0
        self._state: ServiceState | None = None

    @property
    def published(self) -> PublishedService:
        """Return the published version.

        Raises:
            ServiceNotPublished: no version is published.
        """
        if self._state is None:
            raise ServiceNotPublished
        return self._state.published

    def change(self, at: datetime, actor: Actor, agency: AgencyState | None) -> tuple[Event, ...]:
        """Return the events of one change.

        Raises:
            Refusal: the chosen change is not allowed now.
        """
        latest = max(self._state.versions) if self._state else 1
        publish = PublishService(at, actor, max(1, latest - self._random.randrange(2)), at.date())
        changes: list[Command] = [
            DraftService(at, actor, self._definition(), agency),
            publish,
            WithdrawService(at, actor),
        ]
        events = decide(self._random.choices(changes, [3, 6, 1])[0], self._state)
        for event in events:
            self._state = evolve(self._state, event)
        self.version += len(events)
        return events

    def _definition(self) -> ServiceDefinition:
        changes = {
            "slug": self.slug,
            "agency": self.agency,
            "desk": self._random.choice(DESKS[self.agency]),
            "title": {"en": f"{self.slug} {self._random.random()}"},
            "steps": _STEPS[: self._random.randrange(1, 4)],
            "term": self._random.choice(_TERMS),
        }
        return SERVICE.model_copy(update=changes)
