"""Makes an XES event log in the shape of the permit log, for checkouts without the real one."""

import gzip
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

_STEPS = (
    "Confirmation of receipt",
    "T02 Check confirmation of receipt",
    "T04 Determine confirmation of receipt",
    "T05 Print and send confirmation of receipt",
    "T06 Determine necessity of stop advice",
    "T10 Determine necessity to stop indication",
)
_BEGIN = datetime(2010, 10, 5, 8, tzinfo=UTC)


def write_log(path: Path, traces: int) -> None:
    """Write a log with a number of traces; the same number gives the same log."""
    drawn = random.Random(traces)  # noqa: S311 - nothing secret
    with gzip.open(path, "wt", encoding="utf-8") as log:
        log.write('<?xml version="1.0" encoding="UTF-8"?>\n<log xmlns="http://www.xes-standard.org/">\n')
        for number in range(traces):
            log.writelines(_trace(number, drawn))
        log.write("</log>\n")


def _trace(number: int, drawn: random.Random) -> Iterator[str]:
    at = _BEGIN + timedelta(minutes=number * 5)
    yield f'<trace>\n\t<string key="concept:name" value="case-{number}"/>\n\t<string key="channel" value="Internet"/>\n'
    yield f'\t<date key="startdate" value="{at.isoformat(timespec="milliseconds")}"/>\n'
    for name in _STEPS[: drawn.randint(1, len(_STEPS))]:
        at += timedelta(minutes=drawn.randint(1, 4000))
        yield (
            f'\t<event>\n\t\t<string key="concept:name" value="{name}"/>\n'
            f'\t\t<string key="org:group" value="Group {drawn.randint(1, 9)}"/>\n'
            f'\t\t<string key="org:resource" value="Resource{drawn.randint(1, 40):02}"/>\n'
            '\t\t<string key="lifecycle:transition" value="complete"/>\n'
            f'\t\t<date key="time:timestamp" value="{at.isoformat(timespec="milliseconds")}"/>\n\t</event>\n'
        )
    yield f'\t<date key="enddate" value="{at.isoformat(timespec="milliseconds")}"/>\n</trace>\n'
