"""`pencere audit verify`: checks the whole ledger against what an auditor has kept. docs/auditor.md explains it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from application.verifying.ledger import LedgerChecked, check_ledger
from application.verifying.workers import together
from cli.databases import databases
from cli.options import AsJson, DataFolder, read_settings
from cli.terminal import event_progress, fail, say, summary
from cli.view_report import tell_views, view_documents
from ledger.audit.findings import Finding
from ledger.audit.kept import KeyUnknownError, keep
from ledger.audit.session import LedgerUnreadableError
from ledger.audit.tile_sources import FolderTiles, ServedTiles, TilesUnreadableError
from ledger.audit.whole import Against
from ledger.embedded.scratch import scratch_database
from ledger.public_log.note import NoteError, VerifierKey
from projections.audit import Audited, ViewsUnreadableError
from projections.audit_in_processes import AuditStoppedError, audit_in_processes
from projections.folds import ALL_VIEWS

_DIFFERS, _CANNOT_TELL = 1, 2
Database = Annotated[
    str | None, typer.Option(help="Read another database: a replica or a restored dump, by a URL whose role may read.")
]


def verify(  # noqa: PLR0913 - each option is an argument
    *,
    against: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that you have kept, or a folder of them. Can be repeated.")
    ] = None,
    keep_present: Annotated[
        bool, typer.Option("--keep", help="Keep the present checkpoint in the folder that --against names.")
    ] = False,
    tiles: Annotated[
        str | None, typer.Option(help="Tiles that you have kept, in a folder, or the public log's address.")
    ] = None,
    statement: Annotated[
        list[Path] | None, typer.Option(help="A complete history or head statement that somebody was given.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="The log's public key, or a file with it; none: the one in the database.")
    ] = None,
    views: Annotated[bool, typer.Option(help="Replay the views and compare them, too.")] = True,
    processes: Annotated[
        int | None, typer.Option(min=1, max=256, help="How many work at it; none: one for each core.")
    ] = None,
    database: Database = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Check every event, the tree over them, and what was signed; name the first event that is wrong."""
    named = against or []
    folder = next((path for path in named if not path.is_file()), None) if keep_present else None
    if keep_present and folder is None:
        fail("--keep needs a folder: name it by --against", _CANNOT_TELL)
    try:
        # The first time there is no checkpoint yet.
        held = _held(key, [path for path in named if path.exists() or path != folder], tiles, statement or [])
        with reading(database, data) as url:
            checked = _checked(url, held, processes)
            audited = _audited(url, data, processes) if views else []
    except (
        KeyUnknownError,
        LedgerUnreadableError,
        TilesUnreadableError,
        ViewsUnreadableError,
        AuditStoppedError,
    ) as error:
        fail(str(error), _CANNOT_TELL)
    except OSError as error:
        fail(f"{error.filename or 'a file'}: {error.strerror}", _CANNOT_TELL)
    kept = None
    if folder is not None and checked.tree.present is not None:
        size, raw = checked.tree.present
        kept = keep(folder, raw, size)
    _tell(checked, audited, kept, as_json=as_json)
    if checked.findings or any(one.differences for one in audited):
        raise typer.Exit(_DIFFERS)


@contextmanager
def reading(database: str | None, data: Path | None) -> Iterator[str]:
    """Give a session that reads the ledger: the named database, else this window's own."""
    if database is not None:
        yield database
        return
    with databases(read_settings(data)) as where:
        yield where.reader


def given_key(key: str | None) -> VerifierKey | None:
    """Return the key of an option: the key itself, or a file with it."""
    try:
        named = Path(key).read_text().strip() if key and Path(key).is_file() else key
        return VerifierKey.parse(named) if named else None
    except (NoteError, OSError, UnicodeDecodeError) as error:
        fail(f"--key: {error}", _CANNOT_TELL)


def tiles_at(place: str) -> FolderTiles | ServedTiles:
    """Return the tiles at an address or in a folder."""
    return ServedTiles(place) if place.startswith(("http://", "https://")) else FolderTiles(Path(place))


def _held(key: str | None, kept: Sequence[Path], tiles: str | None, statements: Sequence[Path]) -> Against:
    vkey = given_key(key)
    missing = [path for path in (*kept, *statements) if not path.exists()]
    if missing:
        fail(f"{missing[0]} is not there", _CANNOT_TELL)
    return Against(vkey, tuple(kept), tiles_at(tiles) if tiles is not None else None, tuple(statements))


def _checked(url: str, held: Against, processes: int | None) -> LedgerChecked:
    # The processes are started first, because a bar has a thread.
    with together(processes) as work, event_progress("verifying") as progress:
        return check_ledger(url, held, work, progress)


def _audited(url: str, data: Path | None, processes: int | None) -> list[Audited]:
    settings = read_settings(data)
    with scratch_database(settings.data.resolve()) as scratch, event_progress("replaying") as progress:
        return audit_in_processes(url, scratch, ALL_VIEWS, progress, processes)


def _tell(checked: LedgerChecked, audited: Sequence[Audited], kept: Path | None, *, as_json: bool) -> None:
    tree = checked.tree
    signed = tree.signed or 0
    say(f"{tree.events} events, compared with {tree.checkpoints} checkpoints; the largest is of {signed}")
    if tree.events > signed:
        say(f"the last {tree.events - signed} events are under no checkpoint yet: nobody can prove anything of them")
    if checked.foreign:
        say(f"{checked.foreign} events are another application's: their bytes were checked, not what they mean")
    if tree.lost_at is not None:
        say(f"without event {tree.lost_at} the tree cannot be recomputed from there on")
    for finding in checked.findings:
        say(f"  {_sentence(finding)}")
    if checked.more:
        say(f"  ... and {checked.more} more")
    tell_views(audited)
    if kept is not None:
        say(f"kept the present checkpoint as {kept}")
    sound = not checked.findings and not any(one.differences for one in audited)
    say("everything is as it should be" if sound else "not everything is as it should be")
    if as_json:
        told = {
            "sound": sound,
            "key": None if tree.key is None else tree.key.text,
            "events": tree.events,
            "signed": tree.signed,
            "checkpoints": tree.checkpoints,
            "foreign": checked.foreign,
            "lostAt": tree.lost_at,
            "findings": [finding._asdict() for finding in checked.findings],
            "more": checked.more,
            "views": view_documents(audited),
            "kept": None if kept is None else str(kept),
        }
        summary(told, as_json=True)


def _sentence(finding: Finding) -> str:
    where = "" if finding.position is None else f"event {finding.position}: "
    return f"{where}{finding.says} ({finding.check})"
