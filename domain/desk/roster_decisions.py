"""Decides the commands about a desk's roster: an official speaks for the seat that they hold, and for no other."""

from typing import assert_never
from uuid import UUID

from domain.desk.commands import (
    DeclareAbsence,
    DeclareConflict,
    EndAbsence,
    EndConflict,
    LeaveSeat,
    RosterCommand,
    TakeSeat,
)
from domain.desk.events import AbsenceDeclared, AbsenceEnded, ConflictDeclared, ConflictEnded, SeatLeft, SeatTaken
from domain.desk.refusals import AbsenceBackwards, ConflictUnknown, NotAbsent, NotTheSeat, SeatAlreadyTaken, SeatUnknown
from domain.desk.roster_state import Roster, Seat
from domain.event import Event


def decide_roster(command: RosterCommand, roster: Roster) -> Event:
    """Return the event that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    if isinstance(command, TakeSeat):
        return _taken(command, roster)
    seat = _held(command, roster)
    match command:
        case LeaveSeat():
            return SeatLeft(seat=command.seat)
        case DeclareAbsence():
            return _away(command)
        case EndAbsence():
            if seat.first_day is None or (seat.last_day is not None and seat.last_day < command.local_date):
                raise NotAbsent
            return AbsenceEnded(seat=command.seat, local_date=command.local_date)
        case DeclareConflict():
            return ConflictDeclared(seat=command.seat, number=roster.conflicts + 1)
        case EndConflict():
            if command.number not in seat.conflicts:
                raise ConflictUnknown(field="number")
            return ConflictEnded(seat=command.seat, number=command.number)
        case _:
            assert_never(command)


def _taken(command: TakeSeat, roster: Roster) -> SeatTaken:
    _speaks_for(command, command.seat)
    if command.seat in roster.seats or command.seat in roster.left:
        raise SeatAlreadyTaken
    return SeatTaken(seat=command.seat)


def _held(command: LeaveSeat | DeclareAbsence | EndAbsence | DeclareConflict | EndConflict, roster: Roster) -> Seat:
    seat = roster.seats.get(command.seat)
    if seat is None:
        raise SeatUnknown
    _speaks_for(command, command.seat)
    return seat


def _speaks_for(command: RosterCommand, seat: UUID) -> None:
    """An official speaks for their seat; the window does so only for somebody who is erased."""
    actor = command.actor
    is_erasure = isinstance(command, LeaveSeat) and actor.role == "window"
    if not is_erasure and (actor.role, actor.pseudonym) != ("official", str(seat)):
        raise NotTheSeat


def _away(command: DeclareAbsence) -> AbsenceDeclared:
    if command.last_day is not None and command.last_day < max(command.first_day, command.local_date):
        raise AbsenceBackwards(field="lastDay")
    return AbsenceDeclared(
        seat=command.seat, local_date=command.local_date, first_day=command.first_day, last_day=command.last_day
    )
