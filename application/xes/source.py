"""The bytes of a log: unpacked if it is gzip, in an encoding that expat knows."""

import codecs
import gzip
import itertools
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
# Expat knows UTF-8, UTF-16 and by Python's help all encodings of one byte per character. These are the others.
_RECODED = frozenset(
    (
        *("big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jp", "euc_kr", "gb18030", "gb2312"),
        *("gbk", "iso2022_jp", "iso2022_kr", "johab", "shift_jis", "shift_jis_2004", "utf-32"),
    ),
)


class SourceError(Exception):
    """The bytes end early, are damaged, or are not in the encoding that they declare."""


def open_source(file: BinaryIO) -> tuple[str | None, Iterator[bytes]]:
    """Return the encoding to impose on the parser, None to let the file declare it, and the chunks to parse.

    The chunks raise SourceError.
    """
    packed = file.read(len(_GZIP)) == _GZIP
    file.seek(0)
    chunks = _unpacked(file) if packed else iter(lambda: file.read(_CHUNK), b"")
    first = next(chunks, b"")
    chunks = itertools.chain((first,), chunks)
    encoding = _encoding_to_recode(first)
    return ("utf-8", _recoded(chunks, encoding)) if encoding else (None, chunks)


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as unpacked:
        try:
            while chunk := unpacked.read1(_CHUNK):
                yield chunk
        except EOFError as error:
            raise SourceError("the gzip file ends early") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise SourceError("the gzip file is damaged") from error


def _encoding_to_recode(head: bytes) -> str | None:
    if head.startswith(_UTF_32):
        return "utf-32"
    if not (declared := _DECLARED.match(head)):
        return None
    try:
        name = codecs.lookup(declared[1].decode()).name
    except LookupError:
        return None  # expat refuses it by name
    return name if name in _RECODED else None


def _recoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise SourceError(f"not in the encoding {encoding}") from error
