"""Memory does not grow with the file."""

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PEAK = Path("/proc/self/status")

EVENT = (
    b'<event><string key="concept:name" value="s"/><date key="time:timestamp" value="2020-01-01T00:00:00Z"/></event>\n'
)
TRACE = b"<trace>" + EVENT * 10 + b"</trace>\n"
META = (
    b'<float key="m" value="1">'
    + b'<float key="n" value="2"><int key="o" value="3"/></float>\n' * 20_000
    + b"</float>\n"
)
# A separate process, because only a fresh one has its own peak of memory.
READ = """
import sys
from datetime import UTC
from pathlib import Path
from application.xes import Trace, read_traces

def peak():
    return next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM"))

def count(name):
    return sum(len(trace.events) for trace in read_traces(Path(name), zone=UTC) if isinstance(trace, Trace))

few, before, many, after = count(sys.argv[1]), peak(), count(sys.argv[2]), peak()
print(few, many, after - before)
"""


def log_of(path: Path, traces: int, meta: int) -> Path:
    with gzip.open(path, "wb", compresslevel=1) as log:
        log.write(b"<log>" + META * meta)
        for _ in range(traces // 100):
            log.write(TRACE * 100)
        log.write(META * meta + b"</log>")
    return path


@pytest.mark.skipif(not PEAK.exists(), reason="only Linux tells the peak of one process")
def test_two_hundred_thousand_events_take_no_more_memory_than_a_thousand(tmp_path: Path) -> None:
    few, many = log_of(tmp_path / "few", 100, 0), log_of(tmp_path / "many", 20_000, 1)
    command = [sys.executable, "-c", READ, str(few), str(many)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    events_of_few, events_of_many, grown_kib = map(int, result.stdout.split())

    assert (events_of_few, events_of_many) == (1_000, 200_000)
    assert grown_kib < 2_048
