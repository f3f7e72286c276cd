"""`pencere project rebuild`, `pencere audit replay` and `verify`, with and without a running serve."""

import json
from pathlib import Path

import psycopg
import pytest

from ledger.embedded.postgres import EmbeddedPostgres
from tests.cli.running import Served, pencere, serving, summary_of
from tests.log.waiting import until


def by_hand(data: Path, statement: str) -> None:
    """Change a view with the owner's password."""
    with EmbeddedPostgres(data) as embedded, psycopg.connect(embedded.ledger_url("pencere_owner")) as owner:
        owner.execute(statement.encode())


def test_an_honest_window_is_equal_to_its_replay(served: Served) -> None:
    ended = pencere("audit", "replay", "--json", data=served.data)

    summary = summary_of(ended)
    assert summary["equal"] is True
    assert {view["view"] for view in summary["views"]} >= {"case_history", "case_status", "agency_feed"}
    assert all(view["differences"] == [] for view in summary["views"])
    empty = {view["view"] for view in summary["views"] if view["rows"] == 0}
    assert empty == {"resource_register", "evidence_requests", "calendars"}, "which the town's window has no use for"


def test_a_row_changed_by_hand_is_named_and_a_rebuild_mends_it(served: Served) -> None:
    by_hand(served.data, "UPDATE case_status.cases SET stage = 'Archived' WHERE stage = 'Withdrawn'")
    ended = pencere("audit", "replay", "case_status", "--json", data=served.data)
    [view] = json.loads(ended.stdout)["views"]
    [difference] = view["differences"]

    assert ended.returncode == 1
    assert (difference["field"], difference["live"], difference["replayed"]) == ("stage", "Archived", "Withdrawn")
    assert set(difference["key"]) == {"case_id"}
    assert 0 < difference["position"] <= view["position"]
    assert f"after event {difference['position']}" in ended.stderr

    verified = pencere("audit", "verify", "--json", data=served.data)
    told = json.loads(verified.stdout)

    assert verified.returncode == 1
    assert (told["sound"], told["findings"]) == (False, []), "the events are as they were signed"
    assert [view["view"] for view in told["views"] if view["differences"]] == ["case_status"]

    rebuilt = summary_of(pencere("project", "rebuild", "case_status", "--json", data=served.data))

    assert rebuilt["rebuilt"] == ["case_status"]
    assert pencere("audit", "replay", "case_status", data=served.data).returncode == 0


def test_what_is_no_view_is_refused_by_name(served: Served) -> None:
    for arguments in (("audit", "replay"), ("project", "rebuild")):
        ended = pencere(*arguments, "case_stats", data=served.data)
        assert ended.returncode in {1, 2}
        assert "case_stats" in ended.stderr
        assert "case_status" in ended.stderr


@pytest.mark.parametrize("arguments", [(), ("--all", "worklist")])
def test_a_rebuild_wants_names_or_all_and_not_both(served: Served, arguments: tuple[str, ...]) -> None:
    ended = pencere("project", "rebuild", *arguments, data=served.data)

    assert ended.returncode == 1
    assert "--all" in ended.stderr


def test_views_of_another_version_are_rebuilt_when_serve_starts(data: Path) -> None:
    with serving(data) as served:
        until(served.rests)
        citizen = served.token("citizen", "leyla")
        before = served.get("/v1/my/cases", citizen).json()
        served.stop()
    by_hand(data, "UPDATE case_status.tracking SET made_by = '0/before'; DELETE FROM case_status.cases")

    with serving(data) as again:
        assert again.get("/v1/my/cases", citizen).json() == before
        assert again.get("/health/ready").json()["stopped"] == []
    assert pencere("audit", "replay", data=data).returncode == 0


def test_what_was_known_then_is_told_on_the_terminal_as_by_the_api(served: Served) -> None:
    citizen = served.token("citizen", "leyla")
    case = served.get("/v1/my/cases", citizen).json()["items"][-1]
    written = served.get(f"/v1/cases/{case['caseId']}/history", citizen).json()["items"]
    middle = str(written[2]["position"])

    for name in (case["caseId"], case["reference"]):
        told = pencere("audit", "status", name, "--as-of", middle, data=served.data)
        assert json.loads(told.stdout) == served.get(f"/v1/cases/{case['caseId']}?asOf={middle}", citizen).json()
    lines = pencere("audit", "history", case["caseId"], "--as-of", middle, data=served.data).stdout.splitlines()
    counted = pencere("audit", "evaluation", case["service"], "--as-of", middle, data=served.data)

    assert [json.loads(line)["type"] for line in lines] == [item["type"] for item in written[:3]]
    assert "opened" not in json.loads(lines[0])
    path = f"/v1/evaluation/services/{case['service']}?asOf={middle}"
    assert json.loads(counted.stdout) == served.get(path).json()


@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "PN-0000-0000-0000-0", "--as-of", "1"),
        ("status", "019abcde-f012-7345-8678-9abcdef01234", "--as-of", "1"),
        ("history", "019abcde-f012-7345-8678-9abcdef01234", "--as-of", "1"),
        ("evaluation", "child-benefit", "--as-of", "soon"),
        ("evaluation", "nothing", "--as-of", "1"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_told_is_one_sentence_and_status_2(served: Served, arguments: tuple[str, ...]) -> None:
    ended = pencere("audit", *arguments, data=served.data)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1
