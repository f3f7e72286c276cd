"""Row 4: `POST /v1/cases`, compared with a plain service that inserts a case row and an audit row."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from application.event_loop import run
from application.settings import Settings
from bench.figures import Contender, Contest, Measured
from bench.ground import Ground
from bench.http_load import NUMBER, request
from bench.peers.plain_service import Way
from bench.people import CONNECTIONS, SUBMISSION, bearer, citizen, open_for_business, settings_of
from bench.servers import OURS, loaded, serving
from cli.databases import Databases
from cli.wiring import open_window

_PLAIN = "bench.peers.plain_service"


@contextmanager
def against_a_plain_service(ground: Ground) -> Iterator[Contest]:
    """Compare with the usual service, for which nothing has to be proved afterwards."""
    settings = settings_of(ground)
    connections = [[submission(settings, number)] for number in range(CONNECTIONS)]

    def ours(seconds: float) -> Measured:
        with ground.fresh() as place:
            run(_open(settings, place))
            with serving(ground, place, *OURS) as port:
                return loaded(port, seconds, 201, connections)

    def plain(way: Way, seconds: float) -> Measured:
        with ground.fresh() as place, serving(ground, place, _PLAIN, way.value) as port:
            return loaded(port, seconds, 201, connections)

    yield Contest(
        Contender("POST /v1/cases", ours),
        Contender("plain FastAPI + psycopg", partial(plain, Way.TWO_STATEMENTS)),
        (
            Contender("the same, one statement", partial(plain, Way.ONE_STATEMENT)),
            Contender("the same, storing nothing", partial(plain, Way.NOTHING)),
        ),
    )


def submission(settings: Settings, number: int) -> str:
    """Return a citizen's submission as bytes."""
    headers = {**bearer(settings, citizen(number)), "Idempotency-Key": f"bench-{NUMBER}"}
    return request("POST", "/v1/cases", headers, SUBMISSION)


async def _open(settings: Settings, place: Databases) -> None:
    async with open_window(settings, place) as window:
        await open_for_business(window)
