"""Officials sit down at their desks and leave them, say when they are away, and whose cases they must not decide.

A seat's id is the reference of its holder's key in the vault: the only place that knows who holds it.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from application.access.authorisation import Action, authorise_at_desk
from application.access.callers import Caller
from application.catalogue.entries import LoadedDesk
from application.deciding import Changed, change
from application.draws.conflicts import conflict_tag
from application.identity import desk_stream
from application.window import Window
from domain.case.deadlines import local_date
from domain.desk import commands
from domain.desk.refusals import DeskAlreadyOpened, SeatUnknown
from domain.desk.state import DeskState
from domain.envelope import Actor
from ledger.refusals import LedgerBusyError, VersionConflictError
from ledger.vault.vault import CaseKey

_DESK: Final = Actor(role="window", pseudonym="desk")
_ERASURE: Final = Actor(role="window", pseudonym="erasure")
_ISSUER: Final = "pencere:desks"
_TRIES: Final = 5
Say: TypeAlias = Callable[[Actor, UUID, date], commands.Command]


async def take_seat(window: Window, caller: Caller, desk: str) -> UUID:
    """Let an official sit down at a desk; return their seat, which they may have held before.

    Raises:
        NotAllowedError, NotYourDeskError: the caller is no official of that desk.
        LedgerBusyError: they have just left it, and their cases are still given back.
        Refusal, LedgerUnavailableError, VaultUnavailableError.
    """
    agency = authorise_at_desk(caller, Action.KEEP_SEAT, desk)
    for _ in range(_TRIES):
        found = await opened(window, agency, desk)
        own = await window.vault.make_key(caller.issuer, caller.subject, found.stream, "seat")
        if found.state is None or own.key_ref in found.state.roster.seats:
            return own.key_ref
        if own.key_ref in found.state.roster.left:
            break  # their cases of before are still given back, by which the vault must know them
        seat = own.key_ref
        try:
            # The commit point. A crash before it leaves a key in the vault that is no seat; the next attempt uses it.
            await change(window, found, commands.TakeSeat(window.clock(), _seated(seat), seat))
        except VersionConflictError:
            continue
        return seat
    raise LedgerBusyError(retry_after=1)


async def leave_seat(window: Window, caller: Caller, desk: str) -> None:
    """Let an official leave a desk; `give_back` then has their cases drawn for again, and forgets who sat there.

    Raises:
        SeatUnknown: they do not sit there.
        NotAllowedError, NotYourDeskError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    await _say(window, caller, desk, lambda actor, seat, _: commands.LeaveSeat(window.clock(), actor, seat))


async def declare_absence(window: Window, caller: Caller, desk: str, first_day: date, last_day: date | None) -> None:
    """Let an official be away from one day to another, or until further notice; raises as `leave_seat` does."""

    def said(actor: Actor, seat: UUID, today: date) -> commands.Command:
        return commands.DeclareAbsence(window.clock(), today, actor, seat, first_day, last_day)

    await _say(window, caller, desk, said)


async def end_absence(window: Window, caller: Caller, desk: str) -> None:
    """Let an official be back; raises as `leave_seat` does."""
    await _say(window, caller, desk, lambda actor, seat, today: commands.EndAbsence(window.clock(), today, actor, seat))


async def declare_conflict(window: Window, caller: Caller, desk: str, element: str, value: str) -> int:
    """Let an official be given no case of whoever has this identifier; return the conflict's number.

    Raises:
        as `leave_seat` does.
    """
    state, seat = await _say(
        window, caller, desk, lambda actor, seat, _: commands.DeclareConflict(window.clock(), actor, seat)
    )
    number = state.roster.conflicts
    # A crash before this leaves a conflict with nobody: the official sees no answer, and declares it again.
    await window.vault.seats.declare_conflict(seat, number, conflict_tag(window, element, value))
    return number


async def end_conflict(window: Window, caller: Caller, desk: str, number: int) -> None:
    """Let an official be given those cases again; raises as `leave_seat` does, and ConflictUnknown."""
    _, seat = await _say(
        window, caller, desk, lambda actor, seat, _: commands.EndConflict(window.clock(), actor, seat, number)
    )
    await window.vault.seats.end_conflict(seat, number)


async def opened(window: Window, agency: str, desk: str) -> LoadedDesk:
    """Return the desk; it is opened, with a key for its draws, if nobody has done so.

    Raises:
        DeskNotOfTheAgency: the agency has no such desk.
    """
    found = await window.catalogue.desk(agency, desk)
    if found.state is not None:
        return found
    registered = (await window.catalogue.agency(agency)).state
    desks = registered.desks if registered else ()
    key = await window.vault.make_key(_ISSUER, f"{agency}/{desk}", found.stream, "desk")
    with suppress(DeskAlreadyOpened, VersionConflictError):  # somebody else has, at this moment
        await change(window, found, commands.OpenDesk(window.clock(), _DESK, agency, desk, desks, str(key.key_ref)))
    return await window.catalogue.desk(agency, desk)


async def key_of(window: Window, agency: str, desk: str) -> CaseKey | None:
    """Return the key under which the desk's draws are sealed; None when the vault has lost it."""
    return await window.vault.find(_ISSUER, f"{agency}/{desk}", desk_stream(agency, desk), "desk")


async def has_left(window: Window, desk_id: UUID, seat: UUID) -> bool:
    """Take an erased official's seat off the roster; return False if somebody changed the desk just now."""
    found = await window.catalogue.desk_of(desk_id)
    if found.state is None or seat not in found.state.roster.seats:
        return True
    try:
        await change(window, found, commands.LeaveSeat(window.clock(), _ERASURE, seat))
    except VersionConflictError:
        return False
    return True


async def _say(window: Window, caller: Caller, desk: str, said: Say) -> tuple[DeskState, UUID]:
    """Carry out what an official says about their seat; return the desk after it, and the seat."""
    agency = authorise_at_desk(caller, Action.KEEP_SEAT, desk)
    own = await window.vault.find(caller.issuer, caller.subject, desk_stream(agency, desk), "seat")
    if own is None:
        raise SeatUnknown
    zone = await window.catalogue.time_zone(agency)
    for _ in range(_TRIES):
        found = await window.catalogue.desk(agency, desk)
        command = said(_seated(own.key_ref), own.key_ref, local_date(window.clock(), zone))
        try:
            changed: Changed[DeskState] = await change(window, found, command)
        except VersionConflictError:
            continue  # draws go on at this desk
        return changed.state, own.key_ref
    raise LedgerBusyError(retry_after=1)


def _seated(seat: UUID) -> Actor:
    return Actor(role="official", pseudonym=str(seat))
