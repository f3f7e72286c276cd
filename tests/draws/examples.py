"""One event of every topic of a desk."""

from datetime import UTC, date, datetime
from uuid import UUID

from domain.desk.events import (
    AbsenceDeclared,
    AbsenceEnded,
    ConflictDeclared,
    ConflictEnded,
    DeskOpened,
    DrawChainAnchored,
    DrawChainRetired,
    DrawRequested,
    DrawShareRecovered,
    DrawShareRevealed,
    DrawSource,
    Excluded,
    OfficialDrawn,
    SeatLeft,
    SeatTaken,
)
from domain.event import Event

_SEAT, _KEEPER = UUID(int=200), UUID(int=100)
_CASE = UUID("019abcde-f012-7345-8678-9abcdef01234")
_TODAY = date(2026, 11, 30)
_HASHES = [f"{number:02x}" * 32 for number in range(8)]

DESK_EXAMPLES: tuple[Event, ...] = (
    DeskOpened(agency="town", desk="front", key="99999999-9999-4999-8999-999999999999"),
    SeatTaken(seat=_SEAT),
    AbsenceDeclared(seat=_SEAT, local_date=_TODAY, first_day=_TODAY, last_day=date(2026, 12, 4)),
    AbsenceEnded(seat=_SEAT, local_date=_TODAY),
    ConflictDeclared(seat=_SEAT, number=1),
    ConflictEnded(seat=_SEAT, number=1),
    DrawChainAnchored(
        keeper=_KEEPER,
        chain=1,
        length=1000,
        anchor=_HASHES[0],
        parts=("made.up.1", "made.up.2", "made.up.3"),
        register_version=7,
        signature="51" * 64,
    ),
    DrawRequested(
        number=1,
        log="window.example/log",
        case_id=_CASE,
        case_entry=_HASHES[1],
        redraw=0,
        why="first",
        nonce=_HASHES[2],
        commitments=tuple(_HASHES[3:6]),
        excluded=(Excluded(commitment=_HASHES[6], why="away"),),
        sources=(DrawSource(keeper=_KEEPER, chain=1, link=1),),
        counted_at=12,
        register_version=7,
        late_at=datetime(2026, 11, 30, 10, tzinfo=UTC),
        openings=dict.fromkeys(_HASHES[3:7], "made up"),
    ),
    DrawShareRevealed(number=1, keeper=_KEEPER, link=_HASHES[7], checkpoint=14),
    DrawShareRecovered(number=1, keeper=_KEEPER, link=_HASHES[7], guardians=(1, 3)),
    DrawChainRetired(keeper=_KEEPER, chain=1, why="recovered"),
    OfficialDrawn(number=1, case_id=_CASE, seed=_HASHES[0], index=2),
    SeatLeft(seat=_SEAT),
)
