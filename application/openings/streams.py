"""Loads the openings of a case, and finds those that somebody is one of the two auditors of."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from application.access.callers import Caller
from application.identity import opening_stream
from application.streams import Loaded, load
from domain.opening.commands import Command
from domain.opening.state import OpeningState
from domain.stream_kinds import OPENING
from ledger.store.ledger import Ledger
from ledger.vault.vault import Vault

LoadedOpening: TypeAlias = Loaded[Command, OpeningState]


class OwnOpening(NamedTuple):
    """An opening, and the pseudonym of one of its two auditors there."""

    opening: LoadedOpening
    auditor: str


class OpeningNotFoundError(Exception):
    """The case has no opening of that number."""


async def load_opening(ledger: Ledger, case_id: UUID, number: int) -> LoadedOpening:
    """Return an opening as it is now; its state is None when nobody has asked for it."""
    return await load(ledger, OPENING, opening_stream(case_id, number))


async def openings_of(ledger: Ledger, case_id: UUID) -> list[LoadedOpening]:
    """Return the openings of a case, by their numbers from 1."""
    return (await _openings_and_next(ledger, case_id))[0]


async def next_opening(ledger: Ledger, case_id: UUID) -> tuple[int, LoadedOpening]:
    """Return the first number for which nobody has asked, and the stream where it would begin."""
    found, following = await _openings_and_next(ledger, case_id)
    return len(found) + 1, following


async def sealed_longest(
    ledger: Ledger, vault: Vault, caller: Caller, case_id: UUID, serves: Callable[[OpeningState, str], bool]
) -> OwnOpening | None:
    """Return the caller's opening that is sealed longest, of those that serve by state and their pseudonym there.

    Raises:
        LedgerUnavailableError, VaultUnavailableError.
    """
    own: list[tuple[datetime, OwnOpening]] = []
    for opening in await openings_of(ledger, case_id):
        auditor, state = await pseudonym_in(vault, caller, opening), opening.state
        if auditor is not None and state is not None and serves(state, auditor):
            own.append((state.sealed_until, OwnOpening(opening, auditor)))
    return max(own, key=lambda each: each[0])[1] if own else None


async def pseudonym_in(vault: Vault, caller: Caller, opening: LoadedOpening) -> str | None:
    """Return the caller's pseudonym in an opening; None if the vault knows of none."""
    own = await vault.find(caller.issuer, caller.subject, opening.stream, "auditor")
    return None if own is None else str(own.key_ref)


async def _openings_and_next(ledger: Ledger, case_id: UUID) -> tuple[list[LoadedOpening], LoadedOpening]:
    """Return the openings of a case, and the stream where the next one would begin."""
    found: list[LoadedOpening] = []
    while True:
        opening = await load_opening(ledger, case_id, len(found) + 1)
        if opening.state is None:
            return found, opening
        found.append(opening)
