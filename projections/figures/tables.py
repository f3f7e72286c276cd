"""The tables of the view `figures`."""

from typing import Final

from projections.columns import bigint, text, uuid
from projections.tables import Table

TALLIES: Final = Table(
    "tallies", "counted", (text("service"), text("month"), text("measure"), text("detail"), bigint("amount")), key=4
)
CHANGES: Final = Table(
    "changes",
    "appended",
    (text("service"), text("month"), bigint("position"), text("measure"), text("detail"), bigint("amount")),
    key=5,
)
CASES: Final = Table(
    "cases",
    "keyed",
    (
        uuid("case_id"),
        text("service"),
        bigint("began"),
        bigint("last_day"),
        bigint("asked_on"),
        bigint("decided_on"),
        text("outcome"),
        bigint("finished_on"),
        bigint("closed_on"),
        text("turn"),
        bigint("turn_since"),
        text("requests"),
    ),
)
DRAFTS: Final = Table(
    "drafts",
    "keyed",
    (
        uuid("stream"),
        bigint("version"),
        text("service"),
        text("agency"),
        bigint("phases"),
        bigint("online"),
        bigint("from_day"),
    ),
    key=2,
)
VERSIONS: Final = Table(
    "versions",
    "appended",
    (
        text("service"),
        bigint("from_day"),
        bigint("position"),
        bigint("to_day"),
        bigint("phases"),
        bigint("online"),
    ),
    key=3,
)
# Sums, so that a replica, which folds partitions in another order, has the same rows.
SERVICES: Final = Table(
    "services", "counted", (text("service"), text("agency"), bigint("cases"), bigint("versions")), key=2
)
AGENCIES: Final = Table("agencies", "counted", (text("agency"), bigint("cases"), bigint("versions")))
