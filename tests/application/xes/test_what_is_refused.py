"""A bad log is refused with a clear message and the place, or read without the bad parts, which are listed."""

import gzip
import socket
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

import pytest

from application.xes import BadTrace, Trace, XesError, read_traces

Puts = Callable[[str | bytes], Path]
Reads = Callable[[str | bytes], list[Trace | BadTrace]]

GOOD = '<trace><string key="concept:name" value="good"/><date key="startdate" value="2020-01-01T00:00:00Z"/></trace>\n'
STEP = '<event><string key="concept:name" value="s"/><date key="time:timestamp" value="2020-01-01T00:00:00Z"/></event>'


def refusal(path: Path, zone: tzinfo, *, skip_bad: bool = False) -> XesError:
    with pytest.raises(XesError) as caught:
        list(read_traces(path, zone=zone, skip_bad=skip_bad))
    return caught.value


@pytest.mark.parametrize(
    ("inside", "line", "reason"),
    [
        (f'{STEP}\n<event><string key="concept:name" value="s"/></event>', 3, "the event has no time (time:timestamp)"),
        ('<event><date key="time:timestamp" value="2020-01-01T00:00:00Z"/></event>', 2, "the event has no name"),
        (STEP.replace('"s"', '" "'), 2, "the event has no name (concept:name)"),
        (STEP.replace("2020-01", "2020-13"), 2, "time:timestamp is not a date and time"),
        (STEP.replace("T00:00:00Z", ""), 2, "time:timestamp is not a date and time"),
        (STEP.replace("2020-01-01T00:00:00Z", "UNKNOWN"), 2, "the event has no time (time:timestamp)"),
        (f'{STEP}<date key="deadline" value="soon"/>', 2, "deadline is not a date and time"),
        (STEP.replace('"s"', '"&#x200b;"'), 2, "concept:name breaks the rule text-has-something-to-see"),
        (STEP.replace('"s"', '"a&#x202e;b"'), 2, "concept:name breaks the rule text-closes-its-bidirectional-marks"),
        (STEP.replace('"s"', '"a&#x9b;b"'), 2, "concept:name breaks the rule text-has-no-control-characters"),
        (STEP.replace('"s"', '"a&#x1ffff;b"'), 2, "concept:name breaks the rule text-has-no-noncharacters"),
        (STEP.replace('"s"', f'"{"a" * 201}"'), 2, "concept:name is longer than 200 characters"),
        (f'{STEP}<string key="channel" value="a&#xfdd0;"/>', 2, "channel breaks the rule text-has-no-noncharacters"),
        ('<string key="channel" value="Desk"/>', 2, "the trace has neither a start (startdate) nor an event"),
    ],
)
def test_a_bad_trace_is_named_with_line_and_reason(
    log_file: Puts, zone: tzinfo, inside: str, line: int, reason: str
) -> None:
    path = log_file(f'<log>{GOOD}<trace>{inside}<string key="concept:name" value="b"/></trace>{GOOD}</log>')
    refused = refusal(path, zone)
    parts = list(read_traces(path, zone=zone, skip_bad=True))
    bad = parts[1]

    assert (refused.line, refused.column) == (line, None)
    assert refused.message.startswith(f"trace 'b': line {line}: {reason}")
    assert [part.name for part in parts] == ["good", "b", "good"]
    assert isinstance(bad, BadTrace)
    assert (bad.ordinal, bad.line) == (2, line)
    assert bad.reasons[0].startswith(f"line {line}: {reason}")


def test_every_reason_of_a_bad_trace_is_given_once(parts_of: Reads) -> None:
    unreadable = STEP.replace("2020-01-01T", "x")
    (bad,) = parts_of(
        f'<log><trace>\n{unreadable}\n<event/>\n{STEP}\n<event><x key="concept:name" value="s"/></event></trace></log>'
    )

    assert isinstance(bad, BadTrace)
    assert bad.name == "trace-1"
    assert bad.reasons == (
        "line 2: time:timestamp is not a date and time (not-a-time)",
        "line 3: the event has no name (concept:name)",
        "line 3: the event has no time (time:timestamp)",
        "line 5: the event has no time (time:timestamp)",
    )


def test_what_stands_in_the_place_of_a_time_is_not_repeated(log_file: Puts, zone: tzinfo) -> None:
    path = log_file(f"<log><trace>{STEP.replace('2020-01-01T00:00:00Z', 'Aysel Example')}</trace></log>")

    assert "Aysel" not in str(refusal(path, zone))


def test_an_event_in_no_trace_is_reported(parts_of: Reads) -> None:
    parts = parts_of(f"<log>{GOOD}{STEP}</log>")

    assert parts[1:] == [BadTrace(0, "", 2, ("line 2: the event is in no trace, so of no case",))]


def test_globals_are_not_put_in_for_a_missing_time(log_file: Puts, zone: tzinfo) -> None:
    default = '<global scope="event"><date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>'
    path = log_file(f'<log>{default}<trace><event><string key="concept:name" value="s"/></event></trace></log>')

    assert "has no time" in str(refusal(path, zone))


