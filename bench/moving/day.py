"""Rows and measurements: how fast an act moves open terms, and what submissions feel of it meanwhile."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import psycopg

from application.clock import system_clock
from application.event_loop import run
from application.settings import Settings
from bench.callers import WARM_UP
from bench.commands import said_by
from bench.figures import Contender, Contest, Measured
from bench.ground import Ground
from bench.moving.cases import CALENDAR, act_of, append_cases, next_working_day, open_the_calendar
from bench.people import CONNECTIONS, COORDINATOR, bearer, settings_of
from bench.servers import OURS, loaded, serving
from bench.submit import submission
from cli.databases import Databases
from cli.wiring import open_window
from domain.calendar.state import KnownCalendar
from reactions.terms import TERM_MOVED
from tests.calendars.azerbaijan import calendar

_CASES_A_SECOND: Final = 300  # of the measurement: the act has something to move for most of it
_CREATED: Final = 201
_PATIENCE: Final = 3600.0
_EVERY: Final = {"PENCERE_REACTIONS_EVERY": "1"}
_DONE: Final = "SELECT position FROM reactions.positions WHERE reaction = %s"
_MOVED: Final = """
SELECT count(DISTINCT c.stream), (max(c.recorded_at) - min(a.recorded_at)) / 1e6::float8
  FROM ledger.events c
 CROSS JOIN (SELECT max(recorded_at) AS recorded_at FROM ledger.events WHERE topic = 'calendar.act_entered') a
 WHERE c.topic = 'case.term_counted' AND c.recorded_at > a.recorded_at
"""


class NotMovedError(Exception):
    """The act was refused, or has not moved every open term."""


class Moved(NamedTuple):
    """How many terms an act has moved, and the seconds from its entry to the last of them."""

    terms: int
    seconds: float

    @property
    def note(self) -> str:
        """Both in words."""
        return f"{self.terms:,} terms moved in {self.seconds:.1f} s, {self.terms / self.seconds:,.0f}/s"


class Standing(NamedTuple):
    """A served ledger with open cases."""

    settings: Settings
    place: Databases
    port: int
    cases: int

    def load(self, seconds: float) -> Measured:
        """Return the figures of submissions by the usual callers."""
        connections = [[submission(self.settings, number)] for number in range(CONNECTIONS)]
        return loaded(self.port, seconds, _CREATED, connections)

    def enter_act(self) -> int:
        """Have one act make the next working day a day off, over HTTP; return its number in the calendar."""
        state = calendar()
        number = state.version + 1
        day = next_working_day(KnownCalendar(state, state.version), system_clock())
        body = act_of(day, number).model_dump_json(by_alias=True)
        headers = {**bearer(self.settings, COORDINATOR), "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", f"/v1/calendars/{CALENDAR}/acts", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        if answer.status >= http.client.MULTIPLE_CHOICES:
            raise NotMovedError(json.loads(said))
        return number

    def has_moved(self, act: int) -> bool:
        """Return whether every case was looked at since the act."""
        with psycopg.connect(self.place.owner, autocommit=True) as owner:
            row = owner.execute(_DONE, [f"{TERM_MOVED.name}/{CALENDAR}"]).fetchone()
        return row is not None and row[0] >= act

    def moved(self, act: int) -> Moved:
        """Wait until every term is moved, and return how long it took.

        Raises:
            NotMovedError: some terms were not.
        """
        give_up_at = time.monotonic() + _PATIENCE
        while not self.has_moved(act):
            if time.monotonic() > give_up_at:
                raise NotMovedError("the act has not moved every term in time")
            time.sleep(0.05)  # between two looks
        with psycopg.connect(self.place.owner) as owner:
            [(terms, seconds)] = owner.execute(_MOVED).fetchall()
        if terms < self.cases:
            raise NotMovedError(f"{terms} of {self.cases} terms were moved")
        return Moved(terms, seconds)


@contextmanager
def standing(ground: Ground, cases: int) -> Iterator[Standing]:
    """Fill a ledger with open cases, make its views, and serve it."""
    settings = settings_of(ground)

    async def fill(place: Databases) -> None:
        async with open_window(settings, place) as window:
            await open_the_calendar(window)
            await append_cases(window, cases)

    with ground.fresh() as place:
        run(fill(place))
        said_by("bench.one_rebuild", place.owner)
        with serving(ground, place, *OURS, settings=_EVERY) as port:
            yield Standing(settings, place, port, cases)


@contextmanager
def against_no_act(ground: Ground) -> Iterator[Contest]:
    """Compare submissions while a day is moved with those to the same ledger when nobody moves one."""

    def moving(seconds: float) -> Measured:
        with standing(ground, int(_CASES_A_SECOND * seconds)) as ours:
            acts: list[int] = []
            entering = threading.Timer(WARM_UP * seconds, lambda: acts.append(ours.enter_act()))
            entering.start()
            load = ours.load(seconds)
            entering.join()
            if not acts:
                raise NotMovedError("the act was not taken in")
            return load._replace(note=f"{ours.moved(acts[0]).note}; {load.note}")

    def still(seconds: float) -> Measured:
        with standing(ground, int(_CASES_A_SECOND * seconds)) as ours:
            return ours.load(seconds)

    yield Contest(Contender("submissions while a day is moved", moving), Contender("no day is moved", still))
