"""`pencere import xes`, with or without a running serve, and what the public evaluation shows afterwards."""

import gzip
from pathlib import Path

import pytest

from tests.cli.running import Served, pencere, serving, summary_of

PERMIT_LOG = Path(__file__).resolve().parents[3] / "shared" / "data" / "permit-receipt.xes.gz"
LOG = """<log><trace><string key="concept:name" value="a"/><date key="enddate" value="2020-01-05T10:00:00+01:00"/>
<date key="deadline" value="2020-01-04T10:00:00+01:00"/>
<event><string key="concept:name" value="Receive"/>
<date key="time:timestamp" value="2020-01-02T10:00:00+01:00"/></event>
</trace><trace><string key="concept:name" value="b"/><date key="deadline" value="2020-01-04T10:00:00+01:00"/>
<event><string key="concept:name" value="Receive"/>
<date key="time:timestamp" value="2020-01-03T10:00:00+01:00"/></event>
</trace></log>"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(LOG.encode()))
    return path


def test_an_import_beside_a_running_serve_is_in_the_evaluation_when_it_returns(served: Served, log: Path) -> None:
    summary = summary_of(
        pencere("import", "xes", str(log), "--agency", "town", "--service", "small", "--json", data=served.data)
    )
    evaluation = served.get("/v1/evaluation/services/small").json()

    assert (summary["submitted"], summary["steps"], summary["open"], summary["closed"]) == (2, 2, 1, 1)
    counts = {name: evaluation[name] for name in ("submitted", "open", "closed", "late", "overdue")}
    assert counts == {"submitted": 2, "open": 1, "closed": 1, "late": 1, "overdue": 1}


def test_a_second_run_adds_nothing(served: Served, log: Path) -> None:
    arguments = ("import", "xes", str(log), "--agency", "town", "--service", "twice", "--json")
    first = summary_of(pencere(*arguments, data=served.data))
    second = summary_of(pencere(*arguments, data=served.data))

    assert (first["submitted"], second["submitted"], second["alreadyThere"]) == (2, 0, 2)


def test_malformed_xml_is_refused_with_its_place(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "bad.xes"
    path.write_text("<log>\n<trace></log>")
    ended = pencere("import", "xes", str(path), "--agency", "town", "--service", "bad", data=served.data)

    assert ended.returncode == 1
    assert "line 2" in ended.stderr
    assert "nothing was imported" in ended.stderr
    assert served.get("/v1/services/bad").status_code == 404


def test_what_was_left_out_is_listed(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "half.xes"
    path.write_text(LOG.replace('value="2020-01-03T10:00:00+01:00"', 'value="soon"'))
    arguments = ("import", "xes", str(path), "--agency", "town", "--service", "half", "--skip-bad", "--json")
    summary = summary_of(pencere(*arguments, data=served.data))

    assert summary["submitted"] == 1
    assert [bad["trace"] for bad in summary["leftOut"]] == ["b"]


def test_a_missing_file_is_one_sentence(served: Served, tmp_path: Path) -> None:
    missing = tmp_path / "none.xes"
    ended = pencere("import", "xes", str(missing), "--agency", "town", "--service", "none", data=served.data)

    assert ended.returncode == 1
    assert str(missing) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_file_that_cannot_be_read_is_one_sentence(served: Served) -> None:
    unreadable = "/proc/self/mem"  # a regular file that even root cannot read from its beginning
    ended = pencere("import", "xes", unreadable, "--agency", "town", "--service", "none", data=served.data)

    assert ended.returncode == 1
    assert ended.stderr == f"pencere: {unreadable}: Input/output error\n"


@pytest.mark.parametrize("skip_bad", [(), ("--skip-bad",)])
@pytest.mark.parametrize(
    ("document", "left_out"),
    [("<log/>", 0), ("<log><trace/></log>", 1), ('<log><date key="startdate" value="2020-01-01T00:00:00Z"/></log>', 0)],
)
def test_a_log_with_nothing_in_it_is_refused_and_writes_nothing(
    served: Served, tmp_path: Path, document: str, left_out: int, skip_bad: tuple[str, ...]
) -> None:
    path = tmp_path / "empty.xes.gz"
    path.write_bytes(gzip.compress(document.encode()))
    arguments = ("--agency", "nobody", "--service", "nothing", *skip_bad)
    ended = pencere("import", "xes", str(path), *arguments, data=served.data)

    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "nothing was imported" in ended.stderr
    if skip_bad or not left_out:
        assert "nothing-to-import" in ended.stderr
        assert ended.stderr.count("left out: trace") == left_out
    assert served.get("/v1/services/nothing").status_code == 404
    assert "nobody" not in served.get("/v1/agencies").text


def test_the_summary_counts_each_assumption_with_its_rule(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "doubtful.xes"
    path.write_text(LOG.replace("2020-01-02T10:00:00+01:00", "2020-01-01T24:00:00"))
    arguments = ("import", "xes", str(path), "--agency", "town", "--service", "doubtful")
    told = pencere(*arguments, data=served.data)
    counted = summary_of(pencere(*arguments, "--json", data=served.data))

    assert told.returncode == 0, told.stderr
    assert "assumed endOfDay: 1 (times of 24:00 were read as 00:00 of the next day)" in told.stdout
    assert "assumed leapSecond" not in told.stdout
    assert counted["timeZone"] == "UTC"
    assert {kind: count for kind, count in counted["assumed"].items() if count} == {
        "endOfDay": 1,
        "noOffset": 1,
        "noStart": 2,
        "noChannel": 2,
        "noResource": 2,
    }
    assert counted["assumed"]["leapSecond"] == 0


@pytest.mark.parametrize(
    ("agency", "service", "rule"), [("No Slug", "small", "not-a-slug"), ("town", "no slug", "not-a-slug")]
)
def test_a_name_that_cannot_be_is_one_sentence(served: Served, log: Path, agency: str, service: str, rule: str) -> None:
    ended = pencere("import", "xes", str(log), "--agency", agency, "--service", service, data=served.data)

    assert ended.returncode == 1
    assert rule in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_permit_log_gives_the_figures_that_were_counted_independently(served: Served) -> None:
    if not PERMIT_LOG.exists():
        pytest.skip("the permit log is not beside this clone; the tests above bring in a log of their own")
    arguments = ("--agency", "municipality", "--service", "permit", "--time-zone", "Europe/Amsterdam", "--json")
    summary = summary_of(pencere("import", "xes", str(PERMIT_LOG), *arguments, data=served.data))
    evaluation = served.get("/v1/evaluation/services/permit").json()

    assert (summary["submitted"], summary["steps"]) == (1434, 8577)
    assert (evaluation["submitted"], evaluation["open"], evaluation["closed"]) == (1434, 105, 1329)
    assert evaluation["late"] == 309, "by the dates on the wall"


def test_rotating_and_sweeping_keys_beside_a_running_serve_changes_nothing_that_is_read(served: Served) -> None:
    citizen = served.token("citizen", "leyla")
    case = served.get("/v1/my/cases", citizen).json()["items"][-1]["caseId"]
    before = served.get(f"/v1/cases/{case}/history", citizen).json()
    rotated = summary_of(pencere("vault", "rotate", "--json", data=served.data))
    swept = summary_of(pencere("vault", "sweep", "--json", data=served.data))

    assert rotated["rewrapped"] > 0
    assert swept["swept"] == 0
    assert served.get(f"/v1/cases/{case}/history", citizen).json() == before


def test_an_erased_person_has_no_cases_and_officials_read_the_rest(served: Served) -> None:
    citizen = served.token("citizen", "rashad")
    assert served.get("/v1/my/cases", citizen).json()["items"]
    issuer = ("--issuer", "https://pencere.invalid/development")
    unsure = pencere("vault", "erase", *issuer, data=served.data, stdin="rashad\n")
    summary = summary_of(pencere("vault", "erase", *issuer, "--yes", "--json", data=served.data, stdin="rashad\n"))

    assert unsure.returncode == 1
    assert summary["cases"] == 3
    assert served.get("/v1/my/cases", citizen).json()["items"] == []


def test_whoever_has_the_data_folder_imports_in_the_name_of_the_agency_that_coordinates(data: Path, log: Path) -> None:
    with serving(data) as served:
        nobodys = served.token("coordinator", "c")
        town = {"name": {"en": "Town"}, "timeZone": "Asia/Baku", "desks": ["front"]}
        assert served.put("/v1/agencies/hall", town, nobodys).status_code == 201
        day = {"agency": "hall", "fromDate": "2026-01-01", "act": "Decree 1"}
        assert served.put("/v1/coordinator", day, nobodys).status_code == 200
        assert served.put("/v1/agencies/village", town, nobodys).status_code == 403
        of_the_town = served.token("coordinator", "c", "--agency", "hall")
        assert served.put("/v1/agencies/village", town, of_the_town).status_code == 201

        summary = summary_of(
            pencere("import", "xes", str(log), "--agency", "imports", "--service", "small", "--json", data=served.data)
        )

        verified = pencere("audit", "verify", data=served.data)

    assert summary["submitted"] == 2
    assert verified.returncode == 0, verified.stdout + verified.stderr
