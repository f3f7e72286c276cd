"""Checks head statements that citizens were given: whether the tree had as many events of a case as they say."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

from ledger.audit.findings import Finding
from ledger.audit.session import ReadingSession
from ledger.public_log.head_statement import HeadStatement, opened_statement
from ledger.public_log.note import NoteError, VerifierKey
from ledger.public_log.proof_files import parts_of

_LAST: Final = """
SELECT coalesce(max(version), 0), coalesce(max(position), 0)
  FROM ledger.events WHERE stream = %b AND position <= %b
"""


def check_statements(
    session: ReadingSession, paths: Iterable[Path], key: VerifierKey, looks_of: Callable[[UUID], UUID]
) -> Iterator[Finding]:
    """Return the findings about these head statements and complete histories.

    Raises:
        OSError, LedgerUnreadableError: something cannot be read.
    """
    for path in paths:
        raw, _ = parts_of(path.read_bytes())
        try:
            statement = opened_statement(raw, key)
        except NoteError as error:
            yield Finding("statement", None, f"{path.name} is no head statement of this log: {error}")
            continue
        yield from _false_in(session, path.name, statement, looks_of(statement.case_id))


def _false_in(session: ReadingSession, name: str, statement: HeadStatement, looks: UUID) -> Iterator[Finding]:
    said = ((statement.case_id, statement.versions, "events of the case"), (looks, statement.looks, "looks at it"))
    for stream, number, what in said:
        ((there, position),) = session.rows(_LAST, [stream, statement.size])
        if there != number:
            says = f"{name} says of {statement.case_id} that of {statement.size} events {number} are {what}"
            yield Finding("statement", position or None, f"{says}, and {there} are")
