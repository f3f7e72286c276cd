"""`pencere vault`: rotating the key-encryption key, sweeping orphans, erasing a person."""

import sys
from typing import Annotated

import typer

from application.cases.erasure import ErasureUnfinishedError, erase_person
from application.cases.prevention import sweep_orphans
from application.event_loop import run
from application.settings import Settings
from cli.databases import databases
from cli.options import AsJson, DataFolder, read_settings
from cli.terminal import fail, say, summary
from cli.wiring import open_window
from ledger.vault.rotation import rotate

app = typer.Typer(no_args_is_help=True, help="Keys: rotate, sweep, erase a person.")


@app.command("rotate")
def rotate_keys(data: DataFolder = None, *, as_json: AsJson = False) -> None:
    """Wrap every key under a new key-encryption key, and destroy the old one: old backups then open nothing."""
    summary({"rewrapped": run(_rotate(read_settings(data)))}, as_json=as_json)


@app.command("sweep")
def sweep_keys(data: DataFolder = None, *, as_json: AsJson = False) -> None:
    """Delete keys whose case was never stored."""
    summary({"swept": run(_sweep(read_settings(data)))}, as_json=as_json)


@app.command("erase")
def erase(
    issuer: Annotated[str, typer.Option(help="Who vouches for the person.")],
    data: DataFolder = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase the person whose subject is on standard input (others can see a command line). This cannot be undone.

    The subject is exactly what is read, without one line end after it: the `sub` of the person's tokens.
    """
    settings = read_settings(data)
    subject = _subject_read()
    if not subject:
        fail("the person's subject is read from standard input, and there was none")
    if not yes:
        fail("this cannot be undone; say --yes")
    try:
        erased = run(_erase(settings, issuer, subject))
    except ErasureUnfinishedError:
        fail("the person goes on asking for things while they are erased; what there was is gone: run it again")
    summary({"cases": len(erased)}, as_json=as_json)
    if not erased:
        say("Nobody of that name was known, so nothing was erased: the vault has no key for this issuer and subject.")
        say("Both must be exactly the `iss` and `sub` of the person's tokens. After an earlier erasure this is right.")
    say("Run `pencere vault rotate` to make the destroyed keys useless in old backups too.")


def _subject_read() -> str:
    """Return all of standard input without its last line end; white space may be a part of somebody's name."""
    try:
        # As bytes, so that nobody translates line ends and every machine reads the same name.
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        fail("the person's subject is read from standard input, and that was not UTF-8")
    return text.removesuffix("\r\n") if text.endswith("\r\n") else text.removesuffix("\n")


async def _rotate(settings: Settings) -> int:
    with databases(settings) as where:
        async with open_window(settings, where) as window:
            return await rotate(window.vault)


async def _sweep(settings: Settings) -> int:
    with databases(settings) as where:
        async with open_window(settings, where) as window:
            return await sweep_orphans(window)


async def _erase(settings: Settings, issuer: str, subject: str) -> list[object]:
    with databases(settings) as where:
        async with open_window(settings, where) as window:
            return [*await erase_person(window, issuer, subject)]
