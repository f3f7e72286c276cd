"""An event log is imported through the same commands as every request, and each case's history is its trace."""

import asyncio
import os
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from application.access.callers import Caller, Role
from application.importing.refusals import CatalogueChanged
from application.importing.xes_import import Imported, Source, import_xes
from application.window import Window
from application.xes import Trace, XesError, read_traces
from domain.case.events import CaseClosed, CaseSubmitted, StepRecorded
from ledger.published.codec import decode
from ledger.published.recorded import Recorded
from tests.application.conftest import OpenWindow

IMPORTER = Caller("test", "import", Role.COORDINATOR)
PERMIT_LOG = Path(__file__).resolve().parents[3] / "shared" / "data" / "permit-receipt.xes.gz"
LOG = """<log>
<trace><string key="concept:name" value="a"/>
<date key="startdate" value="2020-01-01T10:00:00+01:00"/><date key="enddate" value="2020-01-05T10:00:00+01:00"/>
<date key="deadline" value="2020-01-04T10:00:00+01:00"/><string key="channel" value="e-mail"/>
<event><string key="concept:name" value="Receive"/><string key="org:resource" value="R1"/>
<date key="time:timestamp" value="2020-01-02T10:00:00+01:00"/></event>
<event><string key="concept:name" value="Check"/><string key="org:resource" value="R2"/>
<date key="time:timestamp" value="2020-01-01T12:00:00+01:00"/></event>
<event><string key="concept:name" value="Check"/><string key="org:resource" value="R1"/>
<date key="time:timestamp" value="2020-01-03T10:00:00+01:00"/></event></trace>
<trace><string key="concept:name" value="b"/>
<event><string key="concept:name" value="Check"/><string key="org:resource" value="R1"/>
<date key="time:timestamp" value="2020-02-01T10:00:00"/></event>
<event><string key="concept:name" value="Receive"/><date key="time:timestamp" value="2020-02-02T10:00:00Z"/></event>
</trace></log>"""
BAD_LOG = LOG.replace('value="2020-02-02T10:00:00Z"', 'value="yesterday"')


def no_progress(_pass: str, _read: int) -> None:
    """Show no progress."""


def put(tmp_path: Path, document: str) -> Path:
    path = tmp_path / "log.xes"
    path.write_text(document)
    return path


async def bring_in(window: Window, path: Path, *, skip_bad: bool = False) -> Imported:
    source = Source(path, "town", "permit", "Europe/Amsterdam", skip_bad=skip_bad)
    return await import_xes(window, IMPORTER, source, no_progress)


async def histories(window: Window) -> dict[UUID, list[Recorded]]:
    found: dict[UUID, list[Recorded]] = defaultdict(list)
    position = 0
    while entries := await window.ledger.read(position, 1000):
        position = entries[-1].position
        for entry in entries:
            if entry.topic.startswith("case."):
                found[entry.stream].append(decode(entry))
    return found


def steps_of(history: list[Recorded]) -> list[tuple[str, datetime]]:
    return [(one.event.step, one.envelope.occurred_at) for one in history if isinstance(one.event, StepRecorded)]


