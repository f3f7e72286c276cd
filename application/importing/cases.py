"""Turns a trace of a log into the events of a case, by the same commands, decisions and rules as everywhere."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from application.identity import derived_id
from application.importing.survey import UNKNOWN_CHANNEL
from application.storing import new_events
from application.xes import Trace
from domain.case.commands import AssignCase, CloseCase, Command, RecordStep, SubmitCase
from domain.case.deadlines import local_date
from domain.case.decisions import decide
from domain.case.state import CaseState, evolve
from domain.envelope import Actor, Envelope
from domain.service.definition import PublishedService
from ledger.store.entries import NewEvent
from ledger.vault.person_key import random_ref
from ledger.vault.vault import IMPORT, Vault

_IMPORTER = Actor(role="window", pseudonym="import")


def case_id_of(vault: Vault, trace: Trace, service: PublishedService) -> UUID:
    """Return the id of the case that a trace becomes: the same each time, and computable with this vault only.

    Two traces with the same name that begin at the same instant become one case.
    """
    definition = service.definition
    source = (definition.agency.encode(), definition.slug.encode(), trace.name.encode())
    return derived_id(submitted_at(trace), vault.derive(IMPORT, *source))


def submitted_at(trace: Trace) -> datetime:
    """Return when the case began: the trace's start, else its first event."""
    return trace.start or trace.events[0].at


def resources_of(trace: Trace) -> list[str]:
    """Return the people who worked on the case, each once."""
    return list(dict.fromkeys(event.resource for event in trace.events if event.resource))


class ReplayedCase:
    """A case that is being replayed: each command is decided on the state that the earlier commands led to."""

    def __init__(self, case_id: UUID, service: PublishedService, time_zone: str) -> None:
        self.case_id, self._service, self._time_zone = case_id, service, time_zone
        self._state: CaseState | None = None
        self._actors: dict[str, Actor] = {}
        self.events: list[NewEvent] = []

    def replay(self, trace: Trace, pseudonyms: Mapping[str, str]) -> None:
        """Ask for all that the trace records.

        Raises:
            Refusal: the service does not allow it; the survey has made sure that it does.
        """
        self._submit(trace)
        unnamed = str(random_ref())
        current: str | None = None
        definition = self._service.definition
        for event in trace.events:
            pseudonym = pseudonyms[event.resource] if event.resource else current or unnamed
            if pseudonym != current:
                self._assign(event.at, pseudonym)
                current = pseudonym
            actor = self._official(pseudonym)
            self._do(RecordStep(event.at, actor, definition, event.name, origin="import"), event.at, actor)
        if trace.end is not None:
            closer = self._official(current) if current else _IMPORTER
            close = CloseCase(trace.end, self._local(trace.end), closer, origin="import")
            self._do(close, trace.end, closer)

    def _submit(self, trace: Trace) -> None:
        at = submitted_at(trace)
        applicant = Actor(role="applicant", pseudonym=str(random_ref()))
        submit = SubmitCase(
            at=at,
            local_date=self._local(at),
            actor=applicant,
            case_id=self.case_id,
            service=self._service,
            time_zone=self._time_zone,
            applicant=applicant.pseudonym,
            channel=trace.channel or UNKNOWN_CHANNEL,
            language=self._service.definition.languages[0],
            last_day=None if trace.deadline is None else self._local(trace.deadline),
            origin="import",
        )
        self._do(submit, at, applicant)

    def _local(self, at: datetime) -> date:
        return local_date(at, self._time_zone)

    def _assign(self, at: datetime, pseudonym: str) -> None:
        desk = self._service.definition.desk
        self._do(AssignCase(at, _IMPORTER, desk, pseudonym, rule="import", origin="import"), at, _IMPORTER)

    def _official(self, pseudonym: str) -> Actor:
        actor = self._actors.get(pseudonym)
        if actor is None:
            actor = self._actors[pseudonym] = Actor(role="official", pseudonym=pseudonym)
        return actor

    def _do(self, command: Command, at: datetime, actor: Actor) -> None:
        events = decide(command, self._state)
        envelope = Envelope(
            actor=actor,
            agencies=(self._service.definition.agency,),
            occurred_at=at,
            origin="import",
            correlation=self.case_id,
        )
        self.events += new_events(self.case_id, len(self.events), events, envelope, None)
        for event in events:
            self._state = evolve(self._state, event)