@pytest.mark.parametrize(
    ("document", "line", "column", "message"),
    [
        (f"<log>\n{GOOD}<trace></log>", 3, 10, "mismatched tag"),
        (f"<log>\n{GOOD}<trace>\n  <event", 4, 3, "unclosed token"),
        (f"<log>\n{GOOD}", 3, 1, "the document ends early"),
        (f"<log>\n{GOOD}<x a='1' a='2'/></log>", 3, 10, "duplicate attribute"),
        (f"<log>\n{GOOD}&bomb;</log>", 3, 1, "undefined entity"),
        (f"<log>\n{GOOD}<y:trace/></log>", 3, 1, "unbound prefix"),
        (f"<log>\n{GOOD}\x01</log>", 3, 1, "not well-formed (invalid token)"),
        (f"<log>\n{GOOD}</log>\n<log/>", 4, 1, "junk after document element"),
        (f"<log>\n{GOOD}{'<a>' * 300}", 3, 769, "attributes are nested deeper than 256"),
    ],
)
def test_malformed_xml_is_refused_with_its_place(
    log_file: Puts, zone: tzinfo, document: str, line: int, column: int, message: str
) -> None:
    path = log_file(document)
    refused = refusal(path, zone)
    good, bad = read_traces(path, zone=zone, skip_bad=True)

    assert (refused.line, refused.column, refused.message) == (line, column, message)
    assert str(refused) == f"line {line}, column {column}: {message}"
    assert good.name == "good"
    assert bad == BadTrace(2, "trace-2", line, (f"line {line}: the file breaks off here: {message}",))


def test_the_trace_in_which_a_file_breaks_off_is_named(parts_of: Reads) -> None:
    (bad,) = parts_of(f'<log><trace><string key="concept:name" value="half"/>{STEP}<oops></trace></log>')

    assert (bad.ordinal, bad.name) == (1, "half")


@pytest.mark.parametrize("skip_bad", [False, True])
@pytest.mark.parametrize(
    ("document", "message"),
    [
        (b"", "the document ends early"),
        (b"PK\x03\x04 some other archive", "not well-formed (invalid token)"),
        (b"date;case;step\n2020;1;a", "not well-formed (invalid token)"),
        (b"\x1f\x8b and then no gzip", "the gzip file is damaged"),
        (gzip.compress(b"<log/>", mtime=0)[:5], "the gzip file ends early"),
        (b"<html><log/></html>", "the root is <html>, not the <log> of an XES file"),
        (b'<?xml version="1.0" encoding="no-such"?><log/>', "the encoding no-such cannot be read"),
        (b'<?xml version="1.0" encoding="hex"?><log/>', "the encoding hex cannot be read"),
        (b'<?xml version="1.0" encoding="idna"?><log/>', "the encoding idna cannot be read"),
        (b'<!DOCTYPE log [<!ENTITY a "b">]><log/>', "a document type (DOCTYPE) is not read: XES has none"),
    ],
)
def test_what_is_no_log_is_refused_though_bad_parts_may_be_skipped(
    log_file: Puts, zone: tzinfo, document: bytes, message: str, *, skip_bad: bool
) -> None:
    refused = refusal(log_file(document), zone, skip_bad=skip_bad)

    assert refused.line == 1
    assert refused.message == message


def test_a_gzip_file_that_ends_early_gives_what_came_before(log_file: Puts, zone: tzinfo) -> None:
    packed = gzip.compress(f"<log>\n{GOOD * 20_000}</log>".encode(), compresslevel=1)
    path = log_file(packed[: len(packed) // 2])
    *traces, bad = read_traces(path, zone=zone, skip_bad=True)

    assert len(traces) > 5_000
    assert isinstance(bad, BadTrace)
    assert bad.line == len(traces) + 2
    assert bad.reasons == (f"line {bad.line}: the file breaks off here: the gzip file ends early",)
    assert refusal(path, zone).message == "the gzip file ends early"


def test_a_bomb_of_entities_is_refused_before_it_grows(log_file: Puts, zone: tzinfo) -> None:
    layers = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    path = log_file(f'<!DOCTYPE log [<!ENTITY e0 "ha">{layers}]>\n<log><string key="x" value="&e12;"/></log>')

    assert "DOCTYPE" in str(refusal(path, zone))


def test_an_external_document_type_is_refused_and_never_fetched(log_file: Puts, zone: tzinfo) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/log.dtd"
        refused = refusal(log_file(f'<!DOCTYPE log SYSTEM "{address}"><log/>'), zone)

        with pytest.raises(BlockingIOError):
            server.accept()

    assert "DOCTYPE" in str(refused)


def test_a_tag_without_end_is_refused_before_it_fills_the_memory(log_file: Puts, zone: tzinfo) -> None:
    path = log_file(b'<log>\n<string key="x" value="' + b"x" * (10 << 20) + b'"/></log>')

    assert refusal(path, zone).message == "a tag or comment is longer than 8388608 bytes"


def test_a_missing_file_is_the_systems_error(tmp_path: Path, zone: tzinfo) -> None:
    with pytest.raises(FileNotFoundError):
        list(read_traces(tmp_path / "none.xes", zone=zone))
