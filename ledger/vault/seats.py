"""Who holds which seat of a desk: what excludes them from a case, and the pseudonym of whoever is drawn."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from ledger.postgresql.arrays import byteas, uuids
from ledger.vault.line import VaultLine

_SEATS_FOR = "SELECT seat, is_party, is_in_conflict, has_had_it, load FROM vault.seats_for(%b, %b, %b)"
_HELD_AT = "SELECT seat, official, in_case, is_party FROM vault.held_at(%b, %b)"
_DRAW = "SELECT vault.draw_for_case(%b, %b, %b)"
_DECLARE = "INSERT INTO vault.conflicts (seat, number, tag) VALUES (%b, %b, %b) ON CONFLICT DO NOTHING"
_END = "DELETE FROM vault.conflicts WHERE seat = %b AND number = %b"
_IS_SHARED = """
SELECT EXISTS (SELECT FROM vault.identifiers i WHERE i.key_ref = k.key_ref AND i.tag = ANY (%b))
  FROM vault.keys k WHERE k.key_ref = %b
"""
_IS_APPLICANTS = """
SELECT 1 FROM vault.keys k JOIN vault.identifiers i ON i.key_ref = k.key_ref
 WHERE k.case_id = %b AND k.role = 'applicant' AND i.tag = ANY (%b) LIMIT 1
"""
_IDENTIFY = """
INSERT INTO vault.identifiers (key_ref, tag)
SELECT k.key_ref, t FROM unnest(%b::bytea[]) AS t JOIN vault.keys k ON k.key_ref = %b
ON CONFLICT DO NOTHING
"""


class SeatHolder(NamedTuple):
    """A seat, what its holder has to do with a case, and how many of the given open cases are theirs."""

    seat: UUID
    is_party: bool
    is_in_conflict: bool
    has_had_it: bool
    load: int


class HeldCase(NamedTuple):
    """A seat's holder has this pseudonym in an open case, to which they may have become a party.

    None and None: they have no open case.
    """

    seat: UUID
    official: UUID | None
    case_id: UUID | None
    is_party: bool


class VaultSeats:
    """The vault's part in rosters and draws.

    Every method may raise VaultUnavailableError.

    Args:
        line: a connection to the vault's database.
    """

    def __init__(self, line: VaultLine) -> None:
        self._line = line

    async def holders_for(self, desk: UUID, case_id: UUID, held: Sequence[UUID]) -> list[SeatHolder]:
        """Return the holders of a desk's seats towards a case.

        Args:
            desk: the desk's stream.
            case_id: the case.
            held: the pseudonyms of officials in the desk's open cases.
        """
        return [SeatHolder(*row) for row in await self._line.run(_SEATS_FOR, (desk, case_id, uuids(held)))]

    async def held_at(self, desk: UUID, held: Sequence[UUID]) -> list[HeldCase]:
        """Return whose the open cases of a desk are, also of those whose seat was left and not yet forgotten.

        Args:
            desk: the desk's stream.
            held: the pseudonyms of officials in the desk's open cases.
        """
        return [HeldCase(*row) for row in await self._line.run(_HELD_AT, (desk, uuids(held)))]

    async def draw_for_case(self, seat: UUID, case_id: UUID, pseudonym: UUID) -> UUID | None:
        """Give the seat's holder a pseudonym in a case; return the one they have, or None if nobody holds the seat."""
        rows = await self._line.run(_DRAW, (seat, case_id, pseudonym))
        return rows[0][0] if rows else None

    async def declare_conflict(self, seat: UUID, number: int, tag: bytes) -> None:
        """Remember with whom the seat's holder is in conflict, as a keyed hash."""
        await self._line.run(_DECLARE, (seat, number, tag))

    async def end_conflict(self, seat: UUID, number: int) -> None:
        """Forget a conflict."""
        await self._line.run(_END, (seat, number))

    async def identify(self, key_ref: UUID, tags: Sequence[bytes]) -> None:
        """Remember by which identifiers the holder of a key is known, as keyed hashes."""
        await self._line.run(_IDENTIFY, (byteas(tags), key_ref))

    async def shares_identifier(self, key_ref: UUID, tags: Sequence[bytes]) -> bool | None:
        """Return whether the holder of a key is known by one of these identifiers; None: the key is gone."""
        rows = await self._line.run(_IS_SHARED, (byteas(tags), key_ref))
        return rows[0][0] if rows else None

    async def is_applicants(self, case_id: UUID, tags: Sequence[bytes]) -> bool:
        """Return whether the applicant of a case is known by one of these identifiers."""
        return bool(await self._line.run(_IS_APPLICANTS, (case_id, byteas(tags))))
