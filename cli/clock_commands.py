"""`pencere clock`: what each source of time says on this machine, and believing the machine's clock.

Status 0: the sources agree; 1: they do not, and the reactions to time stand still.
"""

import os

import typer

from application.clock import system_clock
from application.event_loop import run
from cli.databases import databases
from cli.options import AsJson, DataFolder, read_settings
from cli.terminal import fail, say, summary
from consumers.legal_time import Judged, LegalTime, Sources, this_machine
from consumers.time_server import TimeServer
from domain.values import text_at
from ledger.channels.reactions import ReactionPositions

app = typer.Typer(help="The sources of time: look at them, believe the machine's clock.")
_SECOND = 1_000_000


@app.callback(invoke_without_command=True)
def clock(context: typer.Context, data: DataFolder = None, *, as_json: AsJson = False) -> None:
    """Print what each source of time says on this machine, and by how many seconds the machine's clock differs."""
    if context.invoked_subcommand is not None:
        return
    server = TimeServer.read(os.environ)
    with databases(read_settings(data)) as where:
        judged = run(_asked(where.projector, server, accept=False))
    summary(_told(judged, server), as_json=as_json)
    if judged.why is not None:
        fail(f"the reactions to time stand still here: {judged.why}")


@app.command()
def accept(data: DataFolder = None, *, as_json: AsJson = False) -> None:
    """Believe this machine's clock from now on, after a person has seen that it is right.

    Not while it is behind the ledger, or the time server says something else.
    """
    server = TimeServer.read(os.environ)
    with databases(read_settings(data)) as where:
        judged = run(_asked(where.projector, server, accept=True))
    if judged.why is not None:
        fail(f"not accepted: {judged.why}")
    if server is not None and judged.said.server is None:
        say(f"The time server {server} does not answer, so that nothing but you confirms the machine's clock.")
    summary({"accepted": text_at(judged.said.wall)}, as_json=as_json)


async def _asked(url: str, server: TimeServer | None, *, accept: bool) -> Judged:
    positions = ReactionPositions(url)
    try:
        legal = LegalTime(positions.time, Sources(system_clock, this_machine(), server))
        return await (legal.accept() if accept else legal.judge())
    finally:
        await positions.close()


def _told(judged: Judged, server: TimeServer | None) -> dict[str, object]:
    wall, *others = judged.said
    told: dict[str, object] = {"machine": text_at(wall)}
    for name, says in zip(("ledger", "elapsed", "server"), others, strict=True):
        told[name] = None if says is None else text_at(says)
        told[f"{name}Differs"] = None if says is None else round((wall - says) / _SECOND, 3)
    told["serverName"] = None if server is None else str(server)
    return {**told, "standsStill": judged.why}
