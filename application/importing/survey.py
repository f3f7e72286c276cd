"""The first pass: reads the whole log, and learns the service from it before anything is appended."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

from application.xes import Assumption, BadTrace, Trace, read_traces
from domain.service.definition import ServiceDefinition, Step

UNKNOWN_CHANNEL = "unknown"
_LANGUAGE = "und"
_LONGEST_SOURCE = 150  # characters of a file's name that the service repeats


class Log(NamedTuple):
    """A log and how to read it; both passes read it in the same way, at the same `now`."""

    path: Path
    zone: tzinfo
    now: datetime
    skip_bad: bool


@dataclass(slots=True)
class Survey:
    """What a log holds: its steps with what each was seen to follow, and what cannot be used.

    It grows with the different steps of the log and with what is bad in it, not with the log.
    """

    traces: int = 0
    events: int = 0
    followed: dict[str, set[str]] = field(default_factory=dict)
    first: set[str] = field(default_factory=set)
    channels: dict[str, None] = field(default_factory=dict)
    left_out: list[BadTrace] = field(default_factory=list)
    assumed: Counter[Assumption] = field(default_factory=Counter)

    def add(self, trace: Trace) -> None:
        """Learn from one trace."""
        self.traces += 1
        self.events += len(trace.events)
        self.assumed.update(trace.assumed)
        self.channels[trace.channel or UNKNOWN_CHANNEL] = None
        before: str | None = None
        for event in trace.events:
            seen = self.followed.setdefault(event.name, set())
            if before is None:
                self.first.add(event.name)
            else:
                seen.add(before)
            before = event.name


def survey(log: Log, progress: Callable[[int], None]) -> Survey:
    """Read the log once.

    Raises:
        XesError: the first thing that cannot be used, with its place; with `skip_bad` such things are listed instead.
    """
    found = Survey()
    for read in _read(log, progress):
        if isinstance(read, BadTrace):
            found.left_out.append(read)
        else:
            found.add(read)
    return found


def usable(log: Log, progress: Callable[[int], None]) -> Iterator[Trace]:
    """Read the log again: what the survey did not leave out."""
    for read in _read(log, progress):
        if not isinstance(read, BadTrace):
            yield read


def _read(log: Log, progress: Callable[[int], None]) -> Iterator[Trace | BadTrace]:
    return read_traces(log.path, zone=log.zone, now=log.now, skip_bad=log.skip_bad, progress=progress)


def definition_of(
    found: Survey, agency: str, desk: str, slug: str, source: str, known: ServiceDefinition | None
) -> ServiceDefinition:
    """Return the service that the log shows; what is known of it already stays, steps and ways are added.

    Of the source's name stays what people can read: a file may be called anything.
    """
    source = "".join(each if each.isprintable() else "\ufffd" for each in source)[:_LONGEST_SOURCE]
    steps = {step.name: step for step in known.steps} if known else {}
    for name, seen in found.followed.items():
        step = steps.get(name) or Step(name=name, label={_LANGUAGE: name})
        may_follow = tuple(dict.fromkeys((*step.may_follow, *sorted(seen))))
        steps[name] = step.model_copy(update={"may_follow": may_follow, "first": step.first or name in found.first})
    channels = tuple(dict.fromkeys((*(known.channels if known else ()), *found.channels)))
    if known:
        return known.model_copy(update={"steps": tuple(steps.values()), "channels": channels})
    return ServiceDefinition(
        slug=slug,
        agency=agency,
        desk=desk,
        title={_LANGUAGE: slug},
        description={_LANGUAGE: f"Imported from {source}"},
        legal_basis=f"As recorded in {source}",
        steps=tuple(steps.values()),
        channels=channels or (UNKNOWN_CHANNEL,),
        languages=(_LANGUAGE,),
    )
