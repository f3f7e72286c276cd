"""Takes the keepers' shares of a draw. The last one draws the official and gives them the case, all in one append."""

from collections.abc import Sequence
from typing import Final, TypeAlias
from uuid import UUID

from application.cases.case_streams import load_case
from application.catalogue.entries import LoadedDesk
from application.deciding import folded
from application.draws.rosters import key_of
from application.storing import KeysMissingError, envelope_of, new_events
from application.window import Window
from domain.case.assignment_commands import ReleaseCase
from domain.case.commands import AssignCase
from domain.desk.commands import RecoverDrawShare, RevealDrawShare
from domain.desk.draw_state import OpenDraw
from domain.desk.events import DrawRequested, OfficialDrawn
from domain.draw.seats import ID_BYTES, SALT_BYTES, Opening
from domain.envelope import DRAW
from domain.event import Event
from domain.refusals import Refusal
from domain.stream_kinds import CASE, DESK
from ledger.published.codec import decode
from ledger.refusals import LedgerBusyError, VersionConflictError
from ledger.store.entries import NewEvent, StoredEntry
from ledger.vault.seal import open_sealed

Sharing: TypeAlias = RevealDrawShare | RecoverDrawShare
_TRIES: Final = 5
_AT_ONCE: Final = 200
_PLACES: Final = (SALT_BYTES, SALT_BYTES + ID_BYTES, SALT_BYTES + 2 * ID_BYTES)


async def take_share(window: Window, agency: str, desk: str, share: Sharing) -> OfficialDrawn | None:
    """Store a share; return whom the draw picks if it was the last one.

    Raises:
        Refusal: the domain refuses the share.
        KeysMissingError: the vault has lost the key of the desk's draws.
        LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    for _ in range(_TRIES):
        try:
            async with window.catalogue.turn_at_desk(share.desk_id):
                return await _taken(window, agency, desk, share)
        except VersionConflictError:
            continue  # another share came at this moment, or the case was changed
    raise LedgerBusyError(retry_after=1)


async def _taken(window: Window, agency: str, desk: str, share: Sharing) -> OfficialDrawn | None:
    found = await window.catalogue.desk(agency, desk)
    events = DESK.decide(share, found.state)
    drawn = next((event for event in events if isinstance(event, OfficialDrawn)), None)
    stored = _stored(found, events, share)
    if drawn is not None:
        stored += await _assigned(window, found, drawn)
    # The commit point: share, pick and assignment are there together, or none of them.
    await window.ledger.append(stored)
    return drawn


def _stored(found: LoadedDesk, events: Sequence[Event], share: Sharing) -> list[NewEvent]:
    state = folded(DESK, found.state, events)
    envelope = envelope_of(share.actor, [state.agency], share.at, found.stream)
    return new_events(found.stream, found.version, events, envelope, None)


async def _assigned(window: Window, found: LoadedDesk, drawn: OfficialDrawn) -> list[NewEvent]:
    """Return the event that gives the case to whom the draw picks; none if the case waits no longer."""
    state = found.state
    draw = None if state is None else state.draws.under_way.get(drawn.number)
    if state is None or draw is None:
        return []
    case = await load_case(window.ledger, drawn.case_id)
    opening = await _opened(window, found, draw, drawn.index)
    # The key is durable before the append. A crash in between leaves a pseudonym that gives no right; the share comes
    # again, and finds it.
    seat, pseudonym = UUID(bytes=opening.seat), UUID(bytes=opening.pseudonym)
    known = await window.vault.seats.draw_for_case(seat, drawn.case_id, pseudonym)
    official = str(known or pseudonym)
    now = window.clock()
    if case.state is None or (case.state.agency, case.state.desk) != (state.agency, state.desk):
        return []  # another agency's desk has taken it over since, and draws for it
    command = AssignCase(now, DRAW, state.desk, official, "draw", draw=drawn.number)
    try:
        events = CASE.decide(command, case.state)
    except Refusal:
        return []  # it was withdrawn since
    if known is None or seat not in state.roster.seats:
        # Drawn, and gone since the request, or erased: the case is drawn for again, and shows why.
        released = ReleaseCase(now, DRAW, official, "departure", has_looked=False)
        events = [*events, *CASE.decide(released, folded(CASE, case.state, events))]
    envelope = envelope_of(DRAW, case.state.concerned, now, case.stream)
    return new_events(case.stream, case.version, events, envelope, None)


async def _opened(window: Window, found: LoadedDesk, draw: OpenDraw, index: int) -> Opening:
    """Open the commitment at a place of the list."""
    state, request = found.state, draw.request
    key = None if state is None else await key_of(window, state.agency, state.desk)
    if key is None or key.dek is None:
        raise KeysMissingError(found.stream)
    entry = await _entry_of(window, found, request)
    opened = open_sealed(entry.sealed, {key.key_ref: key.dek}, found.stream, entry.version)
    joined = bytes.fromhex(str(opened.fields[f"openings.{request.commitments[index]}"]))
    return opening_of(joined)


async def _entry_of(window: Window, found: LoadedDesk, request: DrawRequested) -> StoredEntry:
    """Return the entry of a request, which is among the last ones of its desk."""
    before = found.version + 1
    while before > 1:
        page = await window.ledger.read_versions(found.stream, 0, before - 1, limit=_AT_ONCE, backwards=True)
        for entry in page:
            if entry.topic == DrawRequested.topic and decode(entry).event == request:
                return entry
        before = page[-1].version
    raise KeysMissingError(found.stream)


def opening_of(joined: bytes) -> Opening:
    """Return the opening that was stored as salt, seat and pseudonym, one after the other."""
    salt, seat, pseudonym = joined[: _PLACES[0]], joined[_PLACES[0] : _PLACES[1]], joined[_PLACES[1] : _PLACES[2]]
    return Opening(salt, seat, pseudonym)
