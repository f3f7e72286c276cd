"""`pencere audit export`: the cases as an event log for process-mining tools."""

import gzip
from io import BufferedWriter
from pathlib import Path
from typing import Annotated

import typer

from application.xes_export import Exported, UnexportableError, export_cases
from cli.options import AsJson, DataFolder
from cli.terminal import event_progress, fail, summary
from cli.verifying_ledger import Database, reading
from ledger.audit.session import LedgerUnreadableError

_CANNOT_TELL = 2


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; packed if it ends in .gz.")],
    *,
    service: Annotated[str | None, typer.Option(help="The cases of this service only.")] = None,
    database: Database = None,
    data: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write the cases as XES (IEEE 1849); people appear under pseudonyms of one case only."""
    if file.is_dir():
        fail(f"{file} is a folder: name a file", _CANNOT_TELL)
    try:
        with reading(database, data) as url:
            exported = _written(url, file, service)
    except (LedgerUnreadableError, UnexportableError) as error:
        fail(str(error), _CANNOT_TELL)
    except OSError as error:
        fail(f"{error.filename or file}: {error.strerror}", _CANNOT_TELL)
    summary({"file": str(file), **exported._asdict()}, as_json=as_json)


def _written(url: str, file: Path, service: str | None) -> Exported:
    # After a crash, or an unreadable event, only the temporary file is there, and no log under the given name.
    beside = file.with_name(f".{file.name}.new")
    with _opened(beside, packed=file.suffix == ".gz") as out, event_progress("exporting") as progress:
        exported = export_cases(url, out, service, progress)
    beside.replace(file)
    return exported


def _opened(path: Path, *, packed: bool) -> gzip.GzipFile | BufferedWriter:
    return gzip.open(path, "wb") if packed else path.open("wb")
