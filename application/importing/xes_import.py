"""Imports an event log: the first pass learns the service, the second appends case by case."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from application.access.callers import Caller
from application.catalogue.requests import AgencyEntry
from application.importing.cases import ReplayedCase, case_id_of, resources_of
from application.importing.learned_service import IMPORT_DESK, check_slug, learned_service
from application.importing.refusals import LogChanged, NotARegularFile, NothingToImport
from application.importing.survey import Log, Survey, survey, usable
from application.importing.weighing import batched
from application.window import Window
from application.xes import Assumption, BadTrace, Trace, XesError
from domain.agency.refusals import TimeZoneUnknown
from domain.refusals import Refusal
from domain.service.definition import PublishedService
from domain.values import is_time_zone
from ledger.refusals import VersionConflictError
from ledger.vault.vault import Party

Progress = Callable[[str, int], None]


class Source(NamedTuple):
    """What to import: the log, the service that it becomes, and the zone of times without an offset.

    `time_zone` is used for an agency that is not registered yet; a registered agency has its own.
    """

    path: Path
    agency: str
    service: str
    time_zone: str
    skip_bad: bool = False


@dataclass(slots=True)
class Imported:
    """What an import did; at `position` the ledger holds all of it.

    `time_zone` is the zone of times without an offset. `assumed` counts what had to be assumed to read the log. It
    covers all usable traces, also those that had been imported before.
    """

    traces: int = 0
    cases: int = 0
    steps: int = 0
    closed: int = 0
    already_there: int = 0
    events: int = 0
    position: int = 0
    time_zone: str = ""
    left_out: list[BadTrace] = field(default_factory=list)
    assumed: Counter[Assumption] = field(default_factory=Counter)


async def import_xes(window: Window, caller: Caller, source: Source, progress: Progress) -> Imported:
    """Import a log; a second run adds nothing, and an interrupted one can be run again.

    Every case is appended whole or not at all, so a trace that is too long for one append cannot be used. Memory does
    not grow with the log.

    Args:
        window: the window.
        caller: a coordinator, since the service is written into the catalogue.
        source: what to import.
        progress: receives the pass ("survey" or "append") and how many bytes of the file have been read.

    Raises:
        XesError: the file is no log, or something in it cannot be used and `skip_bad` is not set. Nothing is imported
            then. With `skip_bad`, what cannot be used is left out and listed instead.
        LogChanged: the file changed between the two passes; some cases may be imported.
        NotAllowedError, LedgerUnavailableError, VaultUnavailableError.
        Refusal: the catalogue or the domain refuses; nothing is imported then.
    """
    log, entry = await _what_to_read(window, source)
    found = survey(log, lambda read: progress("survey", read))
    if not found.traces:
        raise NothingToImport(found.left_out)
    service = await learned_service(window, caller, found, entry, source.service, source.path.name)
    zone = entry.time_zone
    done = Imported(traces=found.traces, time_zone=zone, left_out=found.left_out, assumed=found.assumed)
    traces = _as_surveyed(log, found, progress)
    under_way: asyncio.Task[None] | None = None
    try:
        for batch in batched(traces):
            # While one batch is being committed, the next is read and decided.
            appends = await _prepared(window, service, zone, batch, done)
            if under_way is not None:
                await under_way
            under_way = asyncio.create_task(_append(window, appends, done))
            await asyncio.sleep(0)
    finally:
        if under_way is not None:
            await under_way
    if not done.position:
        done.position = await window.ledger.head()
    return done


async def _what_to_read(window: Window, source: Source) -> tuple[Log, AgencyEntry]:
    """Check the request before the file is read; a registered agency keeps its own zone."""
    check_slug(source.agency, "agency")
    check_slug(source.service, "service")
    if not source.path.is_file():
        raise NotARegularFile
    agency = (await window.catalogue.agency(source.agency)).state
    zone = agency.time_zone if agency else source.time_zone
    if not is_time_zone(zone):
        raise TimeZoneUnknown(field="timeZone")
    entry = AgencyEntry(slug=source.agency, name={"und": source.agency}, time_zone=zone, desks=(IMPORT_DESK,))
    return Log(source.path, ZoneInfo(zone), window.clock(), source.skip_bad), entry


def _as_surveyed(log: Log, found: Survey, progress: Progress) -> Iterator[Trace]:
    """Read the log again, and check that it holds what the survey has seen and nothing else.

    Raises:
        LogChanged: it does not.
    """
    read = 0
    try:
        for trace in usable(log, lambda at: progress("append", at)):
            read += 1
            yield trace
    except XesError as error:
        raise LogChanged from error
    if read != found.traces:
        raise LogChanged


async def _prepared(
    window: Window, service: PublishedService, time_zone: str, traces: Sequence[Trace], done: Imported
) -> list[tuple[ReplayedCase, Trace]]:
    wanted: dict[UUID, Trace] = {}
    for trace in traces:
        wanted.setdefault(case_id_of(window.vault, trace, service), trace)
    there = await window.ledger.existing(list(wanted))
    done.already_there += len(traces) - len(wanted) + len(there)
    new = {case_id: trace for case_id, trace in wanted.items() if case_id not in there}
    pseudonyms = await _pseudonyms(window, service.definition.agency, new)
    replayed = []
    for case_id, trace in new.items():
        case = ReplayedCase(case_id, service, time_zone)
        try:
            case.replay(trace, pseudonyms[case_id])
        except Refusal as refusal:
            # The service allows everything that the survey has seen.
            raise LogChanged from refusal
        replayed.append((case, trace))
    return replayed


async def _append(window: Window, cases: Sequence[tuple[ReplayedCase, Trace]], done: Imported) -> None:
    """Append cases at the same time.

    Raises:
        LedgerUnavailableError: the database is away; whole cases may have been appended.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for case, trace in cases:
                group.create_task(_append_case(window, case, trace, done))
    except ExceptionGroup as failed:
        first = failed.exceptions[0]
        raise first from first.__cause__  # which names the server for the operator


async def _append_case(window: Window, case: ReplayedCase, trace: Trace, done: Imported) -> None:
    try:
        # The commit point of a case: all of its events at once.
        appended = await window.ledger.append(case.events)
    except VersionConflictError:
        done.already_there += 1  # another import of the same log appended it first
        return
    done.cases += 1
    done.steps += len(trace.events)
    done.closed += trace.end is not None
    done.events += len(case.events)
    done.position = max(done.position, appended.position)


async def _pseudonyms(window: Window, agency: str, traces: dict[UUID, Trace]) -> dict[UUID, dict[str, str]]:
    """Return resource -> pseudonym for each case: a person has another pseudonym in each case."""
    parties = [
        Party(f"xes:{agency}", resource, case_id, "official")
        for case_id, trace in traces.items()
        for resource in resources_of(trace)
    ]
    named: dict[UUID, dict[str, str]] = {case_id: {} for case_id in traces}
    for party, key in zip(parties, await window.vault.make_keys(parties), strict=True):
        named[party.case_id][party.subject] = str(key.key_ref)
    return named
