"""A random desk: officials come and go, keepers anchor chains, draws are requested and end. The domain decides it all.

Its cases are nobody's: views of desks do not ask for them. An audit would, and finds draws in `tests/draws`.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Final
from uuid import UUID

from application.storing import new_events
from domain.desk import commands
from domain.desk.decisions import decide
from domain.desk.draw_state import OpenDraw
from domain.desk.state import DeskState, evolve
from domain.envelope import Envelope
from domain.refusals import Refusal
from ledger.store.entries import NewEvent
from ledger.vault.person_key import CaseKey
from tests.draws.office import (
    AT,
    DESK_ID,
    KEEPERS,
    KEY,
    LENGTH,
    TODAY,
    WINDOW,
    anchor,
    link,
    open_desk,
    request,
    seated,
    take_seat,
)
from tests.draws.office import reveal as revelation

_KEY: Final = CaseKey(UUID(KEY), bytes(32), "desk")
_MOVES: Final = {
    "sits_down": 4,
    "leaves": 1,
    "goes_away": 2,
    "is_back": 1,
    "is_in_conflict": 1,
    "anchors": 4,
    "requests": 4,
    "reveals": 12,
    "recovers": 1,
}


class DrawingDesk:
    """One desk and its draws. At each step something happens that the domain allows."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"desk {seed}")
        self._state: DeskState | None = None
        self._version = 0

    def live(self, count: int) -> list[NewEvent]:
        """Return the next events: so many, or a few more."""
        events: list[NewEvent] = []
        while len(events) < count:
            with suppress(Refusal, IndexError):  # not at present, or there is nobody yet
                events += self._done(self._command())
        return events

    def _command(self) -> commands.Command:
        if self._state is None:
            return open_desk()
        (move,) = self._random.choices(list(_MOVES), list(_MOVES.values()))
        act: Callable[[DeskState], commands.Command] = getattr(self, f"_{move}")
        return act(self._state)

    def _done(self, command: commands.Command) -> list[NewEvent]:
        decided = decide(command, self._state)
        for event in decided:
            self._state = evolve(self._state, event)
        envelope = Envelope(actor=command.actor, agencies=("town",), occurred_at=command.at, origin="live")
        events = new_events(DESK_ID, self._version, decided, envelope, _KEY)
        self._version += len(decided)
        return events

    def _sits_down(self, _: DeskState) -> commands.Command:
        return take_seat(self._id())

    def _leaves(self, desk: DeskState) -> commands.Command:
        seat = self._seat(desk)
        return commands.LeaveSeat(AT, seated(seat), seat)

    def _goes_away(self, desk: DeskState) -> commands.Command:
        seat, days = self._seat(desk), self._random.randrange(9)
        return commands.DeclareAbsence(AT, TODAY, seated(seat), seat, TODAY, TODAY + timedelta(days))

    def _is_back(self, desk: DeskState) -> commands.Command:
        seat = self._seat(desk)
        return commands.EndAbsence(AT, TODAY, seated(seat), seat)

    def _is_in_conflict(self, desk: DeskState) -> commands.Command:
        seat = self._seat(desk)
        return commands.DeclareConflict(AT, seated(seat), seat)

    def _anchors(self, desk: DeskState) -> commands.Command:
        keeper = self._random.choice(KEEPERS)
        return anchor(keeper, desk.draws.anchored.get(keeper, 0) + 1, LENGTH)

    def _requests(self, desk: DeskState) -> commands.Command:
        away = [seat for seat, held in desk.roster.seats.items() if held.is_away(TODAY)]
        there = [seat for seat in desk.roster.seats if seat not in away]
        redraw = self._random.randrange(3)
        why = "first" if redraw == 0 else self._random.choice(("recusal", "absence"))
        return request(0, there, away, case_id=self._id(), redraw=redraw, why=why)

    def _reveals(self, desk: DeskState) -> commands.Command:
        draw, keeper = self._awaited(desk)
        source = draw.source(keeper)
        assert source is not None
        return revelation(keeper, draw.request.number, source.link, source.chain)

    def _recovers(self, desk: DeskState) -> commands.Command:
        draw, keeper = self._awaited(desk)
        source = draw.source(keeper)
        assert source is not None
        found = link(keeper, source.link, source.chain)
        at, number = AT + timedelta(hours=1), draw.request.number
        return commands.RecoverDrawShare(at, WINDOW, DESK_ID, number, keeper, found, (3, 1))

    def _awaited(self, desk: DeskState) -> tuple[OpenDraw, UUID]:
        draw = self._random.choice([*desk.draws.under_way.values()])
        return draw, self._random.choice(sorted(draw.awaits))

    def _seat(self, desk: DeskState) -> UUID:
        return self._random.choice(sorted(desk.roster.seats))

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128))
