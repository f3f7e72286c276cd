"""Makes an invented event log, for imports that are interrupted."""

from pathlib import Path
from random import Random

_TRACE = '<trace><string key="concept:name" value="{name}"/>{events}</trace>\n'
_EVENT = (
    '<event><string key="concept:name" value="{step}"/><string key="org:resource" value="{who}"/>'
    '<date key="time:timestamp" value="2020-01-{day:02}T10:00:00+01:00"/></event>'
)


def made_log(path: Path, traces: int, random: Random) -> Path:
    """Write a log of so many traces, each of a few steps by a few people."""
    with path.open("w") as file:
        file.write("<log>\n")
        for number in range(traces):
            steps = [f"step {random.randrange(6)}" for _ in range(random.randrange(2, 9))]
            events = "".join(
                _EVENT.format(step=step, who=f"clerk {random.randrange(9)}", day=day)
                for day, step in enumerate(steps, start=1)
            )
            file.write(_TRACE.format(name=f"{path.stem}-{number}", events=events))
        file.write("</log>\n")
    return path