def test_every_history_is_its_trace_in_names_instants_and_order(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            done = await bring_in(window, put(tmp_path, LOG))
            by_start = {steps_of(one)[0][0]: one for one in (await histories(window)).values()}

            assert (done.traces, done.cases, done.steps, done.closed) == (2, 2, 5, 1)
            assert steps_of(by_start["Receive"]) == [
                ("Receive", datetime(2020, 1, 2, 9, tzinfo=UTC)),
                ("Check", datetime(2020, 1, 1, 11, tzinfo=UTC)),
                ("Check", datetime(2020, 1, 3, 9, tzinfo=UTC)),
            ]
            # A time without an offset is in the agency's zone.
            assert steps_of(by_start["Check"])[0] == ("Check", datetime(2020, 2, 1, 9, tzinfo=UTC))

    asyncio.run(main())


def test_a_file_may_be_called_anything(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, LOG).rename(tmp_path / os.fsdecode(b"\xff\x1b\xe2\x80\xae" + b"x" * 200 + b".xes"))
            assert (await bring_in(window, path)).cases == 2

            published = (await window.catalogue.service("permit")).state
            assert published is not None
            assert published.published.definition.legal_basis.startswith("As recorded in \ufffd\ufffd\ufffdxxx")

    asyncio.run(main())


def test_submission_deadline_channel_and_end_are_the_logs(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            await bring_in(window, put(tmp_path, LOG))
            ended, other = sorted((await histories(window)).values(), key=len, reverse=True)
            first, last = ended[0], ended[-1]

            assert isinstance(first.event, CaseSubmitted)
            assert first.envelope.occurred_at == datetime(2020, 1, 1, 9, tzinfo=UTC)
            assert (first.event.term_began, first.event.last_day) == (date(2020, 1, 1), date(2020, 1, 4))
            assert first.event.channel == "e-mail"
            assert isinstance(last.event, CaseClosed)
            assert last.envelope.occurred_at == datetime(2020, 1, 5, 9, tzinfo=UTC)
            assert isinstance(other[0].event, CaseSubmitted)
            assert other[0].event.last_day is None
            assert other[0].envelope.occurred_at == datetime(2020, 2, 1, 9, tzinfo=UTC)
            assert not any(isinstance(one.event, CaseClosed) for one in other)

    asyncio.run(main())


def test_a_resource_is_one_pseudonym_in_a_case_and_another_in_the_next(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            await bring_in(window, put(tmp_path, LOG))
            actors = [
                [one.envelope.actor.pseudonym for one in history if isinstance(one.event, StepRecorded)]
                for history in (await histories(window)).values()
            ]
            longer, shorter = sorted(actors, key=len, reverse=True)

            assert longer[0] == longer[2] != longer[1]
            assert not set(longer) & set(shorter)

    asyncio.run(main())


def test_a_second_run_adds_nothing(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, LOG)
            first = await bring_in(window, path)
            second = await bring_in(window, path)

            assert (second.cases, second.steps, second.already_there) == (0, 0, 2)
            assert await window.ledger.head() == first.position

    asyncio.run(main())


def test_two_imports_at_once_end_with_a_refusal_at_worst_and_the_next_goes_on(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, LOG)
            ended = await asyncio.gather(*[bring_in(window, path) for _ in range(2)], return_exceptions=True)
            again = await bring_in(window, path)

            assert sum(isinstance(each, Imported) for each in ended) == 1
            assert [type(each) for each in ended if not isinstance(each, Imported)] == [CatalogueChanged]
            assert (again.cases, again.already_there) == (0, 2)

    asyncio.run(main())


def test_what_cannot_be_used_stops_the_import_before_anything_is_appended(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    async def main() -> None:
        async with open_window() as window:
            with pytest.raises(XesError, match="'b'"):
                await bring_in(window, put(tmp_path, BAD_LOG))

            assert await window.ledger.head() == 0

    asyncio.run(main())


def test_with_skip_bad_everything_else_is_imported_and_the_rest_listed(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            done = await bring_in(window, put(tmp_path, BAD_LOG), skip_bad=True)

            assert (done.cases, [bad.name for bad in done.left_out]) == (1, ["b"])

    asyncio.run(main())


def test_an_interrupted_import_can_be_run_again(open_window: OpenWindow, tmp_path: Path) -> None:
    traces = "".join(
        f'<trace><string key="concept:name" value="t{number}"/><event><string key="concept:name" value="Do"/>'
        f'<date key="time:timestamp" value="2021-03-04T05:06:07Z"/></event></trace>'
        for number in range(700)
    )
    path = put(tmp_path, f"<log>{traces}</log>")

    async def main() -> None:
        async with open_window() as window:
            task = asyncio.create_task(bring_in(window, path))
            await window.ledger.wait_beyond(200, 30)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        async with open_window() as window:
            again = await bring_in(window, path)
            found = await histories(window)

            assert 0 < again.cases < 700
            assert again.cases + again.already_there == 700
            assert sorted(len(history) for history in found.values()) == [3] * 700

    asyncio.run(main())


def test_the_permit_log_goes_in_whole(open_window: OpenWindow) -> None:
    if not PERMIT_LOG.exists():
        pytest.skip("the permit log is not beside this clone; the tests above make logs of their own")

    async def main() -> None:
        async with open_window() as window:
            done = await bring_in(window, PERMIT_LOG)
            found = await histories(window)
            got = sorted(steps_of(history) for history in found.values())
            traces = [one for one in read_traces(PERMIT_LOG, zone=UTC) if isinstance(one, Trace)]

            assert (done.cases, done.steps, done.cases - done.closed) == (1434, 8577, 105)
            assert got == sorted([(event.name, event.at) for event in trace.events] for trace in traces)

    asyncio.run(main())
