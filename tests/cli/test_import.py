"""`pencere import xes`: beside a running serve or without one, and what the public evaluation tells then."""

import gzip
from pathlib import Path

import pytest

from tests.cli.running import Served, pencere, summary_of

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


def test_the_permit_log_gives_the_figures_that_were_counted_independently(served: Served) -> None:
    if not PERMIT_LOG.exists():
        pytest.skip("the permit log is not beside this clone; the tests above bring in a log of their own")
    arguments = ("--agency", "municipality", "--service", "permit", "--time-zone", "Europe/Amsterdam", "--json")
    summary = summary_of(pencere("import", "xes", str(PERMIT_LOG), *arguments, data=served.data))
    evaluation = served.get("/v1/evaluation/services/permit").json()

    assert (summary["submitted"], summary["steps"]) == (1434, 8577)
    assert (evaluation["submitted"], evaluation["open"], evaluation["closed"]) == (1434, 105, 1329)
    assert evaluation["late"] == 377


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
