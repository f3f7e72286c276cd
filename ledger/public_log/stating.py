"""States how many events cases have in the published tree, for whoever asks. By the session that keeps the log."""

import re
from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from ledger.public_log.head_statement import HeadStatement
from ledger.public_log.keeping import KeptLog
from ledger.public_log.session import LogSession

_STATE: Final = "state "
_QUESTION: Final = re.compile(rf"{_STATE}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}})")
_LAST: Final = """
SELECT version FROM ledger.events WHERE stream = %b AND position <= %b ORDER BY version DESC LIMIT 1
"""
_KEEP: Final = """
INSERT INTO log.head_statements AS h (origin, case_id, size, note) VALUES (%b, %b, %b, %b)
    ON CONFLICT (origin, case_id) DO UPDATE SET size = excluded.size, note = excluded.note WHERE h.size < excluded.size
"""


def question_about(case_id: UUID) -> str:
    """Return the message by which whoever keeps the log is asked for a statement."""
    return f"{_STATE}{case_id}"


def cases_asked_about(messages: Iterable[str]) -> set[UUID]:
    """Return the cases that messages ask about; what is no such message is passed over."""
    found = filter(None, map(_QUESTION.fullmatch, messages))
    return {UUID(question[1]) for question in found}


def state(session: LogSession, log: KeptLog, cases: Iterable[UUID], looks_of: Callable[[UUID], UUID]) -> None:
    """Have the key state of each case what the published tree has of it; of what is no case there, nothing.

    A statement is made by counting events that can no longer change, of a tree that everybody can have.

    Args:
        session: the one that keeps the log.
        log: with nothing that waits to be published.
        cases: asked about.
        looks_of: tells the stream of the looks at a case.
    """
    origin, size = log.signer.vkey.name, log.signed.size
    for case_id in cases:
        last = (session.rows(_LAST, [stream, size]) for stream in (case_id, looks_of(case_id)))
        versions, looks = (int(rows[0][0]) if rows else 0 for rows in last)
        if versions:
            note = log.signer.state(HeadStatement(origin, case_id, versions, looks, size))
            # A crash before this line: whoever asked asks again. After it: everybody gets these bytes.
            session.write(_KEEP, [origin, case_id, size, note])
