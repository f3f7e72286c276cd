"""The figures over HTTP: everybody reads them, as JSON or as a table of which a spreadsheet runs no cell."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.csv_text import harmless, written_as_csv
from application.clock import system_clock
from domain.evaluation.catalogue import CATALOGUE
from tests.api.people import People, address_of, assert_problem, position_of

MONTH = f"{system_clock():%Y-%m}"  # in Baku it may be the next one already: no test counts on which
NEXT = f"{system_clock().year + system_clock().month // 12}-{system_clock().month % 12 + 1:02d}"
FIGURES = "/v1/evaluation/figures"


def figures_of(people: People, position: str, **query: str) -> dict[str, object]:
    """Return the figures of the test's service that are not zero in whichever month it is."""
    found: dict[str, object] = {}
    for month in (MONTH, NEXT):
        asked = "&".join(f"{name}={value}" for name, value in {"per": "service", "month": month, **query}.items())
        items = all_items(people, f"{FIGURES}?{asked}", position)
        mine = [item for item in items if item["name"] == people.service]
        for each in (figure for item in mine for figure in item["figures"]):
            if each["value"] != "0" and each["why"] != "nothing to measure":
                found[each["indicator"]] = each["value"] or each["why"]
    return found


def all_items(people: People, path: str, position: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while path:
        page = people.anyone.asks(path, position=position)
        assert page.status_code == 200, page.text
        items += page.json()["items"]
        path = page.links["next"]["url"] if "next" in page.links else ""
    return items


def test_the_catalogue_tells_every_indicator_its_formula_and_the_formula_of_the_stars(people: People) -> None:
    told = people.anyone.asks("/v1/evaluation/indicators").json()

    assert told == CATALOGUE.model_dump(mode="json", by_alias=True)
    late = next(each for each in told["indicators"] if each["id"] == "late")
    assert "local date" in late["formula"]["en"]
    assert (late["unit"], late["withheldBelow"], late["computed"]["measure"]) == ("cases", 5, "closed")


def test_what_happened_is_in_the_figures_of_its_month(people: People) -> None:
    submitted = [people.citizen.submits(people.service) for _ in range(5)]
    first = people.citizen.sends(f"{address_of(submitted[0])}/withdrawal", seen=submitted[0])

    assert figures_of(people, position_of(first)) == {
        "submitted": "5",
        "share_electronic": "1.0000",
        "stages_online": "0.0000",  # nobody has said how the steps are done
    }


def test_a_figure_as_of_a_position_counts_what_was_recorded_up_to_it(people: People) -> None:
    submitted = [people.citizen.submits(people.service) for _ in range(6)]
    last, positions = position_of(submitted[-1]), [position_of(each) for each in submitted]

    found = [figures_of(people, last, asOf=position) for position in positions]

    assert [each["submitted"] for each in found] == ["1", "2", "3", "4", "5", "6"]
    assert [each["share_electronic"] for each in found] == ["too few cases"] * 4 + ["1.0000"] * 2
    assert figures_of(people, last, asOf="2001-01-01") == {}, "not even a version was published"


def test_an_agencys_figures_are_of_all_its_services(people: People) -> None:
    submitted = people.citizen.submits(people.service)

    items = [
        item
        for month in (MONTH, NEXT)
        for item in all_items(people, f"{FIGURES}?per=agency&month={month}&limit=500", position_of(submitted))
        if item["name"] == people.agency
    ]

    counted = [each["value"] for item in items for each in item["figures"] if each["indicator"] == "submitted"]
    assert sorted(counted) == ["0", "1"]


def test_pages_follow_each_other_by_name(people: People) -> None:
    submitted = people.citizen.submits(people.service)
    path = f"{FIGURES}?per=service&month={MONTH}"

    names = [item["name"] for item in all_items(people, f"{path}&limit=1", position_of(submitted))]

    assert people.service in names
    assert names == sorted(set(map(str, names)))
    assert names == [item["name"] for item in all_items(people, path, position_of(submitted))]


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def test_a_table_says_what_the_json_says(people: People) -> None:
    position = position_of(people.citizen.submits(people.service))
    path = f"{FIGURES}?per=service&month={MONTH}&limit=500"
    answer = people.anyone.asks(path, position=position, Accept="text/csv")
    items = people.anyone.asks(path, position=position).json()["items"]

    header, *rows = rows_of(answer.content)

    assert header[:2] == ["service", "month"]
    assert len(set(header)) == len(header)
    assert {len(row) for row in rows} == {len(header)}
    for row, item in zip(rows, items, strict=True):
        told = dict(zip(header, row, strict=True))
        assert (told["service"], told["month"]) == (item["name"], MONTH)
        for each in item["figures"]:
            assert told[each["indicator"]] == (each["value"] or each["why"])
        assert told["stars"] == (item["stars"]["overall"] or "not measured")


def test_a_table_opens_without_a_question(people: People) -> None:
    answer = people.anyone.asks(f"{FIGURES}?per=agency&month={MONTH}", Accept="text/csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="figures-agency-{MONTH}.csv"'
    assert answer.content.startswith(b'\xef\xbb\xbf"agency","month",'), "with a byte order mark, and not with ID"
    assert answer.content.endswith(b"\r\n")
    assert answer.content.count(b"\n") == answer.content.count(b"\r\n")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/*", "text/csv"),
        ("text/csv, application/json;q=0.5", "text/csv"),
        ("application/json;q=0.5, text/csv;q=0.8", "text/csv"),
        ("text/csv;q=0, */*", "application/json"),
        ("text/csv;q=0.1, */*;q=0.5", "application/json"),
        ("*/*", "application/json"),
        ("application/json, text/csv", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
    ],
)
def test_the_preferred_form_is_answered(people: People, accept: str, kind: str) -> None:
    answer = people.anyone.asks(f"{FIGURES}?per=agency&month={MONTH}", Accept=accept)

    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, kind)
    assert answer.headers["Vary"] == "Accept"


