"""Row 5: `import xes` (two passes, every case by commands), compared with parsing the same file with lxml."""

import gzip
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from application.event_loop import run
from application.importing.xes_import import Source, import_xes
from application.settings import Settings
from bench.figures import Contender, Contest, Measured
from bench.ground import Ground
from bench.made_log import write_log
from bench.people import COORDINATOR, settings_of
from cli.databases import Databases
from cli.wiring import open_window

PERMIT_LOG = Path(__file__).resolve().parents[2] / "shared" / "data" / "permit-receipt.xes.gz"


@contextmanager
def against_lxml(ground: Ground) -> Iterator[Contest]:
    """Compare with only reading the log. Both read the whole log, however long that takes."""
    settings = settings_of(ground)
    with _log(ground) as (path, name):

        def ours(_: float) -> Measured:
            with ground.fresh() as place:
                return run(_import(settings, place, path))

        def parsed(_: float) -> Measured:
            began = time.perf_counter()
            traces = parse(path)
            return Measured(traces / (time.perf_counter() - began), note=name)

        yield Contest(Contender("import xes", ours), Contender("lxml iterparse", parsed))


def parse(path: Path) -> int:
    """Read a log with lxml, trace by trace, without keeping any; return how many there were."""
    traces = 0
    with gzip.open(path) as log:
        for _, trace in etree.iterparse(log, tag="{http://www.xes-standard.org/}trace"):
            traces += 1
            trace.clear()
    return traces


async def _import(settings: Settings, place: Databases, path: Path) -> Measured:
    async with open_window(settings, place) as window:
        began = time.perf_counter()
        source = Source(path, "town", "permit", "Europe/Amsterdam")
        done = await import_xes(window, COORDINATOR, source, lambda _pass, _read: None)
        took = time.perf_counter() - began
    return Measured(done.traces / took, note=f"{done.cases} cases, {done.events} events stored in {took:.1f} s")


@contextmanager
def _log(ground: Ground) -> Iterator[tuple[Path, str]]:
    """Give the log to read, and its name."""
    given = ground.log or PERMIT_LOG
    if given.exists():
        yield given, given.name
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.xes.gz"
        write_log(path, 1500)
        yield path, "a log of 1,500 made-up cases: the permit log is not beside this clone"
