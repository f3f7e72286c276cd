"""Proofs for the applicant: the receipt of an event, and the complete history. Anybody can check both offline.

Neither opens a seal. The calling code has already checked that the case is the caller's.
"""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from application.cases.case_streams import begins_a_case, entries_of_case
from application.cases.casework import CaseNotFoundError
from application.identity import looks_stream
from ledger.public_log.head_statement import HeadStatement
from ledger.public_log.note import Note
from ledger.public_log.proof_files import complete_history, receipt
from ledger.public_log.public_log import PublicLog, Published
from ledger.store.entries import StoredEntry
from ledger.store.ledger import Ledger

_STOPPED: Final = "stopped"  # the alarm of a keeper that has stopped until a person acts


class NoSuchVersionError(Exception):
    """The case has no event with that version."""


class NotCoveredYetError(Exception):
    """No checkpoint of the public log covers it yet."""


class LogHasStoppedError(Exception):
    """No checkpoint of the public log covers it, and none will until a person has looked into it."""


async def receipt_of(ledger: Ledger, log: PublicLog, case_id: UUID, version: int, *, within: float) -> bytes:
    """Return the receipt of a case's event, under the first checkpoint that covers the event.

    Args:
        ledger: the ledger that holds the event.
        log: the public log.
        case_id: the case's id.
        version: the event's version.
        within: how many seconds to wait for a checkpoint; with a wait, a new one is requested.

    Raises:
        CaseNotFoundError, NoSuchVersionError, NotCoveredYetError, LogHasStoppedError: as their docstrings say.
        LedgerUnavailableError, DamagedTilesError: as the ledger and the log raise them.
    """
    first, found = await asyncio.gather(
        ledger.read_versions(case_id, 0, 1), ledger.read_versions(case_id, version - 1, version)
    )
    if not begins_a_case(first):
        raise CaseNotFoundError
    if not found:
        raise NoSuchVersionError
    published = await log.covering(found[0].position, within=within)
    if published is None:
        raise await why_not_covered(log)
    return await receipt_under(log, found[0], published)


async def complete_history_of(ledger: Ledger, log: PublicLog, case_id: UUID, *, within: float) -> bytes:
    """Return all events of a case and all looks at it with their receipts, and the log's statement of completeness.

    Args:
        ledger: the ledger that holds the events.
        log: the public log.
        case_id: the case's id.
        within: how many seconds to wait for the statement, which is requested here.

    Raises:
        CaseNotFoundError, NotCoveredYetError, LogHasStoppedError: as their docstrings say.
        LedgerUnavailableError, DamagedTilesError: as the ledger and the log raise them.
    """
    known, latest = await _all_of(ledger, case_id), await log.latest()
    if not known:
        raise CaseNotFoundError
    smallest = max(known[-1].position, latest.head.size if latest else 0)
    statement = await log.stated(case_id, smallest, within=within)
    if statement is None:
        raise await why_not_covered(log)
    size = HeadStatement.parse(Note.parse(statement).text).size
    published = await log.of_size(size)
    if published is None:
        raise await why_not_covered(log)
    # The statement may or may not cover what has happened since it was requested.
    stated = [event for event in await _all_of(ledger, case_id) if event.position <= size]
    receipts = await asyncio.gather(*(receipt_under(log, event, published) for event in stated))
    return complete_history(statement, receipts)


async def _all_of(ledger: Ledger, case_id: UUID) -> Sequence[StoredEntry]:
    """Return the events of a case and the looks at it in the ledger's order; none when there is no such case."""
    case, looks = await asyncio.gather(entries_of_case(ledger, case_id), ledger.read_stream(looks_stream(case_id)))
    return sorted([*case, *looks]) if case else []


async def why_not_covered(log: PublicLog) -> NotCoveredYetError | LogHasStoppedError:
    """Return the error that says why no checkpoint covers the event."""
    has_stopped = any(alarm.kind == _STOPPED for alarm in await log.alarms())
    return LogHasStoppedError() if has_stopped else NotCoveredYetError()


async def receipt_under(log: PublicLog, event: StoredEntry, published: Published) -> bytes:
    """Return the receipt of an event under a checkpoint that covers it."""
    return receipt(event, await log.inclusion(event.position, published.head.size), published.raw)