def test_another_form_is_refused(people: People) -> None:
    refused = people.anyone.asks(f"{FIGURES}?per=agency&month={MONTH}", Accept="application/xml")

    assert_problem(refused, 406, "not-acceptable")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("per=x&month=2026-11", "per"),
        ("month=2026-11", "per"),
        ("per=service", "month"),
        ("per=service&month=2026-13", "month"),
        ("per=service&month=2026-00", "month"),
        ("per=service&month=0000-01", "month"),
        ("per=service&month=2026-1", "month"),
        ("per=service&month=2026-11-01", "month"),
        ("per=service&month=2026-11%0A", "month"),
        ("per=service&month=%D9%A2%D9%A0%D9%A2%D9%A6-11", "month"),
        ("per=service&month=2026-11&limit=0", "limit"),
        ("per=service&month=2026-11&limit=501", "limit"),
        ("per=service&month=2026-11&limit=99999999999999999999", "limit"),
        ("per=service&month=2026-11&limit=ten", "limit"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_name(people: People, query: str, field: str) -> None:
    for accept in ("application/json", "text/csv"):
        problem = assert_problem(
            people.anyone.asks(f"{FIGURES}?{query}", Accept=accept), 400, "request-follows-its-schema"
        )
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
    assert_problem(people.anyone.asks(f"{FIGURES}?per=service&month=2026-11&{query}"), 400, rule)


@pytest.mark.parametrize("month", ["0001-01", "1970-02", "2000-02", "9999-12"])
def test_any_month_of_the_calendar_may_be_asked_for(people: People, month: str) -> None:
    answer = people.anyone.asks(f"{FIGURES}?per=service&month={month}")

    assert answer.status_code == 200
    assert {item["month"] for item in answer.json()["items"]} <= {month}


DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.mark.parametrize("sign", DANGEROUS, ids=ascii)
@pytest.mark.parametrize(
    "before", ["", " ", '"', '","', "'", ";", "\t", "\n", "a,", "a;", 'a"', "\ufeff", "\u200b", "|"], ids=ascii
)
def test_no_cell_is_run_wherever_a_spreadsheet_begins_it(before: str, sign: str) -> None:
    text = f"{before}{sign}cmd|' /C calc'!A0"

    content = written_as_csv([["a", text, "b"]])

    [[first, cell, last]] = rows_of(content)
    assert (first, last) == ("a", "b")
    assert cell.replace("'", "") == text.replace("'", ""), "nothing is lost"
    assert f"{before}'{sign}" in cell


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n\"',; a1\uff1d\uff20|")))
def test_a_harmless_text_has_no_sign_where_a_cell_may_begin(text: str) -> None:
    written = harmless(text)

    assert written.replace("'", "") == text.replace("'", "")
    for at, letter in enumerate(written):
        if letter in DANGEROUS:
            before = written[at - 1] if at else ","
            assert before == "'" or before not in "\t\r\n\"',; |", (written, at)


@pytest.mark.parametrize(
    "text", ["permit-1", "12.5", "0.6667", "2026-11", "too few cases", "tikinti-icazəsi", "a=b", ""]
)
def test_an_ordinary_cell_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text
    assert rows_of(written_as_csv([["x", text]])) == [["x", text]]
