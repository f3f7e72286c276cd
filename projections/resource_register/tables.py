"""The tables of the view. Of what changes there is a row for now, and one for each change."""

from typing import Final

from projections.columns import Column, bigint, text
from projections.tables import Table

NO_END: Final = 2**63 - 1
"""The position before which something holds that has not ended."""

_OF_ELEMENT = (text("type"), text("title"), bigint("identifies"), text("holder"), text("shared_by"))
_OF_RESOURCE = (
    text("status"),
    text("description"),
    text("integration"),
    bigint("proposed_in"),
    bigint("proposed_at"),
    bigint("refused_at"),
    bigint("approved_at"),
    bigint("audited_on"),
    bigint("in_use_at"),
    bigint("integrated_at"),
    bigint("retired_on"),
    text("retired_why"),
    text("successor"),
    bigint("archived_at"),
    text("archive"),
)
_OF_GRANT = (
    text("status"),
    text("agency"),
    text("resource"),
    text("elements"),
    text("purpose"),
    text("legal_basis"),
    text("reasons"),
    bigint("asked_at"),
    bigint("decided_at"),
    bigint("ended_at"),
)


def _with_versions(now: str, key: str, versions: str, own: tuple[Column, ...], *more: Column) -> tuple[Table, Table]:
    """Return the table of what is true now, and the table of all versions of it."""
    current = Table(now, "keyed", (text(key), *own, *more))
    return current, Table(versions, "appended", (text(key), bigint("position"), *own), key=2)


COORDINATORS: Final = Table(
    "coordinators",
    "appended",
    (
        bigint("position"),
        text("agency"),
        bigint("from_date"),
        bigint("begins_at"),
        text("act"),
        bigint("named_at"),
    ),
)
RULES: Final = Table("rules", "appended", (bigint("position"), text("rules"), bigint("set_at")))
ELEMENTS, ELEMENT_VERSIONS = _with_versions("elements", "element", "element_versions", _OF_ELEMENT)
RESOURCES, RESOURCE_VERSIONS = _with_versions(
    "resources", "resource", "resource_versions", _OF_RESOURCE, text("answered")
)
ANSWERS: Final = Table("answers", "keyed", (text("element"), text("resource"), bigint("since"), bigint("until")), key=3)
ANSWERING: Final = Table("answering", "keyed", (text("element"), text("resource"), bigint("position")), key=2)
_BESIDE = (text("resource"), bigint("position"))
JUDGEMENTS: Final = Table(
    "judgements",
    "appended",
    (*_BESIDE, text("approval"), text("body"), text("verdict"), text("reasons"), bigint("judged_at")),
    key=2,
)
SHARINGS: Final = Table("sharings", "appended", (*_BESIDE, text("elements"), text("reasons"), bigint("allowed_at")), 2)
CHANGES: Final = Table(
    "changes", "appended", (*_BESIDE, bigint("changed_on"), bigint("due_on"), bigint("notified_on")), 2
)
GRANTS, GRANT_VERSIONS = _with_versions("grants", "name", "grant_versions", _OF_GRANT)
GRANT_PARTIES: Final = Table(
    "grant_parties", "keyed", (text("part"), text("party"), text("name"), bigint("asked_in")), key=3
)
ALL: Final = (
    COORDINATORS,
    RULES,
    ELEMENTS,
    ELEMENT_VERSIONS,
    RESOURCES,
    RESOURCE_VERSIONS,
    ANSWERS,
    ANSWERING,
    JUDGEMENTS,
    SHARINGS,
    CHANGES,
    GRANTS,
    GRANT_VERSIONS,
    GRANT_PARTIES,
)
