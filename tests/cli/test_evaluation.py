"""The permit log's figures are those of an independent script over the file; `audit evaluation` recounts them.

The log lies beside this clone and is used where it lies. Without it, a small log with the same traps stands in for it.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from ledger.embedded.postgres import EmbeddedPostgres
from tests.cli.running import Served, pencere, summary_of
from tests.cli.test_import import PERMIT_LOG
from tests.cli.test_projecting_and_auditing import by_hand

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FEW = 5
WAITS = ("suspended_days_applicant", "suspended_days_applicant_evidence", "suspended_days_resources")


def trace(name: str, start: str, end: str | None, deadline: str, channel: str) -> str:
    ended = "" if end is None else f'<date key="enddate" value="{end}"/>'
    return f"""<trace><string key="concept:name" value="{name}"/><date key="startdate" value="{start}"/>{ended}
<date key="deadline" value="{deadline}"/><string key="channel" value="{channel}"/>
<event><string key="concept:name" value="Receive"/><date key="time:timestamp" value="{start}"/></event></trace>"""


SMALL_LOG = "\n".join(
    (
        "<log>",
        # Late by instant, in time by date; the local date is not the date in UTC.
        trace("a", "2011-03-01T00:30:00+01:00", "2011-04-12T23:30:00+02:00", "2011-04-12T08:00:00+02:00", "Internet"),
        # Late by date too.
        trace("b", "2011-03-04T10:00:00+01:00", "2011-04-13T00:10:00+02:00", "2011-04-12T23:50:00+02:00", "Desk"),
        *(
            trace(
                f"c{day}",
                f"2011-03-{day:02d}T10:00:00+01:00",
                f"2011-04-{day:02d}T10:00:00+02:00",
                "2011-05-01T10:00:00+02:00",
                "e-mail",
            )
            for day in range(1, 9)
        ),
        trace("d", "2011-04-01T00:10:00+02:00", None, "2011-05-01T10:00:00+02:00", "Post"),
        "</log>",
    )
)


class Permit(NamedTuple):
    """A trace as the script reads it."""

    start: datetime
    end: datetime | None
    deadline: datetime | None
    channel: str


class Script(NamedTuple):
    """What the script has counted: by instant over the whole file, and by month."""

    late_by_instant: int
    late_by_date: int
    months: dict[str, dict[str, Any]]


def read(path: Path) -> Iterator[Permit]:
    """Read the file with lxml alone."""
    with gzip.open(path) as file:
        for _, element in etree.iterparse(file, tag="{*}trace"):
            dates = {child.get("key"): child.get("value") for child in element.iterfind("{*}date")}
            words = {child.get("key"): child.get("value") for child in element.iterfind("{*}string")}
            found = {key: datetime.fromisoformat(str(value)) for key, value in dates.items()}
            yield Permit(found["startdate"], found.get("enddate"), found.get("deadline"), str(words.get("channel")))
            element.clear()


def on(at: datetime) -> date:
    return at.astimezone(AMSTERDAM).date()


def weekdays(began: date, ended: date) -> int:
    return sum((began + timedelta(days=day)).weekday() < 5 for day in range(1, (ended - began).days + 1))


def scripted(path: Path) -> Script:
    """Count what is in the file, by no code of ours."""
    permits = list(read(path))
    ended = [(permit, permit.end) for permit in permits if permit.end is not None]
    submitted, closed, late, electronic = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    took = defaultdict[str, list[int]](list)
    for permit in permits:
        submitted[f"{on(permit.start):%Y-%m}"] += 1
        electronic[f"{on(permit.start):%Y-%m}"] += permit.channel in {"Internet", "e-mail"}
    for permit, end in ended:
        month = f"{on(end):%Y-%m}"
        closed[month] += 1
        late[month] += permit.deadline is not None and on(end) > on(permit.deadline)
        took[month].append(weekdays(on(permit.start), on(end)))
    return Script(
        late_by_instant=sum(permit.deadline is not None and end > permit.deadline for permit, end in ended),
        late_by_date=late.total(),
        months={
            month: {
                "submitted": submitted[month],
                "electronic": electronic[month],
                "closed": closed[month],
                "late": late[month],
                "took": sorted(took[month]),
            }
            for month in sorted({*submitted, *closed})
        },
    )


@pytest.fixture(scope="module", params=["the permit log", "a small log"])
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of permits where it lies, and a small one that needs nothing beside this clone."""
    if request.param == "the permit log":
        if not PERMIT_LOG.exists():
            pytest.skip("the permit log is not beside this clone; the small log stands in for it")
        return PERMIT_LOG
    path = tmp_path_factory.mktemp("permits") / "small.xes.gz"
    path.write_bytes(gzip.compress(SMALL_LOG.encode()))
    return path


