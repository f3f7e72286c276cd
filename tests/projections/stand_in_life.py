"""Desks that stand in for others now and then, by random numbers of their own, so that other lives do not change."""

from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from datetime import datetime
from random import Random

from application.identity import agency_stream
from application.storing import new_events
from domain.agency.commands import NameStandIn
from domain.agency.decisions import decide
from domain.agency.events import DeskOfAgency
from domain.agency.state import AgencyState, evolve
from domain.envelope import Actor, Envelope
from domain.refusals import Refusal
from domain.stream_kinds import AGENCY
from ledger.store.entries import NewEvent
from tests.projections.case_life import CaseLife

_OFTEN, _AT_TIMES, _NOBODY = 0.04, 0.06, 0.2


class StandInLife:
    """The stand-ins of a country's agencies, and the cases that they take over.

    Args:
        agencies: the agencies that are registered by then; they get their stand-ins here.
        versions: how many events each agency has.
        random: where all chances come from.
    """

    def __init__(self, agencies: MutableMapping[str, AgencyState], versions: dict[str, int], random: Random) -> None:
        self._agencies, self._versions, self._random = agencies, versions, random

    def change(self, at: datetime, coordinator: Actor, cases: Sequence[CaseLife]) -> list[NewEvent]:
        """Return what happens: often nothing."""
        chance = self._random.random()
        with suppress(Refusal, IndexError):  # not at present, or there is nobody yet
            if chance < _OFTEN:
                return self._named(at, coordinator)
            if chance < _OFTEN + _AT_TIMES:
                return self._moved(at, cases)
        return []

    def _named(self, at: datetime, coordinator: Actor) -> list[NewEvent]:
        agency, other = self._random.sample(sorted(self._agencies), 2) if len(self._agencies) > 1 else ("", "")
        if not agency:
            return []
        desk, its = self._random.choice(self._agencies[agency].desks), self._agencies[other].desks
        to = DeskOfAgency(agency=other, desk=self._random.choice(its))
        stand_in = None if self._random.random() < _NOBODY else to
        events = decide(NameStandIn(at, coordinator, desk, stand_in, its), self._agencies[agency])
        for event in events:
            self._agencies[agency] = evolve(self._agencies[agency], event)
        version = self._versions.setdefault(agency, 1)
        self._versions[agency] += len(events)
        told = dict.fromkeys(slug for event in events for slug in AGENCY.concerned(self._agencies[agency], event))
        envelope = Envelope(actor=coordinator, agencies=tuple(told), occurred_at=at, origin="live")
        return new_events(agency_stream(agency), version, events, envelope, None)

    def _moved(self, at: datetime, cases: Sequence[CaseLife]) -> list[NewEvent]:
        case = self._random.choice(cases)
        version, to = case.version, case.stand_in(self._agencies)
        if to is None:
            return []
        turn = case.move(at, to)
        envelope = Envelope(actor=turn.actor, agencies=case.concerned, occurred_at=at, origin="live")
        return new_events(case.stream, version, turn.events, envelope, case.key)
