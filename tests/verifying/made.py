"""A ledger that a test makes by hand, event by event, so that one of them can be what nobody decided."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from application.identity import agency_stream, register_stream, service_stream
from application.storing import new_events
from domain.agency.events import AgencyRegistered
from domain.agency.state import AgencyState
from domain.envelope import COORDINATOR, Actor, Envelope
from domain.event import Event
from domain.register.commands import Command
from domain.register.decisions import decide
from domain.register.evolving import evolve
from domain.register.state import RegisterState
from ledger.audit.findings import Finding
from ledger.store.entries import NewEvent
from tests.domain.register_town import AGENCIES
from tests.domain.town import AT
from tests.verifying.test_legality import found_in, stored


class MadeLedger:
    """A ledger with the town's agencies; what is added is stored as it is, whether it could have happened or not."""

    def __init__(self) -> None:
        self._events: list[NewEvent] = []
        self._versions: dict[UUID, int] = {}
        self._register: RegisterState | None = None
        for agency in AGENCIES.values():
            self.add(agency_stream(agency.slug), COORDINATOR, _registered(agency))

    @property
    def register_version(self) -> int:
        """The version of the register's stream."""
        return self._versions.get(register_stream(), 0)

    def add(
        self, stream: UUID, actor: Actor, *events: Event, at: datetime = AT, cause: str | None = None
    ) -> "MadeLedger":
        """Add events of one command."""
        version = self._versions.get(stream, 0)
        envelope = Envelope(actor=actor, agencies=(), occurred_at=at, origin="live", causation=cause)
        self._events += new_events(stream, version, events, envelope, None)
        self._versions[stream] = version + len(events)
        return self

    def of_register(self, actor: Actor, *events: Event, at: datetime = AT) -> "MadeLedger":
        """Add events of the register."""
        return self.add(register_stream(), actor, *events, at=at)

    def of_service(
        self, slug: str, actor: Actor, *events: Event, at: datetime = AT, cause: str | None = None
    ) -> "MadeLedger":
        """Add events of a service."""
        return self.add(service_stream(slug), actor, *events, at=at, cause=cause)

    def honest(self, *commands: Command) -> "MadeLedger":
        """Add what the commands lead to."""
        for command in commands:
            events = decide(command, self._register)
            for event in events:
                self._register = evolve(self._register, event)
            self.of_register(command.actor, *events, at=command.at)
        return self

    @property
    def findings(self) -> Sequence[Finding]:
        """What an auditor finds."""
        return found_in(stored(self._events))

    def accused(self) -> str:
        """Return what is wrong with the last event; nothing may be wrong with another one."""
        (finding,) = self.findings
        assert (finding.check, finding.position) == ("legality", len(self._events))
        return finding.says


def _registered(agency: AgencyState) -> AgencyRegistered:
    return AgencyRegistered(
        slug=agency.slug, name=agency.name, time_zone=agency.time_zone, desks=agency.desks, desk_limits={}
    )
