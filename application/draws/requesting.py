"""Requests a draw for a case that waits: among those who sit at its desk and can take it, in a random order."""

import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from application.cases.case_streams import LoadedCase, load_case
from application.catalogue.entries import LoadedDesk
from application.deciding import change
from application.draws.holding import Held, HeldAt
from application.draws.keepers import keepers_of, rules_of_draws
from application.draws.rosters import key_of
from application.identity import desk_stream
from application.storing import KeysMissingError
from application.window import Window
from domain.agency.state import USUAL_DESK_LIMIT
from domain.case.deadlines import local_date
from domain.case.events import CaseSubmitted
from domain.case.state import CaseState
from domain.desk.commands import RequestDraw
from domain.desk.events import Excluded, WhyDrawn, WhyExcluded
from domain.desk.roster_state import Seat
from domain.draw.eligibility import least_loaded
from domain.draw.seats import SALT_BYTES, Opening, commitment_of
from domain.draw.seed import NO_NONCE
from domain.envelope import DRAW
from ledger.published.codec import decode
from ledger.refusals import LedgerBusyError, VersionConflictError
from ledger.store.entry_hash import entry_of
from ledger.vault.person_key import random_ref
from ledger.vault.seats import SeatHolder

_TRIES: Final = 5


class _Listed(NamedTuple):
    """Who may be drawn and who not, each under a commitment, and what opens all of them."""

    commitments: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    openings: Mapping[str, str]


async def request_draw(window: Window, case_id: UUID, held_at: HeldAt, log: str) -> bool:
    """Request a draw for a case, if it waits for an official; return whether one is under way now.

    Args:
        window: the window.
        case_id: the case.
        held_at: returns who has the desk's open cases, as of now or later.
        log: the name of the public log.

    Raises:
        Refusal: the desk cannot draw now: too few can take the case, or a keeper has no link left.
        KeysMissingError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError.
    """
    for _ in range(_TRIES):
        case = await load_case(window.ledger, case_id)
        if case.state is None or not waits(case):
            return False
        desk_id = desk_stream(case.state.agency, case.state.desk)
        try:
            async with window.catalogue.turn_at_desk(desk_id):
                return await _requested(window, case, held_at, log)
        except VersionConflictError:
            continue  # another process has changed the desk
    raise LedgerBusyError(retry_after=1)


async def _requested(window: Window, case: LoadedCase, held_at: HeldAt, log: str) -> bool:
    if case.state is None:
        return False
    agency, desk = case.state.agency, case.state.desk
    found = await window.catalogue.desk(agency, desk)
    if found.state is None:
        return False  # its cases are not drawn for yet
    if found.state.draws.draw_for(case.stream) is not None:
        return True
    # The case is read once more, now that the desk was: a draw that has given it to somebody is seen here, and one that
    # does so from now on changes the desk, so that the append is refused.
    case = await load_case(window.ledger, case.stream)
    if not waits(case) or case.state is None or (case.state.agency, case.state.desk) != (agency, desk):
        return False
    command = await command_for(window, case, found, await held_at(agency, desk), log)
    # The commit point: what is fixed here stays. A crash before it leaves nothing, and the host asks again.
    await change(window, found, command, find_sealing_key=partial(key_of, window, agency, desk))
    return True


def waits(case: LoadedCase) -> bool:
    """Return whether the case waits for an official to be drawn."""
    state = case.state
    return state is not None and state.official is None and not state.has_ended and state.evidence.is_settled


async def command_for(window: Window, case: LoadedCase, desk: LoadedDesk, held: Held, log: str) -> RequestDraw:
    """Return the command that fixes a draw: whoever can take the case is on its list, in a new random order.

    Args:
        window: the window.
        case: the case.
        desk: its desk.
        held: who has the desk's open cases.
        log: the name of the public log.

    Raises:
        LedgerUnavailableError, VaultUnavailableError.
    """
    listed = await _listed(window, case, desk, held.officials)
    (submitted,) = await window.ledger.read_versions(case.stream, 0, 1)
    event, (rules, version), now = decode(submitted).event, await rules_of_draws(window), window.clock()
    redraw = 0 if case.state is None else case.state.assignments
    return RequestDraw(
        at=now,
        actor=DRAW,
        log=log,
        keepers=keepers_of(rules),
        case_id=case.stream,
        case_entry=entry_of(submitted).hex(),
        redraw=redraw,
        why=_why(case.state),
        nonce=event.nonce if isinstance(event, CaseSubmitted) and event.nonce else NO_NONCE.hex(),
        commitments=listed.commitments,
        excluded=listed.excluded,
        counted_at=held.position,
        register_version=version,
        late_at=now + timedelta(minutes=rules.late_after),
        openings=listed.openings,
    )


def _why(case: CaseState | None) -> WhyDrawn:
    """Return why an official is drawn. Who was erased has departed, too."""
    if case is None or case.assignments == 0:
        return "first"
    return case.released_for or "departure"


async def _listed(window: Window, case: LoadedCase, desk: LoadedDesk, held: Sequence[UUID]) -> _Listed:
    if desk.state is None or case.state is None:
        raise KeysMissingError(case.stream)
    agency = (await window.catalogue.agency(desk.state.agency)).state
    limit = agency.limit_at(desk.state.desk) if agency else USUAL_DESK_LIMIT
    # Days of absence are those of the desk, which may be in another zone than the case.
    today = local_date(window.clock(), agency.time_zone if agency else case.state.time_zone)
    holders = {holder.seat: holder for holder in await window.vault.seats.holders_for(desk.stream, case.stream, held)}
    # Whoever a draw under way picks is not known yet: it may be anybody, so that all of them count for everybody.
    room = limit - len(desk.state.draws.under_way)
    excluded: dict[UUID, WhyExcluded] = {}
    loads: dict[UUID, int] = {}
    for seat, held_by in desk.state.roster.seats.items():
        why = _why_excluded(holders.get(seat), held_by, today, room)
        if why is None:
            loads[seat] = holders[seat].load
        else:
            excluded[seat] = why
    chosen = least_loaded(loads)
    return _committed(chosen, excluded | dict.fromkeys(loads.keys() - chosen, "more_loaded"))


def _why_excluded(holder: SeatHolder | None, seat: Seat, today: date, room: int) -> WhyExcluded | None:
    if holder is None or seat.is_away(today):
        return "away"  # who is being erased at this moment can do nothing either
    if holder.is_party:
        return "party_to_the_case"
    if holder.is_in_conflict:
        return "in_conflict"
    if holder.has_had_it:
        return "drawn_before"
    return "at_limit" if holder.load >= room else None


def _committed(chosen: frozenset[UUID], excluded: Mapping[UUID, WhyExcluded]) -> _Listed:
    """Commit to everybody, in a random order, under salts and pseudonyms that were never used before."""
    order = [*chosen, *excluded]
    secrets.SystemRandom().shuffle(order)
    openings: dict[str, str] = {}
    commitments: dict[UUID, str] = {}
    for seat in order:
        opening = Opening(os.urandom(SALT_BYTES), seat.bytes, random_ref().bytes)
        commitments[seat] = commitment_of(opening).hex()
        openings[commitments[seat]] = b"".join(opening).hex()
    return _Listed(
        tuple(commitments[seat] for seat in order if seat in chosen),
        tuple(Excluded(commitment=commitments[seat], why=excluded[seat]) for seat in order if seat in excluded),
        openings,
    )
