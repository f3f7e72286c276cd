"""What readers of draws receive. Bytes are hexadecimal text; `docs/draw.md` says how a draw is computed from it."""

from typing import Annotated, Any, NamedTuple
from uuid import UUID

import orjson
from pydantic import BeforeValidator, computed_field

from projections.instants import RowInstant
from projections.view_type import ViewType


def _parsed(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


class DrawShare(ViewType):
    """A keeper's part in a draw: the link of its chain, and the link itself once it is there.

    `recovered` tells that guardians have given it back, since the keeper was late.
    """

    keeper: UUID
    chain: int
    link: int
    revealed: str | None
    recovered: bool


class ExcludedSeat(ViewType):
    """Somebody who sits at the desk and is not on the list: their commitment, and why."""

    commitment: str
    why: str


class Draw(ViewType):
    """A draw: all that was fixed before, what the keepers have revealed, and the place of the list that it picks.

    `index` counts from 0 in `commitments`. `seed` and `index` are null while a keeper's share is missing. From
    `late_at` on a missing share can be recovered.
    """

    desk_id: UUID
    agency: str
    desk: str
    number: int
    log: str
    case_entry: str
    redraw: int
    why: str
    nonce: str
    commitments: Annotated[list[str], BeforeValidator(_parsed)]
    excluded: Annotated[list[ExcludedSeat], BeforeValidator(_parsed)]
    sources: Annotated[list[DrawShare], BeforeValidator(_parsed)]
    position: int
    requested_at: RowInstant
    late_at: RowInstant
    drawn_at: RowInstant | None
    seed: str | None
    index: int | None

    @computed_field  # type: ignore[prop-decorator] # pydantic's own way; mypy knows no decorated properties
    @property
    def independence(self) -> int:
        """How many keepers have a part in it; with one alone, whoever that is could know the seed before."""
        return len(self.sources)


class DrawingDesk(ViewType):
    """A desk whose cases are drawn for: how many officials sit there, and its draws in numbers.

    `redrawn` counts draws that were not the first one of their case, and `recovered` links that guardians gave back.
    """

    desk_id: UUID
    agency: str
    desk: str
    seats: int
    requested: int
    drawn: int
    redrawn: int
    recovered: int


class KeepersChain(NamedTuple):
    """A keeper's last chain at a desk, and how many of its links are promised to draws."""

    chain: int
    anchor: str
    length: int
    promised: int
    retired: bool


class KeptDesk(NamedTuple):
    """A desk as a keeper needs it; no chain: the keeper has anchored none."""

    desk_id: UUID
    agency: str
    desk: str
    chain: KeepersChain | None
