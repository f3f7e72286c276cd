"""The exported event log follows the rules of IEEE 1849, and names nobody."""

import gzip
import io
import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from lxml import etree
from typer.testing import CliRunner

from application.xes import Trace, read_traces
from application.xes.writing import LogHead, WrittenTrace, write_log
from cli.auditing import app
from tests.verifying.held import Held

XES = "{http://www.xes-standard.org/}"
VALUES = ("string", "date", "int")
ORDER = {
    "log": ["extension", "global", "classifier", "value", "trace"],
    "trace": ["value", "event"],
    "event": ["value"],
    "global": ["value"],
}


def kind_of(element: etree._Element) -> str:
    return str(element.tag).removeprefix(XES)


def said_of(element: etree._Element) -> dict[str, str]:
    """Return the attributes directly inside an element."""
    return {str(each.get("key")): str(each.get("value")) for each in element if kind_of(each) in VALUES}


def every(log: etree._Element, kind: str) -> list[etree._Element]:
    return [each for each in log.iter(etree.Element) if kind_of(each) == kind]


def check_structure(element: etree._Element) -> None:
    """Check an element by the schema of IEEE 1849: which elements it has, in which order, with which keys."""
    kind = kind_of(element)
    inside = ["value" if kind_of(each) in VALUES else kind_of(each) for each in element]
    keys = [each.get("key") for each in element if kind_of(each) in VALUES]

    assert inside == sorted(inside, key=ORDER.get(kind, []).index), kind
    assert len(set(keys)) == len(keys), "a key stands once in an element"
    if kind in VALUES:
        value = str(element.get("value"))
        assert set(element.attrib) == {"key", "value"}
        assert kind != "int" or value == str(int(value))
        assert kind != "date" or datetime.fromisoformat(value).utcoffset() is not None
    for each in element:
        check_structure(each)


@pytest.fixture(scope="module")
def exported(held: Held, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of all cases."""
    file = tmp_path_factory.mktemp("export") / "cases.xes"
    ended = CliRunner().invoke(app, ["export", str(file), "--database", held.place.reader])
    assert ended.exit_code == 0, ended.stderr
    return file


@pytest.fixture(scope="module")
def log(exported: Path) -> etree._Element:
    """The same log, parsed by another library."""
    return etree.parse(exported).getroot()


def test_the_log_is_built_as_ieee_1849_says(log: etree._Element) -> None:
    check_structure(log)
    prefixes = {each.get("prefix") for each in every(log, "extension")}
    keys = [key for kind in ("log", "trace", "event") for each in every(log, kind) for key in said_of(each)]

    assert (log.tag, log.get("xes.version")) == (f"{XES}log", "1849-2016")
    assert {key.partition(":")[0] for key in keys if ":" in key} <= prefixes
    for declared in every(log, "global"):
        expected = set(said_of(declared))
        assert expected
        assert all(expected <= set(said_of(each)) for each in every(log, str(declared.get("scope"))))


def test_every_event_of_every_case_is_in_it_once_and_in_order(held: Held, log: etree._Element) -> None:
    with psycopg.connect(held.admin) as admin:
        rows = admin.execute(
            "SELECT stream, position FROM ledger.events WHERE stream IN"
            " (SELECT stream FROM ledger.events WHERE topic = 'case.submitted') ORDER BY stream, version"
        ).fetchall()
    told = [
        (UUID(said_of(trace)["concept:name"]), int(said_of(event)["position"]))
        for trace in every(log, "trace")
        for event in every(trace, "event")
    ]

    assert told == rows
    assert len(told) > 200


def test_nobody_is_the_same_in_two_cases_and_nothing_is_told_that_was_said(
    held: Held, exported: Path, log: etree._Element
) -> None:
    text = exported.read_text()
    seen: Counter[str] = Counter()
    for trace in every(log, "trace"):
        events = [said_of(event) for event in every(trace, "event")]
        names = {said_of(trace)["concept:name"], *(event["org:resource"] for event in events)}
        seen.update({name for name in names if len(name) == 36})
    with psycopg.connect(held.admin) as admin:
        opens = admin.execute("SELECT open FROM ledger.events WHERE topic = 'case.submitted'").fetchall()

    assert set(seen.values()) == {1}, "a pseudonym is of one case"
    assert not any(json.loads(raw)["data"]["reference"] in text for (raw,) in opens), "nor the public number"
    said = re.compile(r"whispered|1990-02-28|12\.50|\bshed\b")  # a grant that is published has the letters of the last
    assert not said.search(text), "nor open answers"


def test_our_own_import_reads_the_cases_of_a_service_back(held: Held, log: etree._Element, tmp_path: Path) -> None:
    services = Counter(said_of(trace)["service"] for trace in every(log, "trace"))
    service, cases = services.most_common()[-1]
    packed = tmp_path / "one.xes.gz"
    where = ["--database", held.place.reader, "--json"]
    ended = CliRunner().invoke(app, ["export", str(packed), "--service", service, *where])
    told = json.loads(ended.stdout)
    traces = list(read_traces(packed, zone=ZoneInfo("UTC")))

    assert gzip.decompress(packed.read_bytes()).startswith(b"<?xml")
    assert len(services) > 1
    assert (told["cases"], told["position"], len(traces)) == (cases, held.last, cases)
    assert all(isinstance(trace, Trace) and trace.events and trace.start for trace in traces)


def test_what_xml_cannot_hold_is_replaced_and_everything_else_comes_back() -> None:
    out, at = io.BytesIO(), datetime(2026, 1, 2, tzinfo=UTC)
    odd = "<\"&'> ə \x00\x1b\ud800\uffff 😀\n"
    trace = WrittenTrace({"x": odd, "many": 7, "none": None}, ({"at": at},))

    assert write_log(out, LogHead({}, {}, {}), [trace]) == (1, 1)
    (written,) = every(etree.fromstring(out.getvalue()), "trace")
    assert said_of(written) == {"x": "<\"&'> ə ���� 😀\n", "many": "7"}
    assert said_of(*every(written, "event")) == {"at": "2026-01-02T00:00:00.000+00:00"}
