"""What an auditor finds out about the draws of a case: who was on each list, who was not and why, and if that is right.

It needs the vault, which alone knows whose seat has which load. Nobody's name comes out of it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from application.cases.case_streams import load_case
from application.draws.revealing import opening_of
from application.draws.rosters import key_of
from application.identity import desk_stream
from application.storing import KeysMissingError
from application.window import Window
from domain.agency.events import DeskOfAgency
from domain.case import stage_machine
from domain.case.assignment_events import CaseMoved, CaseReleased
from domain.case.deadlines import local_date
from domain.case.events import CaseAssigned, CaseSubmitted, SubjectErased
from domain.desk.events import DrawRequested, OfficialDrawn
from domain.desk.state import DeskState, evolve
from domain.draw.eligibility import least_loaded
from domain.draw.seats import commitment_of
from domain.topics import TOPICS
from ledger.published.codec import decode
from ledger.store.entries import StoredEntry
from ledger.vault.seal import SealBrokenError, open_sealed

_AT_ONCE: Final = 5_000
_LISTED: Final = "listed"
_OF_CASES: Final = frozenset(
    {
        *(CaseSubmitted.topic, CaseAssigned.topic, CaseReleased.topic, CaseMoved.topic, SubjectErased.topic),
        *stage_machine.ENDING,
        *stage_machine.RESUMING,
    }
)


class Examined(NamedTuple):
    """A draw of a case as an auditor sees it, at the desk that had the case.

    `seats` is seat -> listed, or why it was excluded. `loads` is seat -> open cases when they were counted, of those
    whom the vault still knows. `faults` are sentences about what is not as it should be; none: all is.
    """

    at: DeskOfAgency
    number: int
    place: int | None
    seats: Mapping[UUID, str]
    loads: Mapping[UUID, int]
    faults: Sequence[str]


async def examine(window: Window, case_id: UUID) -> AsyncIterator[Examined]:
    """Yield the draws of a case, the earliest first; those of the desk that it was moved from, if it was, come before.

    Raises:
        KeysMissingError: the vault has lost the key of the desk's draws.
        LedgerUnavailableError, VaultUnavailableError.
    """
    case = (await load_case(window.ledger, case_id)).state
    if case is None:
        return
    now = DeskOfAgency(agency=case.agency, desk=case.desk)
    for at in (now,) if case.moved_from is None else (case.moved_from, now):
        for examined in await _examined_at(window, at, case_id):
            yield examined


async def _examined_at(window: Window, at: DeskOfAgency, case_id: UUID) -> list[Examined]:
    """Return the draws of a case at one desk, in the order of their numbers."""
    state: DeskState | None = None
    found = dict[int, Examined]()
    for entry in await window.ledger.read_stream(desk_stream(at.agency, at.desk)):
        event = decode(entry).event
        if isinstance(event, DrawRequested) and event.case_id == case_id and state is not None:
            found[event.number] = await _examined(window, at, state, entry, event)
        elif isinstance(event, OfficialDrawn) and event.number in found:
            found[event.number] = found[event.number]._replace(place=event.index)
        state = evolve(state, event) if entry.topic in TOPICS else state
    return [found[number] for number in sorted(found)]


async def _examined(
    window: Window, at: DeskOfAgency, desk: DeskState, entry: StoredEntry, request: DrawRequested
) -> Examined:
    faults: list[str] = []
    seats = await _opened(window, at, entry, request, faults)
    if seats.keys() != desk.roster.seats.keys():
        faults.append("the list and the excluded are not those who sat at the desk")
    held = await _held_at(window, at, request.counted_at)
    rows = await window.vault.seats.held_at(entry.stream, held)
    known = {row.seat for row in rows}
    loads = dict.fromkeys(known, 0) | Counter(row.seat for row in rows if row.official is not None)
    zone = await window.catalogue.time_zone(at.agency)
    today = local_date(decode(entry).envelope.occurred_at, zone)
    for seat, why in seats.items():
        is_away = seat in desk.roster.seats and desk.roster.seats[seat].is_away(today)
        if is_away != (why == "away") and seat in known:
            faults.append(f"seat {seat} was {'away' if is_away else 'not away'}, and was {why}")
    eligible = {seat: loads[seat] for seat, why in seats.items() if why in {_LISTED, "more_loaded"} and seat in loads}
    listed = {seat for seat, why in seats.items() if why == _LISTED}
    if known >= seats.keys() and least_loaded(eligible) != listed:
        faults.append("the list is not that of the least loaded")
    return Examined(at, request.number, None, seats, {seat: loads[seat] for seat in seats if seat in loads}, faults)


async def _opened(
    window: Window, at: DeskOfAgency, entry: StoredEntry, request: DrawRequested, faults: list[str]
) -> dict[UUID, str]:
    """Return seat -> listed or why not, as the commitments open."""
    key = await key_of(window, at.agency, at.desk)
    if key is None or key.dek is None:
        raise KeysMissingError(entry.stream)
    why: dict[str, str] = dict.fromkeys(request.commitments, _LISTED)
    why |= {each.commitment: each.why for each in request.excluded}
    seats: dict[UUID, str] = {}
    try:
        fields = open_sealed(entry.sealed, {key.key_ref: key.dek}, entry.stream, entry.version).fields
    except SealBrokenError:
        faults.append("what opens the commitments is not what was sealed")
        return seats
    for commitment, reason in why.items():
        opening = opening_of(bytes.fromhex(str(fields.get(f"openings.{commitment}", ""))))
        try:
            is_right = commitment_of(opening).hex() == commitment
        except ValueError:
            is_right = False
        if is_right:
            seats[UUID(bytes=opening.seat)] = reason
        else:
            faults.append(f"the commitment {commitment} does not open")
    return seats


async def _held_at(window: Window, at: DeskOfAgency, position: int) -> list[UUID]:
    """Return the pseudonyms of officials in the desk's open cases as of a position, from the ledger itself."""
    at_desk: dict[UUID, str | None] = {}
    ended: set[UUID] = set()
    after = 0
    while page := [entry for entry in await window.ledger.read(after, _AT_ONCE) if entry.position <= position]:
        for entry in page:
            if entry.topic in _OF_CASES:
                _fold(entry, at, at_desk, ended)
        after = page[-1].position
    return [UUID(official) for case_id, official in at_desk.items() if official is not None and case_id not in ended]


def _fold(entry: StoredEntry, at: DeskOfAgency, at_desk: dict[UUID, str | None], ended: set[UUID]) -> None:
    event = decode(entry).event
    match event:
        case CaseSubmitted():
            if (event.agency, event.desk) == (at.agency, at.desk):
                at_desk[entry.stream] = None
        case CaseMoved():
            at_desk.pop(entry.stream, None)
            if (event.agency, event.desk) == (at.agency, at.desk):
                at_desk[entry.stream] = None
        case _ if entry.stream not in at_desk:
            return
        case CaseAssigned():
            at_desk[entry.stream] = event.official
        case CaseReleased():
            at_desk[entry.stream] = None
        case SubjectErased():
            if at_desk[entry.stream] == event.pseudonym:
                at_desk[entry.stream] = None
        case _:
            (ended.add if entry.topic in stage_machine.ENDING else ended.discard)(entry.stream)
