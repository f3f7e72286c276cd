"""Loads the openings of a case, and finds those that somebody is one of the two auditors of."""

from itertools import count
from typing import TypeAlias
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


class OpeningNotFoundError(Exception):
    """The case has no opening of that number."""


async def load_opening(ledger: Ledger, case_id: UUID, number: int) -> LoadedOpening:
    """Return an opening as it is now; its state is None when nobody has asked for it."""
    return await load(ledger, OPENING, opening_stream(case_id, number))


async def openings_of(ledger: Ledger, case_id: UUID) -> list[LoadedOpening]:
    """Return the openings of a case, by their numbers from 1."""
    found: list[LoadedOpening] = []
    for number in count(1):
        opening = await load_opening(ledger, case_id, number)
        if opening.state is None:
            break
        found.append(opening)
    return found


async def next_opening(ledger: Ledger, case_id: UUID) -> tuple[int, LoadedOpening]:
    """Return the first number for which nobody has asked, and the stream where it would begin."""
    for number in count(1):
        opening = await load_opening(ledger, case_id, number)
        if opening.state is None:
            break
    return number, opening


async def pseudonym_in(vault: Vault, caller: Caller, opening: LoadedOpening) -> str | None:
    """Return the caller's pseudonym in an opening; None if the vault knows of none."""
    own = await vault.find(caller.issuer, caller.subject, opening.stream, "auditor")
    return None if own is None else str(own.key_ref)