class Imported(NamedTuple):
    """A log under a published service of a window."""

    served: Served
    service: str
    path: Path


@pytest.fixture(scope="module")
def imported(served: Served, log: Path) -> Imported:
    """Import the log, with its dates on the wall in Amsterdam."""
    service = "permit" if log == PERMIT_LOG else "small-permit"
    arguments = ("--agency", "municipality", "--service", service, "--time-zone", "Europe/Amsterdam", "--json")
    summary_of(pencere("import", "xes", str(log), *arguments, data=served.data))
    return Imported(served, service, log)


def figures_of(imported: Imported, month: str) -> dict[str, str | None]:
    """Return the figures of the service, or why there is none."""
    page = imported.served.get(f"/v1/evaluation/figures?per=service&month={month}&limit=500").json()["items"]
    [item] = [item for item in page if item["name"] == imported.service]
    return {each["indicator"]: each["value"] or each["why"] for each in item["figures"]}


def test_the_figures_of_each_month_are_those_of_an_independent_script(imported: Imported) -> None:
    script = scripted(imported.path)
    shown = 0

    for month, expected in script.months.items():
        figures = figures_of(imported, month)
        took = expected["took"]

        assert figures["submitted"] == str(expected["submitted"])
        assert figures["closed"] == figures["finished"] == str(len(took)) == str(expected["closed"])
        if 0 < len(took) < FEW:
            assert figures["late"] == figures["median_working_days"] == "too few cases"
        elif took:
            shown += 1
            assert figures["late"] == str(expected["late"])
            assert float(str(figures["median_working_days"])) == median(took)
            nine_in_ten = int(str(figures["p90_working_days"]))
            assert sum(days <= nine_in_ten for days in took) >= 0.9 * len(took) > sum(d < nine_in_ten for d in took)
        if expected["submitted"] >= FEW:
            share = expected["electronic"] / expected["submitted"]
            assert abs(float(str(figures["share_electronic"])) - share) <= 0.00005
        assert figures["stages_online"] == "nothing to measure", "no version held then"
        assert {figures[name] for name in WAITS} == {"0"}, "the log tells of no questions and of no evidence"
    assert shown > 0


def test_the_law_counts_dates_and_not_instants(imported: Imported) -> None:
    script = scripted(imported.path)
    evaluation = imported.served.get(f"/v1/evaluation/services/{imported.service}").json()

    assert evaluation["late"] == script.late_by_date
    assert script.late_by_instant > script.late_by_date
    if imported.path == PERMIT_LOG:
        assert (script.late_by_instant, script.late_by_date) == (377, 309)
        assert sum(month["submitted"] for month in script.months.values()) == 1434


def test_all_figures_are_recounted_from_the_events(imported: Imported) -> None:
    ended = pencere("audit", "evaluation", "--json", data=imported.served.data)
    told = summary_of(ended)

    assert told["equal"] is True
    assert told["figures"] > 100
    assert f"{told['figures']} figures compared at position {told['position']}" in ended.stderr
    earlier = summary_of(pencere("audit", "evaluation", "--as-of", "20", "--json", data=imported.served.data))
    assert (earlier["equal"], earlier["position"]) == (True, 20)


def test_a_figure_changed_by_hand_is_named_and_the_status_is_1(imported: Imported) -> None:
    month = next(iter(scripted(imported.path).months))
    where = f"service = '{imported.service}' AND month = '{month}' AND measure = 'submitted'"
    change = "UPDATE figures.tallies SET amount = amount {} 1 WHERE " + where
    by_hand(imported.served.data, change.format("+"))
    ended = pencere("audit", "evaluation", "--json", data=imported.served.data)
    by_hand(imported.served.data, change.format("-"))

    assert ended.returncode == 1
    assert json.loads(ended.stdout)["equal"] is False
    assert f"submitted of the service {imported.service} in {month} is " in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--as-of", "soon"),
        ("child-benefit",),
        ("child-benefit", "--as-of", "1", "--database", "host=/nowhere"),
        ("--database", "host=/nowhere dbname=none"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_found_out_is_one_sentence_and_status_2(served: Served, arguments: tuple[str, ...]) -> None:
    ended = pencere("audit", "evaluation", *arguments, data=served.data)

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_reader_of_another_database_recounts_it(imported: Imported) -> None:
    with EmbeddedPostgres(imported.served.data) as embedded:
        url = embedded.ledger_url("pencere_reader")
        ended = pencere("audit", "evaluation", "--database", url, "--json", data=imported.served.data)

    assert summary_of(ended)["equal"] is True
