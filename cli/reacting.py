"""`pencere react`: hosts the reactions, as a process of its own and as a child of `serve`."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from application.event_loop import run
from application.settings import Settings, SettingsError
from cli.databases import Databases, databases
from cli.options import DataFolder, read_settings
from cli.stopping import GRACE, end_within
from cli.terminal import say
from cli.wiring import open_window
from consumers.child_process import kept_running
from consumers.reacting import ReactionHost
from consumers.reaction_table import all_reactions
from projections.views import Views

_WHERE = "PENCERE_REACTIONS"


def react(*, data: DataFolder = None) -> None:
    """Do what events and the clock lead to, until interrupted; stand by while another process does."""
    settings = read_settings(data)
    with databases(settings) as where:
        run(_react(settings, where))


async def _react(settings: Settings, where: Databases) -> None:
    ended = asyncio.Event()

    def stop() -> None:
        end_within(GRACE)
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    async with open_window(settings, where) as window, Views(where.reader) as views:
        host = ReactionHost(where.projector, window, all_reactions(window, views))
        async with host.running():
            say("Reactions are hosted; Ctrl-C stops it.")
            await ended.wait()


@contextmanager
def reacting_beside(settings: Settings) -> Iterator[None]:
    """Have the reactions hosted by a process of its own, unless PENCERE_REACTIONS leaves that to another one.

    Raises:
        SettingsError: the setting makes no sense.
    """
    chosen = os.environ.get(_WHERE) or "here"
    if chosen not in {"here", "apart"}:
        raise SettingsError(f"{_WHERE} is here or apart, not {chosen!r}")
    if chosen == "apart":
        yield
        return
    with kept_running([sys.executable, "-m", "cli", "react", "--data", str(settings.data)]):
        yield
