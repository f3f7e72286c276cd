"""`pencere guardian`: keeps a part of every keeper's secret; two guardians give a late keeper's link back."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from application.draws.escrow import PartsDoNotFitError, part_of
from application.key_files import kept_key
from cli.keeper_commands import Window, key_given
from cli.terminal import fail, say
from consumers.keeper.recovery import LateShare, NotAwaitedError, late_share
from consumers.keeper.recovery import recover as bring
from consumers.keeper.served_window import RefusedError, ServedWindow, WindowAwayError
from domain.evidence.faults import NotAcceptedError
from ledger.public_log.received import ReceiptError

app = typer.Typer(no_args_is_help=True, help="A guardian: two of the three give the link of a late keeper back.")

KeyFile = Annotated[Path, typer.Option("--key-file", help="The guardian's own key; made when it is not there.")]
Agency = Annotated[str, typer.Argument(help="The agency of the desk.")]
Desk = Annotated[str, typer.Argument(help="The desk.")]
Number = Annotated[int, typer.Argument(min=1, help="The draw's number at its desk.")]
Keeper = Annotated[UUID, typer.Option(help="The keeper that is late.")]
LogKey = Annotated[str, typer.Option(help="The key of the window's public log: NAME+ID+KEY, or its file.")]


@app.command()
def key(key_file: KeyFile) -> None:
    """Print the guardian's public key as the register's rules take it, and nothing else."""
    typer.echo(kept_key(key_file, "X25519", "enc").as_dict(private=False)["x"])


@app.command()
def part(
    window: Window, agency: Agency, desk: Desk, number: Number, keeper: Keeper, log_key: LogKey, key_file: KeyFile
) -> None:
    """Open this guardian's part of a late keeper's secret; print it for whoever brings two of them together."""
    late, own = _late(ServedWindow(window), log_key, agency, desk, number, keeper), kept_key(key_file, "X25519", "enc")
    for sealed in late.chain.parts:
        try:
            opened = part_of(sealed, own)
        except NotAcceptedError:
            continue
        typer.echo(f"{opened.place}:{opened.part}")
        return
    fail("no part of that keeper's secret is sealed for this key")


@app.command()
def recover(
    window: Window,
    agency: Agency,
    desk: Desk,
    number: Number,
    keeper: Keeper,
    log_key: LogKey,
    parts: Annotated[list[str], typer.Option("--part", help="As `pencere guardian part` has printed it; two of them.")],
) -> None:
    """Bring the link of a late keeper, from two guardians' parts. The keeper's chain is not used again."""
    served = ServedWindow(window)
    late = _late(served, log_key, agency, desk, number, keeper)
    try:
        bring(served, late, dict(map(_read, parts)))
    except (PartsDoNotFitError, WindowAwayError, RefusedError) as error:
        fail(str(error))
    say("The link is there, and the draw goes on.")


def _late(window: ServedWindow, log_key: str, agency: str, desk: str, number: int, keeper: UUID) -> LateShare:
    try:
        return late_share(window, key_given(log_key), agency, desk, number, keeper)
    except (NotAwaitedError, ReceiptError, WindowAwayError, RefusedError) as error:
        fail(str(error))


def _read(told: str) -> tuple[int, bytes]:
    place, _, part = told.partition(":")
    try:
        return int(place), bytes.fromhex(part)
    except ValueError:
        fail("a part is PLACE:HEXADECIMAL, as `pencere guardian part` prints it")
