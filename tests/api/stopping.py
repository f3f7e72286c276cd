"""A window in which a test can stop each view alone, with events that its fold cannot take."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Self

import psycopg

from projections.folds import ALL_VIEWS
from projections.positions import Standing, standings_query
from tests.api.people import People, permit
from tests.api.running import RunningWindow, Where
from tests.projections.strikes import broken_while

_PATIENCE = 30.0


class StoppableWindow:
    """A window that serves until its context ends, with the switches that break its views."""

    def __init__(self, where: Where, folder: Path) -> None:
        self.where = where
        self._broken = {view.name: Event() for view in ALL_VIEWS}
        self.running = RunningWindow(
            where, folder, folds=[broken_while(view, self._broken[view.name]) for view in ALL_VIEWS]
        )

    def __enter__(self) -> Self:
        self.running.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.running.stop()

    def standings(self) -> Sequence[Standing]:
        """Return the position of each view."""
        with psycopg.connect(self.where.reader) as reader:
            return [Standing(*row) for row in reader.execute(standings_query(ALL_VIEWS).encode()).fetchall()]

    def breaks(self, view: str) -> None:
        """Make the view stop at the next event."""
        self._broken[view].set()

    @contextmanager
    def stopped(self, view: str, write: Callable[[], object]) -> Iterator[None]:
        """Make the view stop at the next event that is written, and go on when the block ends."""
        self.breaks(view)
        try:
            write()
            until(lambda: any(one.view == view and one.stopped for one in self.standings()))
            self._until_served_so()
            yield
        finally:
            self._broken[view].clear()
            with psycopg.connect(self.where.projector) as projector:
                projector.execute(f'UPDATE "{view}".tracking SET stopped = NULL'.encode())
            until(lambda: len({one.position for one in self.standings()}) == 1)
            self._until_served_so()

    def _until_served_so(self) -> None:
        """Wait until the window itself has queried the positions of its views."""
        stopped = {one.view for one in self.standings() if one.stopped}
        positions, names = self.running.services.views.positions, [view.name for view in ALL_VIEWS]
        until(lambda: {one.view for one in positions.seen_stopped(names)} == stopped)


@contextmanager
def people_at(running: RunningWindow, agency: str, service: str, number: int) -> Iterator[People]:
    """People at an agency with a published service."""
    with People(running.somebody, agency, service, number) as people:
        entry = {
            "name": {"en": "Permits"},
            "timeZone": "Asia/Baku",
            "desks": ["north", "south"],
            "deskLimits": {"north": 1000},
        }
        people.coordinator.sends(f"/v1/agencies/{agency}", entry, method="PUT")
        people.coordinator.sends("/v1/services", {"definition": permit(service, agency, "north")})
        published = people.coordinator.sends(f"/v1/services/{service}/publication", {"version": 1})
        assert published.is_success, published.text
        yield people


def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition."""
    give_up_at = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < give_up_at, "it did not come to be"
        time.sleep(0.01)
