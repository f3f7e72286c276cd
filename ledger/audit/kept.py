"""Checkpoints that an auditor has kept: signed notes as files, in a folder or named one by one."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ledger.audit.findings import Finding
from ledger.audit.session import ReadingSession
from ledger.public_log.checkpoint import TreeHead, opened
from ledger.public_log.note import NoteError, VerifierKey

_AT_ONCE: Final = 500
_STORED: Final = """
SELECT size, note FROM log.checkpoints WHERE origin = %b AND size > %b AND size <= %b ORDER BY size LIMIT %b
"""
_LATEST: Final = """
SELECT c.size, c.note || coalesce((SELECT string_agg(s.line, ''::bytea ORDER BY s.witness)
                                     FROM log.cosignatures s WHERE s.origin = c.origin AND s.size = c.size), '')
  FROM log.checkpoints c WHERE c.origin = %b ORDER BY c.size DESC LIMIT 1
"""
_LOGS: Final = "SELECT origin, vkey FROM log.logs ORDER BY origin"


class Signed(NamedTuple):
    """A checkpoint that the log's key has signed, and its name in messages."""

    name: str
    head: TreeHead
    is_stored: bool = False


class KeyUnknownError(Exception):
    """Nobody says which key signs the log."""


def key_of(session: ReadingSession, given: VerifierKey | None, *, has_log: bool) -> tuple[VerifierKey, list[Finding]]:
    """Return the key that signs the log: the given one, else the one in the database.

    Raises:
        KeyUnknownError: there is neither.
    """
    registered: dict[str, str] = dict(session.rows(_LOGS)) if has_log else {}
    if given is None:
        if len(registered) != 1:
            count = f"{len(registered)} keys" if registered else "no key"
            raise KeyUnknownError(f"the database names {count}: give the log's own by --key")
        try:
            return VerifierKey.parse(next(iter(registered.values()))), []
        except NoteError as error:
            raise KeyUnknownError(f"the key that the database names is not one ({error}): give it by --key") from None
    named = registered.get(given.name)
    if named is not None and named != given.text:
        return given, [Finding("checkpoint", None, f"the database names another key for {given.name} than yours")]
    return given, []


def kept_in(paths: Iterable[Path], key: VerifierKey) -> tuple[list[Signed], list[Finding]]:
    """Return the checkpoints in these files and folders, the smallest first, and the findings about them.

    Raises:
        OSError: a file cannot be read.
    """
    kept: list[Signed] = []
    findings: list[Finding] = []
    for path in _files(paths):
        signed, wrong = signed_note(f"the checkpoint {path.name} that you have kept", path.read_bytes(), key)
        kept += [signed] if signed else []
        findings += wrong
    return sorted(kept, key=lambda each: each.head.size), findings


def signed_note(name: str, raw: bytes, key: VerifierKey) -> tuple[Signed | None, list[Finding]]:
    """Return the checkpoint in a note, or the finding about it."""
    try:
        head = opened(raw, key).head
    except NoteError as error:
        return None, [Finding("checkpoint", None, f"{name} is not one of this log's: {error}")]
    return Signed(f"{name} (of {head.size} events)", head), []


def keep(folder: Path, raw: bytes, size: int) -> Path:
    """Store a checkpoint beside the others; a different one of the same size gets another file name."""
    folder.mkdir(parents=True, exist_ok=True)
    path, number = folder / f"checkpoint-{size}", 1
    while path.exists() and path.read_bytes() != raw:
        number += 1
        path = folder / f"checkpoint-{size}-{number}"
    path.write_bytes(raw)
    return path


def latest(session: ReadingSession, key: VerifierKey) -> tuple[int, bytes] | None:
    """Return the last checkpoint in the database, with cosignatures: its size, and the note."""
    rows = session.rows(_LATEST, [key.name])
    return (int(rows[0][0]), bytes(rows[0][1])) if rows else None


def stored(session: ReadingSession, key: VerifierKey, up_to: int, findings: list[Finding]) -> Iterator[Signed]:
    """Return the checkpoints in the database, the smallest first; add what is wrong with them to the findings."""
    after = -1
    while rows := session.rows(_STORED, [key.name, after, up_to, _AT_ONCE]):
        for size, raw in rows:
            name = f"the checkpoint of {size} events in the database"
            signed, wrong = signed_note(name, bytes(raw), key)
            findings += wrong
            if signed is not None and signed.head.size != size:
                findings.append(Finding("checkpoint", None, f"{name} is one of {signed.head.size} events"))
            elif signed is not None:
                yield Signed(name, signed.head, is_stored=True)
            after = size


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
        else:
            yield path
