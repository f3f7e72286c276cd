"""`pencere keeper`: keeps draws honest, for a body that need not trust the window."""

import base64
import logging
import time
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from application.draws.escrow import parts_for
from application.draws.keepers import OWN
from application.settings import Settings
from cli.beside import command_beside, is_here
from cli.options import DataFolder, read_settings
from cli.stopping import stopped_by_signals
from cli.terminal import fail
from consumers.child_process import Child
from consumers.keeper.folder import KeeperFolder
from consumers.keeper.keeper import Keeper, Policy
from consumers.keeper.kept_chains import KeptChains
from consumers.keeper.served_window import RefusedError, ServedWindow, WindowAwayError
from ledger.public_log.note import NoteError, VerifierKey

app = typer.Typer(
    no_args_is_help=True, help="A keeper of draws: it reveals the links of its chains, each for one draw."
)

Window = Annotated[str, typer.Argument(help="Where the window is: https://HOST, without a last slash.")]
Folder = Annotated[Path, typer.Option("--folder", help="Of the keeper's key and chains. Never from a backup.")]
_BETWEEN_LOOKS: Final = 1.0


class _Running:
    """A keeper that stands by while another process has its folder, and that a signal ends."""

    def __init__(self, name: UUID, folder: KeeperFolder, window: ServedWindow, policy: Policy | None) -> None:
        self._name, self._folder, self._window, self._policy = name, folder, window, policy
        self._keeper: Keeper | None = None
        self._stopping = False

    def stop(self) -> None:
        """End soon."""
        self._stopping = True
        if self._keeper is not None:
            self._keeper.stop()

    def run(self) -> None:
        """Keep draws until stopped."""
        while not self._stopping and not self._folder.is_ours():
            time.sleep(_BETWEEN_LOOKS)  # another process is the keeper; its lock goes with it
        while not self._stopping and self._policy is None:
            self._policy = self._first_policy()
        if self._stopping or self._policy is None:
            return
        with KeptChains(self._folder.memory) as chains:
            self._keeper = Keeper(self._name, self._folder.key(), self._window, chains, self._policy, parts_for)
            if not self._stopping:
                self._keeper.run()

    def _first_policy(self) -> Policy | None:
        """Return the window's own key of the log, which its own keeper believes; None while there is none yet."""
        try:
            return Policy(VerifierKey.parse(self._window.log_key()), ())
        except (WindowAwayError, RefusedError):
            time.sleep(_BETWEEN_LOOKS)  # the window begins, or its log does
            return None


@app.command()
def run(
    window: Window,
    name: Annotated[UUID, typer.Option(help="As the register's rules name the keeper.")],
    log_key: Annotated[str, typer.Option(help="The key of the window's public log: NAME+ID+KEY, or its file.")],
    folder: Folder,
    witness: Annotated[list[str] | None, typer.Option(help="The key of a witness that must have cosigned.")] = None,
) -> None:
    """Keep the draws of a window until interrupted. Only HTTP is needed, and no account."""
    policy = Policy(key_given(log_key), [key_given(each) for each in witness or ()])
    _run(_Running(name, KeeperFolder(folder), ServedWindow(window), policy))


@app.command(hidden=True)
def own(window: Window, data: DataFolder = None) -> None:
    """Be the window's own keeper, as `serve` starts it: draws then say that nobody else keeps them."""
    _run(_Running(OWN, KeeperFolder(own_folder(read_settings(data))), ServedWindow(window), None))


@app.command()
def key(folder: Folder) -> None:
    """Print the keeper's public key as the register's rules take it, and nothing else."""
    raw = KeeperFolder(folder).key().public_key().public_bytes_raw()
    typer.echo(base64.urlsafe_b64encode(raw).decode().rstrip("="))


def own_folder(settings: Settings) -> Path:
    """Return the folder of the window's own keeper."""
    return settings.data / "draw-keeper"


def own_keeper_beside(settings: Settings, address: str) -> Child | None:
    """Return the window's own keeper beside `serve`; None where none is to run.

    Raises:
        SettingsError: a setting makes no sense.
    """
    return command_beside(settings, "keeper", "own", address) if is_here("PENCERE_KEEPER") else None


def _run(running: _Running) -> None:
    logging.getLogger("consumers.keeper").setLevel(logging.INFO)
    with stopped_by_signals(running):
        running.run()


def key_given(given: str) -> VerifierKey:
    """Return a key that is given as a line or as the file that has it; end the command if it is none."""
    path = Path(given)
    try:
        return VerifierKey.parse((path.read_text() if path.is_file() else given).strip())
    except NoteError as error:
        fail(f"not a key: {error}")
