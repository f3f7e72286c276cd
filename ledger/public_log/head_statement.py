"""The log's signed statement about one case: how many of its events are in a tree. To leave one out is provable fraud.

It is a signed note (c2sp.org/signed-note) of the log's key under a separate name, `<origin>/head`: its signature cannot
pass for a checkpoint's, nor a checkpoint's for its own.
"""

import re
from typing import Final, NamedTuple, Self
from uuid import UUID

from ledger.public_log.note import Note, NoteError, VerifierKey

_CONTEXT: Final = "/head"
_UUID: Final = "-".join(f"[0-9a-f]{{{length}}}" for length in (8, 4, 4, 4, 12))
_FORM: Final = re.compile(
    rf"(?P<origin>[^\n]+)/head\ncase (?P<case>{_UUID})\n"
    r"versions (?P<versions>[1-9][0-9]{0,18})\n"
    r"looks (?P<looks>0|[1-9][0-9]{0,18})\n"
    r"size (?P<size>[1-9][0-9]{0,18})\n"
)


class HeadStatement(NamedTuple):
    """In the tree of this size, the case has versions 1 to `versions`, and looks 1 to `looks`."""

    origin: str
    case_id: UUID
    versions: int
    looks: int
    size: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the statement in the text of a note.

        Raises:
            NoteError: it is not the text of a head statement.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise NoteError("a head statement has five lines: origin, case, versions, looks, size")
        numbers = (int(found[name]) for name in ("versions", "looks", "size"))
        return cls(found["origin"], UUID(found["case"]), *numbers)

    @property
    def text(self) -> str:
        """The text to sign."""
        numbers = f"versions {self.versions}\nlooks {self.looks}\nsize {self.size}"
        return f"{self.origin}{_CONTEXT}\ncase {self.case_id}\n{numbers}\n"


def statement_key(key: VerifierKey) -> VerifierKey:
    """Return a log's key under the name with which it signs head statements."""
    return key._replace(name=key.name + _CONTEXT)


def opened_statement(raw: bytes, key: VerifierKey) -> HeadStatement:
    """Return the content of a signed head statement of this log.

    Args:
        raw: the note.
        key: of the log, as it signs checkpoints.

    Raises:
        NoteError: it is not a head statement of this log, signed by this key.
    """
    note = Note.parse(raw)
    note.check(statement_key(key))
    statement = HeadStatement.parse(note.text)
    if statement.origin != key.name:
        raise NoteError(f"a head statement of {statement.origin}, not of {key.name}")
    return statement
