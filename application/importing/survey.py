"""The first pass: reads the whole log and learns the service from it, before anything is appended."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final, NamedTuple

from application.importing.weighing import HEAVIEST, weight_of
from application.xes import Assumption, BadTrace, Trace, XesError, read_traces
from domain.service.definition import ServiceDefinition, Step

UNKNOWN_CHANNEL = "unknown"
TOO_LONG: Final = "trace-too-long"
_LANGUAGE = "und"
_LONGEST_SOURCE = 150  # characters of the file's name that the service's description repeats


class Log(NamedTuple):
    """A log, and how to read it. Both passes read it in the same way, with the same `now`."""

    path: Path
    zone: tzinfo
    now: datetime
    skip_bad: bool


@dataclass(slots=True)
class Survey:
    """What a log holds: its steps, each with those that it followed, and the parts that cannot be used.

    Its size grows with the number of different steps and of bad parts, not with the size of the log.
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
        XesError: something cannot be used; the error names the place. With `skip_bad` such parts are listed instead.
    """
    found = Survey()
    for read in _read(log, progress):
        if isinstance(read, BadTrace):
            found.left_out.append(read)
        else:
            found.add(read)
    return found


def usable(log: Log, progress: Callable[[int], None]) -> Iterator[Trace]:
    """Read the log again, without the parts that the survey left out."""
    for read in _read(log, progress):
        if not isinstance(read, BadTrace):
            yield read


def _read(log: Log, progress: Callable[[int], None]) -> Iterator[Trace | BadTrace]:
    for read in read_traces(log.path, zone=log.zone, now=log.now, skip_bad=log.skip_bad, progress=progress):
        if isinstance(read, BadTrace) or weight_of(read) <= HEAVIEST:
            yield read
            continue
        reason = f"line {read.line}: its {len(read.events):,} events are more than one case can hold ({TOO_LONG})"
        if not log.skip_bad:
            raise XesError(read.line, None, f"trace {read.name!r}: {reason}")
        yield BadTrace(read.ordinal, read.name, read.line, (reason,))


def definition_of(
    found: Survey, agency: str, desk: str, slug: str, source: str, known: ServiceDefinition | None
) -> ServiceDefinition:
    """Return the service that the log shows. What was known before stays; new steps and transitions are added.

    Only the readable part of the source's name is kept, since a file may have any name.
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
