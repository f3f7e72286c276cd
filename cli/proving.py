"""`pencere audit prove`: writes the events of a case, each with its proof, as one file that verifies offline."""

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from application.cases.case_streams import has_case_events
from application.identity import looks_stream
from cli.looking_back import CaseName
from cli.options import AsJson, DataFolder
from cli.terminal import fail, say, summary
from cli.verifying_ledger import Database, given_key, reading, tiles_at
from domain.case.reference import parse_reference
from domain.refusals import Refusal
from ledger.audit.kept import KeyUnknownError, key_of, latest, signed_note
from ledger.audit.proving import Proven, UnprovableError, proven
from ledger.audit.session import LedgerUnreadableError, ReadingSession
from ledger.audit.tile_sources import StoredTiles, TilesUnreadableError
from ledger.public_log.note import VerifierKey
from projections.views import Views

_DIFFERS, _CANNOT_TELL = 1, 2


def prove(  # noqa: PLR0913 - each option is an argument
    case: CaseName,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write the proofs.")],
    *,
    checkpoint: Annotated[
        Path | None, typer.Option(help="A checkpoint that you have kept; none: the present one.")
    ] = None,
    tiles: Annotated[
        str | None, typer.Option(help="Tiles that you have kept, or the public log's address; none: the database's.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="The log's public key, or a file with it; none: the one in the database.")
    ] = None,
    database: Database = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write a case's events and the looks at it, each with its proof: verify/pencere_verify.py checks them."""
    vkey = given_key(key)
    try:
        raw = checkpoint.read_bytes() if checkpoint else None
        with reading(database, data) as url:
            case_id = case_named(case, url)
            made, size, signer = _proven(url, vkey, raw, tiles, case_id)
        if not made.events:
            says = "no checkpoint covers an event of" if made.beyond else "there is no case"
            fail(f"{says} {case}", _CANNOT_TELL)
        file.write_bytes(made.file)
    except UnprovableError as error:
        fail(str(error), _DIFFERS)
    except (KeyUnknownError, LedgerUnreadableError, TilesUnreadableError, Refusal) as error:
        fail(str(error), _CANNOT_TELL)
    except OSError as error:
        fail(f"{error.filename or file}: {error.strerror}", _CANNOT_TELL)
    looks = sum(event.stream != case_id for event in made.events)
    if made.beyond:
        say(f"{len(made.beyond)} events more are under no such checkpoint: nobody can prove anything of them")
    told = {"file": str(file), "case": str(case_id), "events": len(made.events) - looks, "looks": looks, "size": size}
    summary({**told, "beyond": len(made.beyond), "key": signer.text}, as_json=as_json)


def _proven(
    url: str, given: VerifierKey | None, raw: bytes | None, tiles: str | None, case_id: UUID
) -> tuple[Proven, int, VerifierKey]:
    with ReadingSession(url) as session:
        key, wrong = key_of(session, given, has_log=session.has_log())
        present = latest(session, key) if raw is None and session.has_log() else None
        raw = present[1] if present else raw
        if raw is None:
            fail("nothing is signed yet: there is nothing that can be proved", _CANNOT_TELL)
        signed, wrongs = signed_note("the checkpoint", raw, key)
        if signed is None or wrong:
            fail([*wrong, *wrongs][0].says, _DIFFERS)
        source = tiles_at(tiles) if tiles else None
        if source is not None:
            beside, wrongs = signed_note(f"the checkpoint of {source.name}", source.checkpoint(), key)
            source.size = beside.head.size if beside else fail(wrongs[0].says, _DIFFERS)
        if not has_case_events(session.stream(case_id)):
            fail(f"there is no case {case_id}", _CANNOT_TELL)
        streams = (case_id, looks_stream(case_id))
        size = signed.head.size
        return proven(session, source or StoredTiles(session, size), signed.head, raw, streams), size, key


def case_named(name: str, url: str) -> UUID:
    """Return the case with that id or reference; end the command when there is none."""
    try:
        return UUID(name)
    except ValueError:
        reference = parse_reference(name)

    async def found() -> UUID:
        async with Views(url) as views:
            case = await views.case_status.by_reference(reference)
        return case.case_id if case is not None else fail(f"there is no case {name}", _CANNOT_TELL)

    return asyncio.run(found())
