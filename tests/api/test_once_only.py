"""Once only over HTTP: everybody reads it, as JSON or as a table, then and now."""

import pytest

from application.clock import system_clock
from tests.api.people import People, assert_problem, position_of

MONTH = f"{system_clock():%Y-%m}"
ONCE_ONLY = "/v1/once-only"


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
