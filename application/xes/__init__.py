"""XES event logs (IEEE 1849), read as a stream: no database, no domain, memory for one trace at a time."""

from application.xes.assumptions import Assumption
from application.xes.reading import read_traces
from application.xes.traces import BadTrace, Trace, XesError, XesEvent

__all__ = ["Assumption", "BadTrace", "Trace", "XesError", "XesEvent", "read_traces"]
