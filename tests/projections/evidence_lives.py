"""A random country in which most cases ask resources for evidence, and in which something comes of it."""

from collections.abc import Sequence
from contextlib import suppress
from random import Random
from typing import Final

from domain.refusals import Refusal
from domain.service.definition import EvidenceNeed, Preview
from ledger.store.entries import NewEvent
from tests.projections.answering_register import AnsweringRegister
from tests.projections.case_life import CaseLife
from tests.projections.evidence_life import what_may_be_tried
from tests.projections.lives import ZONES, Country
from tests.projections.register_life import HELD
from tests.projections.service_life import ServiceLife

_YOUNG = 8  # cases that still change
_SELDOM = 0.01
_PREVIEWS: Final[tuple[Preview, ...]] = ("none", "possible", "required")


class EvidenceCountry(Country):
    """A country that begins with a register whose resources answer, and with services that need what they hold.

    What happens to evidence is drawn by random numbers of its own.
    """

    def __init__(self, seed: int, pace: int = 100) -> None:
        super().__init__(seed, pace)
        self._of_evidence = Random(f"evidence {seed}")
        self._register: AnsweringRegister = AnsweringRegister(self._agencies, self._beside)
        self._moves = {
            self._submit_case: 3,
            self._move_case: 60,
            self._look_at_case: 2,
            self._move_elsewhere: 1,
        }

    def live(self, count: int) -> list[NewEvent]:
        """Return the next events; the first ones found the country."""
        founded = [] if self._register.version else self._found()
        self._told += len(founded)
        return [*founded, *super().live(count - len(founded))]

    def _found(self) -> list[NewEvent]:
        events: list[NewEvent] = []
        while len(self._agencies) < len(ZONES):
            events += self._register_agency()
        for move in self._register.founding(self._at):
            events += self._registered(move)
        while not all(self._asked(service) for service in self._services):
            with suppress(Refusal):
                events += self._change_service()
        return events

    def _register_moves(self) -> list[NewEvent]:
        return super()._register_moves() if self._of_evidence.random() < _SELDOM else []

    def _asked(self, service: ServiceLife) -> set[str]:
        """Return the resources that the version of a service that is in force asks."""
        try:
            definition = service.in_force(self._at.date()).definition
        except Refusal:
            return set()  # not published
        answering = self._register.state.answering if self._register.state else {}
        return {need.resource for need in definition.evidence if need.resource in answering.get(need.element, ())}

    def _submit_case(self) -> list[NewEvent]:
        asking = [service for service in self._services if self._asked(service)]
        self._cases.append(self._case_of(self._random.choice(asking or self._services)))
        return self._turn_of(self._cases[-1])

    def _service_of(self, slug: str, agency: str) -> ServiceLife:
        return PreviewedService(slug, agency, self._random, self._beside)

    def _case_of(self, service: ServiceLife) -> CaseLife:
        in_force, zone = service.in_force(self._at.date()), ZONES[service.agency]
        return CaseLife(
            in_force, zone, self._random, self._register, self._of_evidence, what_may_be_tried, self._calendars
        )

    def _move_case(self) -> list[NewEvent]:
        return self._turn_of(self._random.choice(self._cases[-_YOUNG:])) if self._cases else []


class PreviewedService(ServiceLife):
    """A service some of whose evidence applicants may or must see first, and some of which it does not require."""

    def _need(self, element: str, granted: Sequence[str]) -> EvidenceNeed:
        number = self.version + HELD.index(element)
        need = super()._need(element, granted)
        preview = _PREVIEWS[number // 2 % len(_PREVIEWS)]
        return need.model_copy(update={"required": number % 4 > 0, "preview": preview})
