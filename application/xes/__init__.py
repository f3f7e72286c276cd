"""Reads and writes XES event logs (IEEE 1849) as streams: no database, no domain, one trace in memory at a time."""

from application.xes.assumptions import Assumption
from application.xes.reading import read_traces
from application.xes.traces import BadTrace, Trace, XesError, XesEvent

__all__ = ["Assumption", "BadTrace", "Trace", "XesError", "XesEvent", "read_traces"]
