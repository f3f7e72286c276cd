"""`pencere react`: hosts the reactions, as a process of its own and as a child of `serve`."""

import logging
import os

from application.event_loop import leave_what_is_there, run
from application.settings import Settings, number_above_0
from cli.beside import command_beside, is_here
from cli.databases import Databases, databases
from cli.options import DataFolder, read_settings
from cli.stopping import until_stopped
from cli.wiring import open_window
from consumers.child_process import Child
from consumers.drawing import DrawWorker
from consumers.legal_time import Sources, this_machine
from consumers.reacting import ReactionHost
from consumers.reaction_table import all_reactions
from consumers.time_server import TimeServer
from ledger.channels.draws import DrawsOffice
from projections.views import Views


def react(*, data: DataFolder = None) -> None:
    """Do what events and the clock lead to until interrupted; stand by while another process does.

    `serve` does this by itself.
    """
    settings, every, server = read_settings(data), _seconds_between_looks(), TimeServer.read(os.environ)
    logging.getLogger("consumers.progress").setLevel(logging.INFO)  # said only where many cases are met
    with databases(settings) as where:
        run(until_stopped(_react(settings, where, every, server)))


async def _react(settings: Settings, where: Databases, every: float, server: TimeServer | None) -> None:
    leave_what_is_there()
    async with open_window(settings, where) as window, Views(where.reader) as views:
        sources = Sources(window.clock, this_machine(), server)
        host = ReactionHost(where.projector, window, all_reactions(window, views), every=every, sources=sources)
        draws = DrawWorker(window, views, DrawsOffice(where.projector), settings.log_origin, every=every)
        async with host.running():
            await draws.run()


def _seconds_between_looks() -> float:
    return number_above_0(os.environ, "PENCERE_REACTIONS_EVERY", 60, "a number of seconds")


def reactions_beside(settings: Settings) -> Child | None:
    """Return the host of the reactions beside `serve`; None where none is to run.

    Raises:
        SettingsError: a setting makes no sense.
    """
    # Said here: the child would say it to nobody, and be started again and again.
    _seconds_between_looks()
    TimeServer.read(os.environ)
    return command_beside(settings, "react") if is_here("PENCERE_REACTIONS") else None
