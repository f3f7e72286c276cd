"""Which parts of a log are used, and which are ignored."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path

from application.xes import Trace, XesEvent, read_traces

Reads = Callable[[str | bytes], list[Trace]]

WHOLE = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <global scope="event"><date key="time:timestamp" value="1970-01-01T00:00:00Z"/></global>
  <classifier name="Activity" keys="concept:name"/>
  <float key="meta:average" value="4.1"><float key="concept:name" value="1.0"/></float>
  <trace>
    <date key="startdate" value="2011-10-11T13:42:22.688+02:00"/>
    <date key="enddate" value="2011-12-07T09:00:00+01:00"/>
    <date key="deadline" value="2011-12-06T13:41:31.788+01:00"/>
    <string key="channel" value="Internet"/>
    <string key="department" value="General"/>
    <event>
      <string key="org:resource" value="Resource21"/>
      <string key="lifecycle:transition" value="start"/>
      <string key="concept:name" value="Confirmation of receipt"/>
      <date key="time:timestamp" value="2011-10-11T11:45:40.276Z"/>
    </event>
    <string key="concept:name" value="case-1"/>
  </trace>
</log>
"""


def test_a_trace_is_read_with_its_times_channel_events_and_places(traces_of: Reads) -> None:
    event = XesEvent(
        name="Confirmation of receipt",
        at=datetime(2011, 10, 11, 11, 45, 40, 276_000, UTC),
        resource="Resource21",
        transition="start",
        line=13,
    )
    trace = Trace(
        ordinal=1,
        name="case-1",
        line=7,
        start=datetime(2011, 10, 11, 11, 42, 22, 688_000, UTC),
        end=datetime(2011, 12, 7, 8, tzinfo=UTC),
        deadline=datetime(2011, 12, 6, 12, 41, 31, 788_000, UTC),
        channel="Internet",
        events=(event,),
    )

    assert traces_of(WHOLE) == [trace]


def test_gzip_is_told_by_its_first_bytes_and_not_by_the_name(traces_of: Reads) -> None:
    assert traces_of(gzip.compress(WHOLE.encode())) == traces_of(WHOLE)


def test_gzip_members_in_a_row_are_one_log(traces_of: Reads) -> None:
    document = WHOLE.encode()

    assert traces_of(gzip.compress(document[:500]) + gzip.compress(document[500:])) == traces_of(WHOLE)


def test_a_log_needs_no_namespace_and_may_have_any(traces_of: Reads) -> None:
    bare = WHOLE.replace(' xmlns="http://www.xes-standard.org/"', "")
    prefixed = (
        '<x:log xmlns:x="urn:x"><x:trace><x:date key="startdate" value="2020-01-01T00:00:00Z"/></x:trace></x:log>'
    )

    assert traces_of(bare) == traces_of(WHOLE)
    assert [trace.name for trace in traces_of(prefixed)] == ["trace-1"]


def test_elements_of_another_namespace_are_no_traces(traces_of: Reads) -> None:
    assert traces_of('<log xmlns:y="urn:y"><y:trace><y:event/></y:trace></log>') == []


def test_an_empty_log_has_no_traces(traces_of: Reads) -> None:
    assert traces_of("<log/>") == []


def test_nested_list_and_missing_attributes_are_let_pass(traces_of: Reads) -> None:
    document = """<log>
      <list key="meta"><values><string key="concept:name" value="no"/></values></list>
      <trace>
        <string key="concept:name" value="a"><date key="startdate" value="garbage"/></string>
        <list key="channel"><values><string key="channel" value="no"/></values></list>
        <container key="c"><event><string key="concept:name" value="no"/></event></container>
        <string/><string key="x"/><string value="y"/>
        <event>
          <list key="org:resource"><values><string key="org:resource" value="no"/></values></list>
          <string key="concept:name" value="s"><string key="concept:name" value="no"/></string>
          <id key="identity:id" value="not checked"/><boolean key="b" value="perhaps"/><float key="f"/>
          <string key="time:timestamp" value="2020-01-01T00:00:00Z"/>
        </event>
      </trace>
    </log>"""
    (trace,) = traces_of(document)
    (event,) = trace.events

    assert (trace.name, trace.start, trace.channel) == ("a", None, None)
    assert (event.name, event.resource, event.transition) == ("s", None, None)


def test_unknown_empty_and_blank_values_are_missing(traces_of: Reads) -> None:
    document = """<log><trace>
        <string key="concept:name" value=" "/><string key="channel" value="UNKNOWN"/>
        <date key="startdate" value="UNKNOWN"/><date key="enddate" value="EMPTY"/><date key="deadline" value=""/>
        <event><string key="concept:name" value="UNKNOWN"/><string key="org:resource" value="EMPTY"/>
          <date key="time:timestamp" value="2020-01-01T00:00:00Z"/></event>
    </trace></log>"""
    (trace,) = traces_of(document)

    assert trace[1:2] + trace[3:7] == ("trace-1", None, None, None, None)
    assert [(event.name, event.resource) for event in trace.events] == [("UNKNOWN", None)]


def test_events_keep_the_files_order_though_times_fall_and_zones_differ(traces_of: Reads) -> None:
    times = ("2020-01-01T12:00:00+04:00", "2020-01-01T12:00:00", "2020-01-01T00:00:00-08:00", "2019-12-31T23:00:00Z")
    events = "".join(
        f'<event><string key="concept:name" value="{number}"/><date key="time:timestamp" value="{time}"/></event>'
        for number, time in enumerate(times)
    )
    (trace,) = traces_of(f"<log><trace>{events}</trace></log>")

    assert [event.name for event in trace.events] == ["0", "1", "2", "3"]
    assert [event.at.hour for event in trace.events] == [8, 11, 8, 23]
    assert {event.at.tzinfo for event in trace.events} == {UTC}


def test_a_time_without_an_offset_is_local_to_the_given_zone(log_file: Callable[[str], Path]) -> None:
    path = log_file('<log><trace><date key="startdate" value="2020-07-01T12:00:00"/></trace></log>')
    baku: tzinfo = timezone(timedelta(hours=4))
    (trace,) = read_traces(path, zone=baku)

    assert isinstance(trace, Trace)
    assert trace.start == datetime(2020, 7, 1, 8, tzinfo=UTC)


def test_traces_of_one_name_are_told_apart_by_their_ordinal(traces_of: Reads) -> None:
    trace = '<trace><string key="concept:name" value="a"/><date key="startdate" value="2020-01-01T00:00:00Z"/></trace>'

    assert [(t.ordinal, t.name) for t in traces_of(f"<log>{trace * 2}</log>")] == [(1, "a"), (2, "a")]


def test_progress_rises_to_the_size_of_the_file_on_disk(log_file: Callable[[bytes], Path], zone: tzinfo) -> None:
    path = log_file(gzip.compress(WHOLE.replace("</log>", " " * 1_000_000 + "</log>").encode()))
    seen: list[int] = []
    traces = list(read_traces(path, zone=zone, progress=seen.append))

    assert len(traces) == 1
    assert seen == sorted(seen)
    assert seen[-1] == path.stat().st_size


def test_lines_are_right_beyond_sixty_five_thousand(traces_of: Reads) -> None:
    (trace,) = traces_of(WHOLE.replace("  <trace>", "\n" * 100_000 + "  <trace>"))

    assert trace.line == 100_007
    assert trace.events[0].line == 100_013
