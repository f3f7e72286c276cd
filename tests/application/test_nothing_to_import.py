"""Before an import writes anything, it checks that there is something to import and that all of it is allowed."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from application.catalogue.changes import change_catalogue
from application.catalogue.requests import AgencyEntry, ServicePublication, ServiceWithdrawal
from application.importing.refusals import LogChanged, NotARegularFile, NotASlug, NothingToImport
from application.importing.xes_import import Source, import_xes
from application.window import Window
from application.xes import XesError
from domain.agency.refusals import TimeZoneUnknown
from domain.refusals import Refusal
from domain.service.refusals import ServiceOfAnotherAgency
from tests.application.conftest import OpenWindow
from tests.application.test_importing import IMPORTER, LOG, bring_in, no_progress, put

START = '<trace><date key="startdate" value="2020-01-01T00:00:00Z"/></trace>'
BAD = '<trace><event><string key="concept:name" value="s"/></event></trace>'


async def refused(window: Window, bringing: Awaitable[object], kind: type[Exception]) -> Exception:
    """Expect the refusal, and a ledger in which nothing was written."""
    before = await window.ledger.head()
    with pytest.raises(kind) as caught:
        await bringing
    assert await window.ledger.head() == before
    return caught.value


@pytest.mark.parametrize("skip_bad", [False, True])
@pytest.mark.parametrize(
    "inside",
    [
        "",
        '<string key="concept:name" value="a log"/><extension name="Time" prefix="time" uri="http://x"/>',
        f'<global scope="event">{START}</global>',
        "<container key='trace'><trace/></container>",
        START,
        START * 3,
    ],
)
def test_a_log_in_which_nothing_was_done_is_refused_and_nothing_is_written(
    open_window: OpenWindow, tmp_path: Path, inside: str, *, skip_bad: bool
) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, f"<log>{inside}</log>")
            refusal = await refused(window, bring_in(window, path, skip_bad=skip_bad), NothingToImport)

            assert isinstance(refusal, Refusal)
            assert refusal.rule == "nothing-to-import"

    asyncio.run(main())


def test_with_skip_bad_a_log_of_bad_traces_only_is_refused_and_they_are_listed(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, f"<log>{BAD * 2}{LOG.partition('<trace>')[1]}")  # the third trace breaks off
            refusal = await refused(window, bring_in(window, path, skip_bad=True), NothingToImport)

            assert isinstance(refusal, NothingToImport)
            assert [bad.ordinal for bad in refusal.left_out] == [1, 2, 3]

    asyncio.run(main())


@pytest.mark.parametrize(
    "document", [b"", gzip.compress(b"", mtime=0), gzip.compress(b"  \n", mtime=0), b"\xef\xbb\xbf"]
)
def test_an_empty_file_is_refused_and_nothing_is_written(
    open_window: OpenWindow, tmp_path: Path, document: bytes
) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = tmp_path / "empty.xes"
            path.write_bytes(document)
            await refused(window, bring_in(window, path, skip_bad=True), XesError)

    asyncio.run(main())


def test_cases_that_have_only_begun_go_into_a_service_that_has_steps(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            await bring_in(window, put(tmp_path, LOG))
            done = await bring_in(window, put(tmp_path, f"<log>{START}</log>"))

            assert (done.cases, done.steps) == (1, 0)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"agency": "No Slug"}, NotASlug),
        ({"service": "no slug"}, NotASlug),
        ({"service": "x" * 64}, NotASlug),
        ({"time_zone": "Europe"}, TimeZoneUnknown),
        ({"time_zone": "../zone"}, TimeZoneUnknown),
        ({"path": Path("/dev/null")}, NotARegularFile),
    ],
)
def test_what_is_asked_for_is_checked_before_the_log_is_read(
    open_window: OpenWindow, tmp_path: Path, change: dict[str, object], kind: type[Exception]
) -> None:
    async def main() -> None:
        async with open_window() as window:
            source = Source(put(tmp_path, LOG), "town", "permit", "Europe/Amsterdam")._replace(**change)  # type: ignore[arg-type]
            await refused(window, import_xes(window, IMPORTER, source, no_progress), kind)

    asyncio.run(main())


def test_a_service_of_another_agency_is_refused_before_an_agency_is_registered(
    open_window: OpenWindow, tmp_path: Path
) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, LOG)
            await bring_in(window, path)
            other = import_xes(window, IMPORTER, Source(path, "village", "permit", "UTC"), no_progress)
            await refused(window, other, ServiceOfAnotherAgency)
            await change_catalogue(window, IMPORTER, ServiceWithdrawal(), "permit")
            other = import_xes(window, IMPORTER, Source(path, "village", "permit", "UTC"), no_progress)
            await refused(window, other, ServiceOfAnotherAgency)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('value="Check"', f'value="{"x" * 201}"'),
        ('value="e-mail"', f'value="{"x" * 201}"'),
    ],
)
def test_words_that_no_case_can_hold_are_refused_with_their_line_before_anything_is_written(
    open_window: OpenWindow, tmp_path: Path, old: str, new: str
) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, LOG.replace(old, new, 1))
            error = await refused(window, bring_in(window, path), XesError)
            done = await bring_in(window, path, skip_bad=True)

            assert "trace 'a'" in str(error)
            assert [bad.name for bad in done.left_out] == ["a"]
            assert done.cases == 1

    asyncio.run(main())


def test_a_log_with_a_very_long_name_goes_in(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, LOG).rename(tmp_path / f"{'x' * 250}.xes")

            assert (await bring_in(window, path)).cases == 2

    asyncio.run(main())


def _break_off(path: Path) -> None:
    path.write_text(LOG[:-20])


def _one_trace_less(path: Path) -> None:
    path.write_text(f"{LOG.partition('</trace>')[0]}</trace></log>")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _an_unseen_step(path: Path) -> None:
    path.write_text(LOG.replace("Check", "Another"))


@pytest.mark.parametrize("change", [_break_off, _one_trace_less, _an_unseen_step, _empty])
def test_a_log_that_changes_between_the_passes_is_told_as_that(
    open_window: OpenWindow, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, LOG)
            told: list[str] = []

            def changing(name: str, _read: int) -> None:
                told.append(name)
                # A small log is one chunk: the survey reports this chunk, and then the end.
                if told == ["survey", "survey"]:
                    change(path)

            source = Source(path, "town", "permit", "Europe/Amsterdam")
            with pytest.raises(LogChanged):
                await import_xes(window, IMPORTER, source, changing)

    asyncio.run(main())


def test_the_log_cannot_have_happened_after_the_import(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            path = put(tmp_path, LOG.replace("2020-02-02T10", "2184-02-02T10"))
            error = await refused(window, bring_in(window, path), XesError)
            done = await bring_in(window, path, skip_bad=True)

            assert "(not-happened-yet)" in str(error)
            assert [bad.name for bad in done.left_out] == ["b"]

    asyncio.run(main())


def test_every_assumption_of_what_was_imported_is_counted(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            await change_catalogue(
                window, IMPORTER, AgencyEntry(slug="town", name={"en": "T"}, time_zone="Asia/Baku", desks=("d",))
            )
            done = await bring_in(window, put(tmp_path, LOG))
            again = await bring_in(window, put(tmp_path, LOG))

            # The registered agency's zone counts, not the one that was given.
            assert done.time_zone == "Asia/Baku"
            assert done.assumed == again.assumed
            assert {kind.value: count for kind, count in done.assumed.items()} == {
                "noOffset": 1,
                "outOfOrder": 1,
                "noResource": 1,
                "noStart": 1,
                "noChannel": 1,
            }

    asyncio.run(main())


def test_a_draft_that_another_run_left_is_no_hindrance(open_window: OpenWindow, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_window() as window:
            await bring_in(window, put(tmp_path, LOG))
            with pytest.raises(Refusal):
                await change_catalogue(window, IMPORTER, ServicePublication(version=1), "permit")
            done = await bring_in(window, put(tmp_path, LOG.replace('"Receive"', '"Receipt"')))

            assert done.cases + done.already_there == 2

    asyncio.run(main())
