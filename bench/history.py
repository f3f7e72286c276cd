"""Row 6: `GET /v1/cases/{id}/history`, compared with a bare route that returns the same JSON from one SELECT."""

import asyncio
import http.client
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from uuid import UUID

import psycopg

from application.event_loop import run
from application.settings import Settings
from bench.figures import Contender, Contest, Measured
from bench.ground import Ground
from bench.http_load import request
from bench.lives import live_through
from bench.people import CONNECTIONS, bearer, citizen, open_for_business, settings_of
from bench.servers import OURS, loaded, serving
from cli.databases import Databases
from cli.wiring import open_window

_CASES_OF_A_CITIZEN = 4
_BARE = "bench.peers.bare_history"
_TABLE = """
CREATE SCHEMA bare;
CREATE TABLE bare.histories (case_id uuid PRIMARY KEY, document bytea NOT NULL);
"""


class NotTheSameError(Exception):
    """The peer's answer differs from Pencere's, so their rates cannot be compared."""


@contextmanager
def against_a_bare_route(ground: Ground) -> Iterator[Contest]:
    """Compare with a ready-made document: the peer opens no seal and checks no right."""
    settings = settings_of(ground)
    with ground.fresh() as place:
        cases = run(live_cases(settings, place, CONNECTIONS))
        headers = [bearer(settings, citizen(number)) for number in range(CONNECTIONS)]
        connections = [
            [request("GET", _path(case), own) for case in theirs] for theirs, own in zip(cases, headers, strict=True)
        ]
        with serving(ground, place, *OURS) as ours:
            _lay_ready(place.owner, ours, cases, headers)
            with serving(ground, place, _BARE) as bare:
                _check(ours, bare, cases[0][0], headers[0])
                yield Contest(
                    Contender("GET history", partial(_load, ours, connections)),
                    Contender("bare route, one SELECT", partial(_load, bare, connections)),
                )


def _load(port: int, connections: Sequence[Sequence[str]], seconds: float) -> Measured:
    return loaded(port, seconds, 200, connections)


async def live_cases(settings: Settings, place: Databases, citizens: int) -> Sequence[Sequence[UUID]]:
    """Create one complete case for each of a number of citizens, and return the cases."""
    async with open_window(settings, place) as window:
        await open_for_business(window)

        turn = asyncio.Lock()

        async def lives(number: int) -> Sequence[UUID]:
            return [await live_through(window, citizen(number), turn) for _ in range(_CASES_OF_A_CITIZEN)]

        return await asyncio.gather(*(lives(number) for number in range(citizens)))


def _lay_ready(
    owner_url: str, port: int, cases: Sequence[Sequence[UUID]], headers: Sequence[Mapping[str, str]]
) -> None:
    documents = [(case, _get(port, case, own)) for theirs, own in zip(cases, headers, strict=True) for case in theirs]
    with psycopg.connect(owner_url) as owner, owner.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.executemany("INSERT INTO bare.histories VALUES (%s, %s)", documents)
        cursor.execute("ANALYZE bare.histories")


def _check(ours: int, bare: int, case: UUID, headers: Mapping[str, str]) -> None:
    if _get(ours, case, headers) != _get(bare, case, headers):
        raise NotTheSameError


def _get(port: int, case: UUID, headers: Mapping[str, str]) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", _path(case), headers=dict(headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != http.client.OK:
        raise NotTheSameError(body[:400])
    return body


def _path(case: UUID) -> str:
    return f"/v1/cases/{case}/history"
