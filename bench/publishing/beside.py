"""How much publishing slows down requests: the first rows with a working publisher, and without."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Final

from application.event_loop import run
from bench.append import CALLERS, append_together
from bench.figures import Contender, Contest, Measured
from bench.filler.town import AGENCIES
from bench.ground import Ground
from bench.history import live_cases
from bench.http_load import request
from bench.parts import AGENCY
from bench.people import CONNECTIONS, bearer, citizen, open_for_business, settings_of
from bench.publishing.broker import begin_anew, broker
from bench.publishing.processes import publishing, ran
from bench.rebuilding import filled
from bench.servers import OURS, loaded, serving
from bench.submit import submission
from cli.databases import Databases
from cli.demo_catalogue import AGENCIES as DEMONSTRATION
from cli.publishing import BESIDE
from cli.wiring import open_window

_A_SECOND: Final = 4_000  # events to publish for each second of a measurement: more than can be published
_CREATED, _OK = 201, 200
Beside = Callable[[Databases], AbstractContextManager[None]]


@contextmanager
def append(ground: Ground) -> Iterator[Contest]:
    """Append by 32 callers; their events are published meanwhile."""

    def measure(beside: Beside, seconds: float) -> Measured:
        with ground.fresh() as place, beside(place):
            return run(append_together(place.writer, CALLERS, seconds))

    with _both(measure, [AGENCY]) as contest:
        yield contest


@contextmanager
def submit(ground: Ground) -> Iterator[Contest]:
    """Submit by 32 connections; their events are published meanwhile."""
    settings = settings_of(ground)
    connections = [[submission(settings, number)] for number in range(CONNECTIONS)]

    async def begin(place: Databases) -> None:
        async with open_window(settings, place) as window:
            await open_for_business(window)

    def measure(beside: Beside, seconds: float) -> Measured:
        with ground.fresh() as place:
            run(begin(place))
            with beside(place), serving(ground, place, *OURS) as port:
                return loaded(port, seconds, _CREATED, connections)

    with _both(measure, [agency.slug for agency in DEMONSTRATION]) as contest:
        yield contest


@contextmanager
def history(ground: Ground) -> Iterator[Contest]:
    """Read histories by 32 connections, while a publisher works through old events."""
    settings = settings_of(ground)

    def measure(beside: Beside, seconds: float) -> Measured:
        with ground.fresh() as place:
            filled(place, seconds, _A_SECOND)
            ran("bench.one_rebuild", url=place.owner)
            cases = run(live_cases(settings, place, CONNECTIONS))
            headers = [bearer(settings, citizen(number)) for number in range(CONNECTIONS)]
            connections = [
                [request("GET", f"/v1/cases/{case}/history", own) for case in theirs]
                for theirs, own in zip(cases, headers, strict=True)
            ]
            with serving(ground, place, *OURS) as port, beside(place):
                return loaded(port, seconds, _OK, connections)

    with _both(measure, [f"agency-{number}" for number in range(1, AGENCIES + 1)]) as contest:
        yield contest


@contextmanager
def _both(measure: Callable[[Beside, float], Measured], agencies: Sequence[str]) -> Iterator[Contest]:
    with broker() as settings:

        @contextmanager
        def beside(place: Databases) -> Iterator[None]:
            begin_anew(settings, place, agencies)
            with publishing(place, settings, BESIDE):
                yield

        yield Contest(
            Contender("with a publisher", partial(measure, beside)),
            Contender("without one", partial(measure, lambda _place: nullcontext())),
        )
