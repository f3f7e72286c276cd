"""Writes an XES event log (IEEE 1849), with only one trace in memory at a time."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple, Protocol, TypeAlias
from xml.sax.saxutils import quoteattr

Value: TypeAlias = str | int | datetime | None
Attributes: TypeAlias = Mapping[str, Value]
"""The attributes of a log, a trace or an event; an attribute of None is left out."""

_EXTENSIONS: Final = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
)
_BEGIN: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_LOG: Final = '<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">\n'
_ACTIVITY: Final = '<classifier name="Activity" keys="concept:name"/>\n'
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Out(Protocol):
    """Something that takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Write bytes."""


class WrittenTrace(NamedTuple):
    """A trace with its events in order."""

    attributes: Attributes
    events: tuple[Attributes, ...]


class LogHead(NamedTuple):
    """A log's attributes, and those that each trace and each event has, with a default value."""

    attributes: Attributes
    each_trace: Attributes
    each_event: Attributes


def write_log(out: Out, head: LogHead, traces: Iterable[WrittenTrace]) -> tuple[int, int]:
    """Write a log, trace after trace; return how many traces and events it has."""
    named = (f'<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n' for name, prefix, uri in _EXTENSIONS)
    globals_ = (
        f'<global scope="{scope}">\n{_written(declared)}</global>\n'
        for scope, declared in (("trace", head.each_trace), ("event", head.each_event))
    )
    out.write("".join((_BEGIN, _LOG, *named, *globals_, _ACTIVITY, _written(head.attributes))).encode())
    count = events = 0
    for trace in traces:
        inside = "".join(f"<event>\n{_written(event)}</event>\n" for event in trace.events)
        out.write(f"<trace>\n{_written(trace.attributes)}{inside}</trace>\n".encode())
        count, events = count + 1, events + len(trace.events)
    out.write(b"</log>\n")
    return count, events


def _written(attributes: Attributes) -> str:
    return "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)


def _attribute(key: str, value: str | int | datetime) -> str:
    match value:
        case int():
            kind, text = "int", str(value)
        case datetime():
            kind, text = "date", value.isoformat(timespec="milliseconds")
        case _:
            # XML cannot hold a few characters, however they are escaped.
            kind, text = "string", _NOT_XML.sub("\ufffd", value)
    return f"<{kind} key={quoteattr(key)} value={quoteattr(text)}/>\n"
