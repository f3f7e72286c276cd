"""`pencere audit evaluation`: recounts the evaluation's figures from the events, or tells what was counted then.

Status 0: every figure is as the events say; 1: one is not; 2: the command could not find out.
"""

import asyncio
from typing import Annotated

import typer

from cli.looking_back import counts
from cli.options import AsJson, DataFolder
from cli.terminal import event_progress, fail, say, summary
from cli.verifying_ledger import Database, reading
from ledger.store.ledger import Ledger
from projections.as_of import AsOfUnreadableError, then
from projections.figures.audit import MOST, Differing, FiguresAudited, FiguresUnreadableError, audit_figures

_DIFFERS, _CANNOT_TELL = 1, 2


def evaluation(
    service: Annotated[str | None, typer.Argument(help="Only print this service's counts, as of a time.")] = None,
    *,
    as_of: Annotated[str | None, typer.Option("--as-of", help="A position, an instant (RFC 3339), or a date.")] = None,
    database: Database = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Count all figures of the evaluation again from the events alone, and compare each with the view."""
    if service is not None:
        if as_of is None or database is not None:
            fail("the counts of a service need --as-of, and are read from this window's own database", _CANNOT_TELL)
        counts(service, as_of, data)
        return
    try:
        with reading(database, data) as url:
            position = None if as_of is None else asyncio.run(_position(url, as_of))
            with event_progress("counting") as progress:
                audited = audit_figures(url, progress, position)
    except (FiguresUnreadableError, AsOfUnreadableError) as error:
        fail(str(error), _CANNOT_TELL)
    _tell(audited)
    if as_json:
        found = [each._asdict() for each in audited.differences]
        told = {"position": audited.position, "figures": audited.figures, "differences": found}
        summary({"equal": not found, **told}, as_json=True)
    if audited.differences:
        raise typer.Exit(_DIFFERS)


async def _position(url: str, as_of: str) -> int:
    async with Ledger(url) as ledger:
        return (await then(as_of, ledger, "UTC")).position


def _tell(audited: FiguresAudited) -> None:
    verdict = "some differ" if audited.differences else "all are as the events say"
    say(f"{audited.figures} figures compared at position {audited.position}: {verdict}")
    for difference in audited.differences:
        say(f"  {_sentence(difference)}")
    if len(audited.differences) >= MOST:
        say("  ... and perhaps more: only so many are told")


def _sentence(found: Differing) -> str:
    shown, recounted = (value if value is not None else "nothing" for value in (found.shown, found.recounted))
    figure = f"{found.indicator} of the {found.per} {found.name} in {found.month}"
    return f"{figure} is {shown} and not {recounted} ({found.table})"
