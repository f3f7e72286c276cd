"""`pencere log`: keeps the public log, publishes it as plain files, shows its state and repairs it."""

import os
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from application.event_loop import run
from application.settings import Settings
from cli.databases import databases
from cli.options import AsJson, DataFolder, read_settings
from cli.stopping import stopped_by_signals
from cli.terminal import event_progress, fail, say, summary
from consumers.log_keeper import LogKeeper
from consumers.log_settings import LogSettings
from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.checkpoint_store import CheckpointStore
from ledger.public_log.files import NotThisLogError, publish_files
from ledger.public_log.growing import Progress, rebuild
from ledger.public_log.note import NoteError, VerifierKey
from ledger.public_log.public_log import PublicLog
from ledger.public_log.session import MAKE_ROOM, LogSession, LogUnavailableError
from ledger.public_log.signer import FileLogSigner
from ledger.public_log.stops import LogStoppedError
from ledger.public_log.tile_store import TileStore

app = typer.Typer(no_args_is_help=True, help="The public log: keep, publish, look at, mend.")
_ROOM_WITHIN = 20.0
_LOOK_AGAIN = 0.05


@app.command()
def keep(data: DataFolder = None) -> None:
    """Keep the log until interrupted; stand by while another process does. `serve` does this by itself."""
    settings = read_settings(data)
    with databases(settings) as where:
        keeper = LogKeeper(where.projector, settings.log_folder, settings.log_origin, LogSettings.read(os.environ))
        with stopped_by_signals(keeper):
            keeper.run()


@app.command()
def key(data: DataFolder = None) -> None:
    """Print the log's public key, and nothing else."""
    settings = read_settings(data)
    with databases(settings) as where:
        vkey = run(_vkey(where.reader, settings.log_origin))
    if vkey is None:
        fail("nothing was signed yet; `pencere serve` or `pencere log keep` does")
    typer.echo(vkey)


@app.command()
def status(data: DataFolder = None, *, as_json: AsJson = False) -> None:
    """Print the size of the log, what is signed, its witnesses, and its alarms."""
    settings = read_settings(data)
    with databases(settings) as where:
        told = run(_status(settings, where.reader))
        with LogSession(where.projector) as session:
            told["ledger"] = TileStore(session).head()
    told["keyIsHere"] = FileLogSigner.open(settings.log_folder, settings.log_origin) is not None
    summary(told, as_json=as_json)


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="Of a static server or to copy to one; made when it is not there.")],
    data: DataFolder = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Write every file anew.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the log as plain files, only new ones. Readers always find a complete log."""
    settings = read_settings(data)
    with databases(settings) as where, event_progress("publishing") as progress:
        try:
            written = run(_publish(settings, where.reader, folder, progress, everything=everything))
        except (NotThisLogError, LogStoppedError) as error:
            fail(str(error))
    if written is None:
        fail("nothing was signed yet; `pencere serve` or `pencere log keep` does")
    size, files = written
    summary({"size": size, "files": files}, as_json=as_json)


@app.command("rebuild")
def rebuild_tiles(data: DataFolder = None, *, as_json: AsJson = False) -> None:
    """Compute the tiles of the last signed tree again from the events, and compare before anything is written."""
    settings = read_settings(data)
    with databases(settings) as where, LogSession(where.projector) as session, event_progress("rebuilding") as progress:
        try:
            _take_over(session)
            signed = _signed(session, settings)
            changed = rebuild(TileStore(session), signed, progress)
        except (LogStoppedError, LogUnavailableError) as error:
            fail(str(error))
        session.tell(MAKE_ROOM)  # a keeper that waits for a person may go on
    summary({"size": signed.size, "changed": changed}, as_json=as_json)


@app.command()
def resume(
    file: Annotated[Path, typer.Argument(help="The newest checkpoint of this log that has left the house.")],
    data: DataFolder = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Store a checkpoint as the last one that the key has signed, when that file is lost."""
    settings = read_settings(data)
    try:
        signer = FileLogSigner.open(settings.log_folder, settings.log_origin)
        if signer is None:
            fail(f"there is no key in {settings.log_folder}")
        head = signer.resume(file.read_bytes())
    except (NoteError, LogStoppedError, OSError) as error:
        fail(str(error))
    with databases(settings) as where, LogSession(where.projector) as session:
        session.tell(MAKE_ROOM)
    summary({"size": head.size}, as_json=as_json)


def _take_over(session: LogSession) -> None:
    """Ask the keeper to stop, and keep the log instead."""
    give_up_at = time.monotonic() + _ROOM_WITHIN
    session.tell(MAKE_ROOM)
    while not session.elect():
        if time.monotonic() > give_up_at:
            fail("another process keeps the log and does not make room")
        time.sleep(_LOOK_AGAIN)  # between two looks


def _signed(session: LogSession, settings: Settings) -> TreeHead:
    """Return the last signed tree, as far as this process can know it."""
    signer = FileLogSigner.open(settings.log_folder, settings.log_origin)
    if signer is not None:
        return signer.last()[0]
    store = CheckpointStore(session, settings.log_origin)
    registered = store.registered()
    if registered is None:
        _nothing_signed()
    say("The key is not here, so the last published checkpoint counts.")
    return store.latest(VerifierKey.parse(registered)) or _nothing_signed()


def _nothing_signed() -> NoReturn:
    fail("nothing was signed yet; there is nothing to rebuild")


async def _vkey(url: str, origin: str) -> str | None:
    async with PublicLog(url, origin) as log:
        return await log.vkey()


async def _status(settings: Settings, url: str) -> dict[str, object]:
    async with PublicLog(url, settings.log_origin) as log:
        latest = await log.latest()
        return {
            "origin": settings.log_origin,
            "key": await log.vkey(),
            "size": latest.head.size if latest else None,
            "signedAt": latest.signed_at if latest else None,
            "witnesses": await log.witnesses(),
            "alarms": [alarm._asdict() for alarm in await log.alarms()],
        }


async def _publish(
    settings: Settings, url: str, folder: Path, progress: Progress, *, everything: bool
) -> tuple[int, int] | None:
    async with PublicLog(url, settings.log_origin) as log:
        return await publish_files(log, folder, progress, everything=everything)
