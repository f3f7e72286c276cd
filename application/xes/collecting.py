"""Makes traces of the parser's tags. It keeps only what a trace needs, whatever else the log holds."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from application.xes.assumptions import Assumption, of_the_order
from application.xes.instants import DoubtfulTimeError, check_due, check_occurred, read_instant
from application.xes.traces import BadTrace, Trace, XesEvent
from domain.text import LONGEST_LINE, text_refusal

_LOG, _TRACE, _EVENT, _IN_EVENT = 1, 2, 3, 4
_DEEPEST = 256
_TRACE_KEYS = frozenset(("concept:name", "startdate", "enddate", "deadline", "channel"))
_EVENT_KEYS = frozenset(("concept:name", "time:timestamp", "org:resource", "lifecycle:transition"))
_PLACEHOLDERS = frozenset(("", "UNKNOWN", "EMPTY"))


class NotALogError(Exception):
    """The document is XML, but no XES log that is safe to read."""


class Collector:
    """Takes the tags of one log and collects the complete traces.

    `start` and `end` run once per tag, so they check the depth before anything else. An attribute counts only directly
    inside its trace or event. Only its `key` and `value` are read, so lists, containers, nested attributes and any type
    of value are accepted. If a key is repeated, the last value counts, as in OpenXES.
    """

    def __init__(self, zone: tzinfo, now: datetime | None, line_now: Callable[[], int]) -> None:
        self._done: list[Trace | BadTrace] = []
        self.is_log = False
        self._zone, self._now = zone, now
        self._line_now = line_now
        self._depth = 0
        self._ordinal = 0
        self._trace_tag = self._event_tag = ""
        self._trace: dict[str, str | None] | None = None
        self._trace_line = self._event_line = 0
        self._event: dict[str, str | None] | None = None
        self._events: list[XesEvent] = []
        self._wrong: list[tuple[int, str]] = []
        self._assumed: list[Assumption] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take a start tag."""
        depth = self._depth = self._depth + 1
        if depth == _IN_EVENT:
            if self._event is not None and (key := attributes.get("key")) in _EVENT_KEYS:
                self._event[key] = attributes.get("value")
        elif depth == _EVENT:
            if self._trace is None:
                return
            if tag == self._event_tag:
                self._event = {}
                self._event_line = self._line_now()
            elif (key := attributes.get("key")) in _TRACE_KEYS:
                self._trace[key] = attributes.get("value")
        elif depth == _TRACE:
            self._start_in_log(tag)
        elif depth == _LOG:
            self._start_log(tag)
        elif depth > _DEEPEST:
            raise NotALogError(f"attributes are nested deeper than {_DEEPEST}")

    def end(self, _tag: str) -> None:
        """Take an end tag."""
        depth = self._depth
        self._depth = depth - 1
        if depth == _EVENT:
            if self._event is not None:
                self._end_event(self._event)
                self._event = None
        elif depth == _TRACE and self._trace is not None:
            self._end_trace(self._trace)
            self._trace = None

    def take(self) -> list[Trace | BadTrace]:
        """Return what has become complete since the last call."""
        done, self._done = self._done, []
        return done

    def cut_short(self, line: int, reason: str) -> BadTrace:
        """Return what is lost where reading ends: the open trace, else the trace that would come next."""
        ordinal = self._ordinal + (self._trace is None)
        return BadTrace(ordinal, self._name(self._trace or {}, ordinal), line, (f"line {line}: {reason}",))

    def _start_log(self, tag: str) -> None:
        space, _, local = tag.rpartition(" ")
        if local != "log":
            raise NotALogError(f"the root is <{local}>, not the <log> of an XES file")
        self.is_log = True
        # A trace counts only in the log's own namespace, whichever that is.
        self._trace_tag, self._event_tag = (f"{space} trace", f"{space} event") if space else ("trace", "event")

    def _start_in_log(self, tag: str) -> None:
        if tag == self._trace_tag:
            self._ordinal += 1
            self._trace = {}
            self._trace_line = self._line_now()
            self._events = []
            self._wrong = []
            self._assumed = []
        elif tag == self._event_tag:
            line = self._line_now()
            self._done.append(BadTrace(0, "", line, (f"line {line}: the event is in no trace, so of no case",)))

    def _end_event(self, event: dict[str, str | None]) -> None:
        line = self._event_line
        name = event.get("concept:name")
        if not name or name.isspace():
            name = None
            self._wrong.append((line, "the event has no name (concept:name)"))
        self._check_text(name, "concept:name", line)
        if _known(event, "time:timestamp") is None:
            self._wrong.append((line, "the event has no time (time:timestamp)"))
        at = self._instant(event, "time:timestamp", line)
        if name is not None and at is not None:
            resource, transition = _known(event, "org:resource"), _known(event, "lifecycle:transition")
            if resource is None:
                self._assumed.append(Assumption.NO_RESOURCE)
            self._events.append(XesEvent(name, at, resource, transition, line))

    def _end_trace(self, trace: dict[str, str | None]) -> None:
        line = self._trace_line
        start, end, deadline = (self._instant(trace, key, line) for key in ("startdate", "enddate", "deadline"))
        if not (start or self._events or self._wrong):
            self._wrong.append((line, "the trace has neither a start (startdate) nor an event"))
        name, channel = self._name(trace, self._ordinal), _known(trace, "channel")
        self._check_text(channel, "channel", line)
        if self._wrong:
            reasons = tuple(f"line {place}: {reason}" for place, reason in self._wrong)
            self._done.append(BadTrace(self._ordinal, name, self._wrong[0][0], reasons))
        else:
            events = tuple(self._events)
            if channel is None:
                self._assumed.append(Assumption.NO_CHANNEL)
            if _known(trace, "concept:name") is None:
                self._assumed.append(Assumption.NO_NAME)
            self._assumed += of_the_order(start, end, deadline, [event.at for event in events])
            assumed = tuple(self._assumed)
            self._done.append(Trace(self._ordinal, name, line, start, end, deadline, channel, events, assumed))

    def _check_text(self, text: str | None, key: str, line: int) -> None:
        """Check that people can read a text that the service and its cases will show; do not repeat the text."""
        if text is None:
            return
        if len(text) > LONGEST_LINE:
            self._wrong.append((line, f"{key} is longer than {LONGEST_LINE} characters"))
        elif (refusal := text_refusal(text)) is not None:
            self._wrong.append((line, f"{key} breaks the rule {refusal.rule}"))

    def _instant(self, attributes: dict[str, str | None], key: str, line: int) -> datetime | None:
        if (text := _known(attributes, key)) is None:
            return None
        try:
            read = read_instant(text, self._zone)
            if self._now is not None:
                (check_due if key == "deadline" else check_occurred)(read.at, self._now)
        except DoubtfulTimeError as error:
            # The text itself is not repeated: text in the wrong place may be about a person.
            self._wrong.append((line, f"{key} {error}"))
            return None
        self._assumed += read.assumed
        return read.at

    @staticmethod
    def _name(trace: dict[str, str | None], ordinal: int) -> str:
        return _known(trace, "concept:name") or f"trace-{ordinal}"


def _known(attributes: dict[str, str | None], key: str) -> str | None:
    """Return the value unchanged, or None if it is absent, blank, or a word that stands for none."""
    value = attributes.get(key)
    return None if value is None or value.strip() in _PLACEHOLDERS else value
