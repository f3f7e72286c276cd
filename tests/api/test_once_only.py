"""Once only over HTTP: everybody reads it, as JSON or as a table, then and now."""

import asyncio
import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from application.access.callers import Role
from application.clock import system_clock
from ledger.embedded.postgres import EmbeddedPostgres
from tests.api.people import People, Person, assert_problem, position_of
from tests.api.running import RunningWindow, fresh_databases
from tests.projections.case_life import WHISPER
from tests.projections.evidence_town import EvidenceTown
from tests.projections.folding import fold
from tests.projections.lived import Lived, Told, all_entries
from tests.projections.lives import append
from tests.projections.once_only_oracle import expected, known

MONTH = f"{system_clock():%Y-%m}"
ONCE_ONLY = "/v1/once-only"


class Town(NamedTuple):
    """Somebody without a token before a window, and what is in its ledger."""

    anyone: Person
    position: int
    told: Sequence[Told]


def test_a_window_without_evidence_has_nothing_to_count(people: People) -> None:
    position = position_of(people.citizen.submits(people.service))

    for per in ("month", f"service&month={MONTH}", f"agency&month={MONTH}", f"resource&month={MONTH}"):
        answer = people.anyone.asks(f"{ONCE_ONLY}?per={per}&service={people.service}", position=position)
        assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None})


@pytest.mark.parametrize("per", ["service", "agency", "resource"])
def test_counts_that_are_not_by_month_are_of_a_month(people: People, per: str) -> None:
    problem = assert_problem(people.anyone.asks(f"{ONCE_ONLY}?per={per}"), 400, "month-is-named")

    assert problem["errors"][0]["field"] == "month" if problem.get("errors") else problem["field"] == "month"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("per=case", "per"),
        ("month=2026-11", "per"),
        ("per=month&month=2026-13", "month"),
        ("per=month&month=0000-01", "month"),
        ("per=month&month=2026-11%0A", "month"),
        ("per=month&service=No%20Name", "service"),
        ("per=month&agency=%E2%80%AEx", "agency"),
        ("per=month&resource=", "resource"),
        ("per=month&resource=" + "x" * 64, "resource"),
        ("per=month&limit=0", "limit"),
        ("per=month&limit=501", "limit"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_name(people: People, query: str, field: str) -> None:
    for accept in ("application/json", "text/csv"):
        refused = people.anyone.asks(f"{ONCE_ONLY}?{query}", Accept=accept)
        problem = assert_problem(refused, 400, "request-follows-its-schema")
        assert [error["field"] for error in problem["errors"]] == [field]


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("asOf=then", "as-of-is-a-position-or-a-date"),
        ("asOf=2026-02-30", "as-of-is-a-position-or-a-date"),
        ("cursor=AAAA", "cursor-is-from-a-page"),
        ("cursor=w6k", "cursor-is-from-a-page"),
    ],
)
def test_a_time_or_a_cursor_that_cannot_be_is_refused(people: People, query: str, rule: str) -> None:
    assert_problem(people.anyone.asks(f"{ONCE_ONLY}?per=month&{query}"), 400, rule)


def test_another_form_is_refused(people: People) -> None:
    assert_problem(people.anyone.asks(f"{ONCE_ONLY}?per=month", Accept="application/xml"), 406, "not-acceptable")


@pytest.fixture(scope="module")
def town(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A window whose ledger is that of a town that has lived."""
    folder = tmp_path_factory.mktemp("town")
    with fresh_databases(postgres, "once_only_town") as where:
        position = asyncio.run(append(where.writer, EvidenceTown(8).live(1500)))
        asyncio.run(fold(where.projector, position))
        with RunningWindow(where, folder) as running:
            anyone = running.somebody(Role.ANYONE, "reader")
            told = asyncio.run(all_entries(where.writer))
            yield Town(anyone, position, Lived(where, told).told)
            anyone.http.close()
        running.stop()


def all_items(town: Town, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while path:
        page = town.anyone.asks(path)
        assert page.status_code == 200, page.text
        items += page.json()["items"]
        path = page.links["next"]["url"] if "next" in page.links else ""
    return items


@pytest.mark.parametrize("per", ["month", "service", "agency", "resource"])
@pytest.mark.parametrize("share", [1, 2])
def test_everybody_reads_page_by_page_what_the_events_say(town: Town, per: str, share: int) -> None:
    position = town.position // share
    everything = known(town.told, position)
    for month in sorted({part.month for part in everything.parts()}):
        only = {} if per == "month" else {"month": month}
        query = "".join(f"&{name}={value}" for name, value in only.items())

        found = all_items(town, f"{ONCE_ONLY}?per={per}{query}&limit=1&asOf={position}")

        assert found == list(expected(everything, per, only))
        assert found


def test_a_table_says_what_the_json_says(town: Town) -> None:
    path = f"{ONCE_ONLY}?per=resource&month=2026-12"
    answer = town.anyone.asks(path, Accept="text/csv")
    items = town.anyone.asks(path).json()["items"]

    header, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="once-only-resource.csv"'
    assert len(set(header)) == len(header)
    assert [row[0] for row in rows] == [item["name"] for item in items]
    assert items
    for row, item in zip(rows, items, strict=True):
        told = dict(zip(header, row, strict=True))
        assert told["documents_not_asked_for"] == str(item["documentsNotAskedFor"])
        assert told["requests_answered_in_time"] == str(item["requests"]["answeredInTime"])
        assert told["exceptions_timed_out"] == str(item["exceptions"]["timedOut"])
        assert told["about_applicants_disputed"] == str(item["aboutApplicants"]["disputed"])
        assert told["answer_times_service_levels"] == " ".join(map(str, item["answerTimes"]["serviceLevels"]))


def test_no_answer_names_a_case_or_a_person(town: Town) -> None:
    said = "".join(str(all_items(town, f"{ONCE_ONLY}?per={per}")) for per in ("month", "month&service=dog-tax"))
    streams = {str(told.entry.stream) for told in town.told if told.entry.topic.startswith("case.")}

    assert not any(stream in said for stream in streams)
    assert WHISPER not in said
