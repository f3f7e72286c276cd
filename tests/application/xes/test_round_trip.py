"""A log that is written by the standard is read back equal."""

import gzip
import io
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from application.xes import Trace, XesEvent, read_traces
from domain.text import text_refusal

# What XML 1.0 can hold and people can read, without the words that mean "missing".
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=200
).filter(lambda text: text.strip() not in {"", "UNKNOWN", "EMPTY"} and text_refusal(text) is None)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=offsets)  # noqa: DTZ001 - hypothesis adds the zone
maybe_texts, maybe_times = st.none() | texts, st.none() | times
events = st.lists(st.builds(XesEvent, texts, times, maybe_texts, maybe_texts, st.just(0)), max_size=4).map(tuple)
traces = st.builds(
    *(Trace, st.just(0), texts, st.just(0), maybe_times, maybe_times, maybe_times, maybe_texts, events, st.just(()))
).filter(lambda trace: trace.start is not None or trace.events)


def attribute(owner: etree._Element, key: str, value: str | datetime | None) -> None:
    if value is not None:
        text = value.isoformat() if isinstance(value, datetime) else value
        etree.SubElement(owner, "string", key=key, value=text)


def written(log: list[Trace], encoding: str, *, pretty: bool) -> bytes:
    root = etree.Element("log")
    for trace in log:
        element = etree.SubElement(root, "trace")
        for event in trace.events:
            inner = etree.SubElement(element, "event")
            attribute(inner, "concept:name", event.name)
            attribute(inner, "time:timestamp", event.at)
            attribute(inner, "org:resource", event.resource)
            attribute(inner, "lifecycle:transition", event.transition)
        attribute(element, "concept:name", trace.name)
        attribute(element, "startdate", trace.start)
        attribute(element, "enddate", trace.end)
        attribute(element, "deadline", trace.deadline)
        attribute(element, "channel", trace.channel)
    tree = etree.ElementTree(root)
    document = io.BytesIO()
    tree.write(document, encoding=encoding, xml_declaration=True, pretty_print=pretty)
    return document.getvalue()


def unplaced(trace: Trace) -> Trace:
    """Remove lines and assumptions, which a written log does not contain."""
    return trace._replace(ordinal=0, line=0, assumed=(), events=tuple(event._replace(line=0) for event in trace.events))


@settings(max_examples=60, deadline=None)
@given(
    log=st.lists(traces, max_size=4),
    encoding=st.sampled_from(["utf-8", "utf-16", "ascii"]),
    packed=st.booleans(),
    pretty=st.booleans(),
)
def test_a_written_log_is_read_back_equal(log: list[Trace], encoding: str, *, packed: bool, pretty: bool) -> None:
    document = written(log, encoding, pretty=pretty)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log"
        path.write_bytes(gzip.compress(document) if packed else document)
        read = [trace for trace in read_traces(path, zone=UTC) if isinstance(trace, Trace)]

    assert [unplaced(trace) for trace in read] == log
    assert [trace.ordinal for trace in read] == list(range(1, len(log) + 1))
