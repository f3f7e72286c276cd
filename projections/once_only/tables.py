"""The tables of the view `once_only`."""

from typing import Final

from projections.columns import bigint, text, uuid
from projections.tables import Table

BLOCK_BITS: Final = 12
"""A block is 2 to this power positions."""

_PART: Final = (text("month"), text("resource"), text("service"), text("agency"))
_COUNT: Final = (text("measure"), text("detail"), bigint("amount"))

# Sums, because a fold does not know which parts there are already.
PARTS: Final = Table("parts", "counted", (*_PART, bigint("changes")), key=4)
TALLIES: Final = Table("tallies", "counted", (*_PART, *_COUNT), key=6)
BLOCKS: Final = Table("blocks", "counted", (*_PART, bigint("block"), *_COUNT), key=7)
CHANGES: Final = Table("changes", "appended", (*_PART, bigint("position"), *_COUNT), key=7)
CASES: Final = Table(
    "cases",
    "keyed",
    (
        uuid("case_id"),
        text("month"),
        text("service"),
        text("agency"),
        text("requests"),
        text("disputes"),
        bigint("ended"),
    ),
)
VERSIONS: Final = Table(
    "versions", "keyed", (text("service"), bigint("version"), text("questions"), bigint("needs")), key=2
)
REGISTER: Final = Table("register", "keyed", (text("name"), text("answering")))

ALL: Final = (PARTS, TALLIES, CHANGES, BLOCKS, CASES, VERSIONS, REGISTER)
