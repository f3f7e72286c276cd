"""The town of one example: its people as the window knows them, its desk and its cases."""

import itertools
from collections import Counter
from collections.abc import Awaitable
from typing import Any, ClassVar
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine

from application.access.callers import Caller
from application.cases.case_commands import change_case
from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError, Written
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import AgencyEntry, ServiceDraft, ServicePublication
from application.catalogue.stand_ins import name_stand_in
from application.draws.holding import Held
from application.draws.rosters import (
    take_seat,
)
from application.identity import desk_stream
from application.window import Window
from domain.agency.events import DeskOfAgency
from domain.case.state import CaseState
from domain.refusals import Refusal
from ledger.refusals import LedgerBusyError
from tests.application.town import COORDINATOR, ISSUER, SERVICE, official
from tests.draws.draw_model import DESK_NAME, PEOPLE, SITTING, Case, Model, World
from tests.draws.steered import sit_down
from tests.mandates.family import Days, known

_NOT_NOW = (Refusal, CaseNotFoundError, LedgerBusyError)
_examples = itertools.count(1)


class DrawTown(RuleBasedStateMachine):
    """An agency of this example's own, whose people all sit at its desk and ask there."""

    world: ClassVar[World]
    happened: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.number = next(_examples)
        self.days = Days()
        self.window = self.world.window._replace(clock=self.days)
        self.agency, self.service = f"town-{self.number}", f"permit-{self.number}"
        self.desk = desk_stream(self.agency, DESK_NAME)
        self.model = Model(self.days().date())
        self.pending: dict[UUID, set[str]] = {}
        self.runs(self._opens())

    async def _opens(self) -> None:
        await change_catalogue(
            self.window,
            COORDINATOR,
            AgencyEntry(slug=self.agency, name={"en": "Town"}, time_zone="UTC", desks=(DESK_NAME,)),
        )
        definition = SERVICE.model_copy(update={"slug": self.service, "agency": self.agency})
        await change_catalogue(self.window, COORDINATOR, ServiceDraft(definition=definition))
        await change_catalogue(self.window, COORDINATOR, ServicePublication(version=1), self.service)
        for person in PEOPLE[:SITTING]:
            self._has_seat(person, await take_seat(self.window, self.official(person), DESK_NAME))
        await sit_down(self.window, self.official(PEOPLE[0]), DESK_NAME)  # who sits there already, with a keeper now
        await self._another_stands_in()

    async def _another_stands_in(self) -> None:
        """Have the desk of another agency stand in, where three sit who do nothing else."""
        county = f"county-{self.number}"
        entry = AgencyEntry(slug=county, name={"en": "County"}, time_zone="Pacific/Chatham", desks=(DESK_NAME,))
        await change_catalogue(self.window, COORDINATOR, entry)
        await sit_down(self.window, self.official("county")._replace(agency=county), DESK_NAME)
        other = DeskOfAgency(agency=county, desk=DESK_NAME)
        await name_stand_in(self.window, COORDINATOR, self.agency, DESK_NAME, other)

    def _has_seat(self, person: str, seat: UUID) -> None:
        self.model.seats[seat] = person
        self.model.sitting.add(person)

    def runs(self, scenario: Awaitable[Any]) -> Any:
        async def awaited() -> Any:
            return await scenario

        return self.world.runner.run(awaited())

    def tries(self, scenario: Awaitable[Any]) -> Any:
        """Try something that may be refused; check that an answer says what the stored events alone say."""
        try:
            answer = self.runs(scenario)
        except _NOT_NOW:
            return None
        if isinstance(answer, Written):
            assert answer.state == self.runs(state_of(self.window, answer.case_id))
        return answer

    def name(self, person: str) -> str:
        return f"{person}-draws-{self.number}"

    def identifier(self, person: str) -> str:
        return f"AZE-{person}-{self.number}"

    def citizen(self, person: str) -> Caller:
        return known(self.name(person), self.identifier(person))

    def official(self, person: str) -> Caller:
        return official(self.name(person))._replace(agency=self.agency)

    async def _changes(self, who: Caller, case: Case, request: Any) -> Written:
        version = (await load_case(self.window.ledger, case.case_id)).seen
        return await change_case(self.window, who, case.case_id, version, request)

    async def _who(self, case: Case, pseudonym: UUID) -> str | None:
        """Return who has this pseudonym as the official of a case; None: somebody who was erased."""
        for person in PEOPLE:
            own = await self.window.vault.find(ISSUER, self.name(person), case.case_id, "official")
            if own is not None and own.key_ref == pseudonym:
                return person
        return None

    async def _held_at(self, _agency: str, _desk: str) -> Held:
        head = await self.window.ledger.head()
        states = [await state_of(self.window, case.case_id) for case in self.model.cases]
        held = [UUID(state.official) for state in states if state.official and not state.has_ended]
        return Held(held, head)

    def _some_case(self, number: int, *, drawn: bool | None = None) -> Case | None:
        """Return a case, one that somebody was or was not drawn for if there is any."""
        every = self.model.cases
        some = [case for case in every if drawn is not None and case.is_open and (case.worker is not None) == drawn]
        among = some or every
        return among[-1 - number % len(among)] if among else None


async def done(work: Awaitable[None]) -> bool:
    """Return that it was done, once it is."""
    await work
    return True


async def state_of(window: Window, case_id: UUID) -> CaseState:
    """Return a case as its stored events give it."""
    state = (await load_case(window.ledger, case_id)).state
    assert state is not None
    return state
