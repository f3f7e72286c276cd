"""A running window with a keeper of its log, and its people, who get real receipts and histories."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from application.clock import Clock, system_clock
from consumers.log_keeper import LogKeeper
from consumers.log_settings import LogSettings
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.public_log.session import LogSession
from tests.api.people import People, permit
from tests.api.running import RunningWindow, Where, fresh_databases

Done = TypeVar("Done")


class KeptWindow(NamedTuple):
    """The window, its databases and the people of one agency."""

    window: RunningWindow
    where: Where
    people: People

    @property
    def vkey(self) -> str:
        """The public key of the log, as the window serves it."""
        return self.people.anyone.asks("/log/key").text

    def does(self, work: Coroutine[None, None, Done]) -> Done:
        """Do something within the window, as its operator would."""
        return asyncio.run_coroutine_threadsafe(work, self.window._loop).result(30)

    @property
    def log(self) -> str:
        """The address of the log."""
        return f"{self.window.base_url}/log"


@contextmanager
def kept_window(
    postgres: EmbeddedPostgres, name: str, folder: Path, clock: Clock = system_clock
) -> Iterator[KeptWindow]:
    """Run a window whose log is signed when somebody asks; its agency has one service."""
    with (
        fresh_databases(postgres, name) as where,
        RunningWindow(where, folder, clock=clock) as window,
        keeping(where, window),
        People(window.somebody, f"agency-{name}", "permit", 1) as people,
    ):
        _publish_a_service(people)
        yield KeptWindow(window, where, people)


def _publish_a_service(people: People) -> None:
    entry = {"name": {"en": "Permits"}, "timeZone": "Asia/Baku", "desks": ["north", "south"]}
    definition = permit(people.service, people.agency, "north")
    for path, body, method in (
        (f"/v1/agencies/{people.agency}", entry, "PUT"),
        ("/v1/services", {"definition": definition}, "POST"),
        (f"/v1/services/{people.service}/publication", {"version": 1}, "POST"),
    ):
        done = people.coordinator.sends(path, body, method=method)
        assert done.is_success, done.text


@contextmanager
def keeping(where: Where, window: RunningWindow) -> Iterator[None]:
    """Keep the log during the block, or let its keeper stop until a person acts."""
    settings = window.settings
    keeper = LogKeeper(where.projector, settings.log_folder, settings.log_origin, LogSettings(interval=60))
    thread = threading.Thread(target=keeper.run, name="keeper")
    thread.start()
    try:
        yield
    finally:
        keeper.stop()
        with LogSession(where.projector) as session:
            session.tell()  # else the keeper waits for its interval
        thread.join()
