"""`pencere audit status | history | evaluation SERVICE`: what was known at a time, read from the databases directly.

Open parts only: there is no key here. Reading the database records no look; reading through the API does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeAlias
from uuid import UUID

import typer

from cli.databases import databases
from cli.options import DataFolder, read_settings
from cli.terminal import fail
from domain.case.reference import parse_reference
from domain.refusals import Refusal
from ledger.store.ledger import Ledger
from projections.as_of import AsOfUnreadableError, Then, then
from projections.case_status.queries import status_after
from projections.case_status.types import CaseStatus
from projections.view_type import written_as
from projections.views import Views

_CANNOT_TELL = 2
AsOf = Annotated[str, typer.Option("--as-of", help="A position, an instant (RFC 3339), or a date.")]
CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Its id, or its public number (PN-...).")]
Question: TypeAlias = Callable[[Ledger, Views], Awaitable[bytes]]


def status(case: CaseName, as_of: AsOf, data: DataFolder = None) -> None:
    """Print the state of a case at a time, as one JSON object."""

    async def ask(ledger: Ledger, views: Views) -> bytes:
        found, when = await _case_then(ledger, views, case, as_of)
        entries = [each for each in await ledger.read_stream(found.case_id) if each.position <= when.position]
        stood = status_after(entries)
        return written_as(stood) if stood is not None else fail(f"{case} was not known then", _CANNOT_TELL)

    _answer(ask, data)


def history(case: CaseName, as_of: AsOf, data: DataFolder = None) -> None:
    """Print the history of a case up to a time, one JSON object a line."""

    async def ask(ledger: Ledger, views: Views) -> bytes:
        found, when = await _case_then(ledger, views, case, as_of)
        rows = await views.case_history.history(found.case_id)
        return b"\n".join(row.entry for row in rows if row.position <= when.position)

    _answer(ask, data)


def counts(service: str, as_of: str, data: Path | None) -> None:
    """Print the counts of a service up to a time, as one JSON object."""

    async def ask(ledger: Ledger, views: Views) -> bytes:
        owner = await views.catalogue.owner(service)
        agency = await views.catalogue.agency(owner) if owner else None
        if agency is None:
            fail(f"there is no service {service!r}", _CANNOT_TELL)
        when = await then(as_of, ledger, agency.time_zone)
        return written_as(await views.service_performance.performance_then(service, *when))

    _answer(ask, data)


async def _case_then(ledger: Ledger, views: Views, name: str, as_of: str) -> tuple[CaseStatus, Then]:
    found = await views.case_status.status(UUID(name)) if _is_id(name) else None
    if found is None and not _is_id(name):
        found = await views.case_status.by_reference(parse_reference(name))
    if found is None:
        fail(f"there is no case {name}", _CANNOT_TELL)
    return found, await then(as_of, ledger, found.time_zone)


def _is_id(name: str) -> bool:
    try:
        UUID(name)
    except ValueError:
        return False
    return True


def _answer(question: Question, data: Path | None) -> None:
    async def asked(url: str) -> bytes:
        async with Ledger(url) as ledger, Views(url) as views:
            return await question(ledger, views)

    with databases(read_settings(data)) as where:
        try:
            answer = asyncio.run(asked(where.reader))
        except (AsOfUnreadableError, Refusal) as refused:
            fail(str(refused), _CANNOT_TELL)
    typer.echo(answer.decode())
