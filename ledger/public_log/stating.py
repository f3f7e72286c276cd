"""States, when asked, how many events a case has in the published tree. The keeper's session does this."""

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
    """Return the message that asks the log's keeper for a statement."""
    return f"{_STATE}{case_id}"


def cases_asked_about(messages: Iterable[str]) -> set[UUID]:
    """Return the cases that messages ask about; other messages are ignored."""
    found = filter(None, map(_QUESTION.fullmatch, messages))
    return {UUID(question[1]) for question in found}


def state(session: LogSession, log: KeptLog, cases: Iterable[UUID], looks_of: Callable[[UUID], UUID]) -> None:
    """Sign a statement about each case that has events in the published tree; skip ids that are not cases.

    Only published events are counted, so the count can no longer change.

    Args:
        session: the keeper's session.
        log: the log; no checkpoint of it waits to be published.
        cases: the ids that were asked about.
        looks_of: returns the stream of the looks at a case.
    """
    origin, size = log.signer.vkey.name, log.signed.size
    for case_id in cases:
        last = (session.rows(_LAST, [stream, size]) for stream in (case_id, looks_of(case_id)))
        versions, looks = (int(rows[0][0]) if rows else 0 for rows in last)
        if versions:
            note = log.signer.state(HeadStatement(origin, case_id, versions, looks, size))
            # After a crash before this line the caller asks again. After this line everybody gets these bytes.
            session.write(_KEEP, [origin, case_id, size, note])
