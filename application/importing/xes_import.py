"""Imports an event log: a first pass that learns the service, a second that appends, case by case."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from application.callers import Caller
from application.catalogue_work import draft_service, publish_service, register_agency
from application.importing.cases import ReplayedCase, case_id_of, resources_of
from application.importing.survey import Survey, definition_of, survey, usable
from application.requests import AgencyEntry, ServiceDraft
from application.window import Window
from application.xes import BadTrace, Trace
from domain.service.definition import PublishedService
from ledger.refusals import VersionConflictError
from ledger.vault import Party

IMPORT_DESK = "import"
_CASES_AT_ONCE = 200

Progress = Callable[[str, int], None]


class Source(NamedTuple):
    """What to import: the log, whose service it becomes, and the zone of times that carry none.

    `time_zone` counts for an agency that is not registered yet; a registered one has its own.
    """

    path: Path
    agency: str
    service: str
    time_zone: str
    skip_bad: bool = False


@dataclass(slots=True)
class Imported:
    """What an import did; `position` is the ledger's position that holds all of it."""

    traces: int = 0
    cases: int = 0
    steps: int = 0
    closed: int = 0
    already_there: int = 0
    events: int = 0
    position: int = 0
    left_out: list[BadTrace] = field(default_factory=list)


async def import_xes(window: Window, caller: Caller, source: Source, progress: Progress) -> Imported:
    """Import a log; a second run adds nothing, and an interrupted one can be run again.

    Every case is appended whole or not at all. Memory does not grow with the log.

    Args:
        window: the window.
        caller: a coordinator: the service is written into the catalogue.
        source: what to import.
        progress: told the pass ("survey" or "append") and how many bytes of the file are read.

    Raises:
        XesError: something in the log cannot be used (with `skip_bad` it is left out and listed instead), or the
            file is no log; nothing is imported then.
        NotAllowedError, Refusal, LedgerUnavailableError, VaultUnavailableError.
    """
    agency = (await window.catalogue.agency(source.agency)).state
    zone = ZoneInfo(agency.time_zone if agency else source.time_zone)
    found = survey(source.path, zone, skip_bad=source.skip_bad, progress=lambda read: progress("survey", read))
    if agency is None:
        await register_agency(window, caller, _entry(source))
    service = await _service(window, caller, source, found)
    done = Imported(traces=found.traces, left_out=found.left_out)
    traces = usable(source.path, zone, skip_bad=source.skip_bad, progress=lambda read: progress("append", read))
    under_way: asyncio.Task[None] | None = None
    try:
        while batch := list(islice(traces, _CASES_AT_ONCE)):
            # While one batch is committed the next is read and decided.
            appends = await _prepared(window, service, zone.key, batch, done)
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


def _entry(source: Source) -> AgencyEntry:
    return AgencyEntry(
        slug=source.agency, name={"und": source.agency}, time_zone=source.time_zone, desks=(IMPORT_DESK,)
    )


async def _service(window: Window, caller: Caller, source: Source, found: Survey) -> PublishedService:
    """Have a published version of the service that allows all that the log shows."""
    state = (await window.catalogue.service(source.service)).state
    known = state.published if state and state.published_version else None
    agency = (await window.catalogue.agency(source.agency)).state
    desk = agency.desks[0] if agency else IMPORT_DESK
    base = known.definition if known else None
    wanted = definition_of(found, source.agency, desk, source.service, source.path.name, base)
    if known is None or wanted != known.definition:
        drafted = await draft_service(window, caller, ServiceDraft(definition=wanted))
        await publish_service(window, caller, source.service, drafted.service_version or 1)
        state = (await window.catalogue.service(source.service)).state
        known = state.published if state else None
    if known is None:
        raise LookupError(source.service)
    return known


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
        case.replay(trace, pseudonyms[case_id])
        replayed.append((case, trace))
    return replayed


async def _append(window: Window, cases: Sequence[tuple[ReplayedCase, Trace]], done: Imported) -> None:
    async with asyncio.TaskGroup() as group:
        for case, trace in cases:
            group.create_task(_append_case(window, case, trace, done))


async def _append_case(window: Window, case: ReplayedCase, trace: Trace, done: Imported) -> None:
    try:
        # The commit point of a case: all of its events at once.
        appended = await window.ledger.append(case.events)
    except VersionConflictError:
        done.already_there += 1  # another import of the same log was faster
        return
    done.cases += 1
    done.steps += len(trace.events)
    done.closed += trace.end is not None
    done.events += len(case.events)
    done.position = max(done.position, appended.position)


async def _pseudonyms(window: Window, agency: str, traces: dict[UUID, Trace]) -> dict[UUID, dict[str, str]]:
    """Return resource -> pseudonym for each case: one in a case, another in the next."""
    parties = [
        Party(f"xes:{agency}", resource, case_id, "official")
        for case_id, trace in traces.items()
        for resource in resources_of(trace)
    ]
    named: dict[UUID, dict[str, str]] = {case_id: {} for case_id in traces}
    for party, key in zip(parties, await window.vault.make_keys(parties), strict=True):
        named[party.case_id][party.subject] = str(key.key_ref)
    return named
