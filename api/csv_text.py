"""Writes tables as CSV (RFC 4180) that a spreadsheet opens without a question, and of which it runs no cell.

A spreadsheet runs a cell that begins with one of a few characters. Some programs split lines at other separators than
we do, or drop quotes, so that a cell may begin wherever one of those stands. An apostrophe makes it a text there.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from fastapi import Response

_MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
_BOM: Final = "\ufeff"  # without it, some programs do not read UTF-8
_NEW_CELL: Final = r"[\s\x00-\x20\"',;|:\u2018-\u201f\ufeff\uff02\uff07\uff0c\uff1b\u200b-\u200f\u2060]"
_RUN: Final = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b]"
_MAY_RUN: Final = re.compile(rf"(?:(?<={_NEW_CELL})|\A)(?={_RUN})")


def csv_answer(rows: Iterable[Sequence[str]], file: str, headers: dict[str, str]) -> Response:
    """Return an answer with a table that anybody may see; `file` is the name under which it is kept."""
    told = {"Cache-Control": "no-cache", "Vary": "Accept", "Content-Disposition": f'attachment; filename="{file}"'}
    return Response(written_as_csv(rows), 200, {**told, **headers}, _MEDIA_TYPE)


def written_as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV in UTF-8; its first row is the names of its columns."""
    return (_BOM + "".join(",".join(map(_cell, row)) + "\r\n" for row in rows)).encode()


def harmless(text: str) -> str:
    """Return a text of which no part is run as a formula, wherever a spreadsheet begins a cell."""
    return _MAY_RUN.sub("'", text)


def _cell(text: str) -> str:
    return '"' + harmless(text).replace('"', '""') + '"'
