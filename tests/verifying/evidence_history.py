"""The history of one case that asks resources for evidence, as a ledger would hold it, and what the judge finds in it.

Its commands are decided by the domain. What is planted is stored as an insider would store it who has the key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from application.identity import agency_stream, register_stream, service_stream
from application.storing import new_events
from application.verifying.causes import NamedCause, groundless
from application.verifying.claims import Claim
from application.verifying.precedents import Precedents
from application.verifying.streams import judged
from domain.agency.events import AgencyRegistered
from domain.case.commands import Command
from domain.case.decisions import decide
from domain.case.state import CaseState, evolve
from domain.envelope import Actor, Envelope, Origin
from domain.event import Event
from domain.register.values import RegisterRules
from domain.service.definition import ServiceDefinition
from domain.service.events import ServiceDrafted, ServicePublished
from domain.values import micros_at
from ledger.audit.findings import Finding
from ledger.published.codec import decode
from ledger.store.entries import StoredEntry
from ledger.vault.vault import CaseKey
from tests.domain.evidence_town import POPULATION_REGISTER, SERVICE_NEEDING, ask_window, register_events
from tests.domain.town import AGENCY, APPLICANT, AT, CASE_ID, PUBLISHED, TODAY, TOWN

KEY: Final = CaseKey(UUID(APPLICANT.pseudonym), b"k" * 32, "applicant")
_COORDINATOR: Final = Actor(role="coordinator", pseudonym="coordinator")
_ASKED_FOR: Final = {"desk", "erasure"}
_NOBODY_ASKS: Final = {"clock", "resource"}


class History:
    """A town with a register and a service, and one case."""

    def __init__(
        self,
        service: ServiceDefinition = SERVICE_NEEDING,
        register: Sequence[Event] | None = None,
        rules: RegisterRules | None = None,
    ) -> None:
        self.entries: list[StoredEntry] = []
        self.case: CaseState | None = None
        self.decided: list[Event] = []
        self.service = service
        self.register = list(register or register_events(rules))
        before = AT - timedelta(days=1)
        registered = AgencyRegistered(
            slug=TOWN.slug, name=TOWN.name, time_zone=TOWN.time_zone, desks=TOWN.desks, desk_limits={}
        )
        published = ServicePublished(
            version=PUBLISHED.version, local_date=TODAY, valid_from=None, valid_to=None, register_version=0
        )
        self._store(agency_stream(TOWN.slug), [registered], _COORDINATOR, before)
        self._store(register_stream(), self.register, AGENCY, before)
        drafted = ServiceDrafted(version=PUBLISHED.version, definition=service)
        self._store(service_stream(service.slug), [drafted, published], _COORDINATOR, before)

    @property
    def stored(self) -> list[StoredEntry]:
        """The case's own entries."""
        return [entry for entry in self.entries if entry.stream == CASE_ID]

    def submit(self, **changes: Any) -> Sequence[Event]:
        """Submit the case."""
        return self.do(ask_window(self.service, **{"events": self.register} | changes))

    def do(self, command: Command) -> Sequence[Event]:
        """Decide on a command, and store what it leads to.

        Raises:
            Refusal: the domain refuses it; then nothing is stored.
        """
        events = decide(command, self.case)
        for event in events:
            self.case = evolve(self.case, event)
        self.decided += events
        role, by = command.actor.role, command.actor.pseudonym
        is_explained = role in _NOBODY_ASKS or (role == "window" and by not in _ASKED_FOR)
        self._store(CASE_ID, events, command.actor, command.at, command.origin, first_cause=is_explained)
        return events

    def plant(
        self,
        *events: Event,
        actor: Actor,
        at: datetime = AT,
        origin: Origin | None = None,
        is_explained: bool | None = None,
    ) -> None:
        """Store what nobody has decided."""
        role = actor.role
        own: Origin = "clock" if role == "clock" else "resource" if role == "resource" else "live"
        explained = role in {*_NOBODY_ASKS, "window"} if is_explained is None else is_explained
        self._store(CASE_ID, events, actor, at, origin or own, first_cause=explained)

    def findings(self) -> list[Finding]:
        """Judge the case."""
        claims: list[Claim] = []
        causes: list[NamedCause] = []
        found = list(judged(CASE_ID, self.stored, Precedents(self._stream), claims, causes))
        return [*found, *groundless(causes, {(each.stream, each.version): each.position for each in self.entries})]

    def replayed(self) -> CaseState | None:
        """Return the case as it is loaded from what is stored, without a key."""
        state: CaseState | None = None
        for entry in self.stored:
            state = evolve(state, decode(entry).event)
        return state

    def _stream(self, stream: UUID) -> list[StoredEntry]:
        return [each for each in self.entries if each.stream == stream]

    def _store(
        self,
        stream: UUID,
        events: Sequence[Event],
        actor: Actor,
        at: datetime,
        origin: Origin = "live",
        *,
        first_cause: bool = False,
    ) -> None:
        version = len(self._stream(stream))
        cause = f"{stream}:1" if first_cause else None
        envelope = Envelope(
            actor=actor, agencies=(TOWN.slug,), occurred_at=at, origin=origin, causation=cause, correlation=stream
        )
        for each in new_events(stream, version, events, envelope, KEY):
            position = len(self.entries) + 1
            recorded = micros_at(at) + position
            self.entries.append(
                StoredEntry(
                    position, each.stream, each.version, recorded, each.topic, each.salt, each.open, each.sealed
                )
            )


def population() -> Actor:
    """Return the population register as it acts."""
    return Actor(role="resource", pseudonym=POPULATION_REGISTER)
