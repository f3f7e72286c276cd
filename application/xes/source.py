"""Reads the bytes of a log: unpacks gzip, and finds an encoding that Expat knows."""

import codecs
import gzip
import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

_CHUNK = 1 << 16
_HEAD = 1 << 10
_GZIP = b"\x1f\x8b"
_MARKS = (
    *((mark, "utf-32") for mark in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)),
    *((mark, "utf-16") for mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)),
    (b"<\0", "utf-16le"),
    (b"\0<", "utf-16be"),
)
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_KNOWN_TO_EXPAT = frozenset(("utf-8", "utf-16", "utf-16-le", "utf-16-be"))
# Expat knows those, and with Python's help all encodings with one byte per character. These are the others.
_RECODED = frozenset(
    (
        *("big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jp", "euc_kr", "gb18030", "gb2312"),
        *("gbk", "iso2022_jp", "iso2022_kr", "johab", "shift_jis", "shift_jis_2004", "utf-32"),
    ),
)


class SourceError(Exception):
    """The bytes end early, are damaged, or are not in the declared encoding."""


def open_source(file: BinaryIO) -> tuple[str | None, Iterator[bytes]]:
    """Return the encoding that the parser must use (None: the one that the file declares), and the chunks to parse.

    Raises:
        SourceError: the encoding cannot be read. The chunks raise it when the bytes are damaged.
    """
    start = file.read(_CHUNK)
    file.seek(0)
    packed = start.startswith(_GZIP)
    chunks = _unpacked(file) if packed else iter(lambda: file.read(_CHUNK), b"")
    encoding = _encoding(_unpacked_head(start) if packed else start[:_HEAD])
    return ("utf-8", _recoded(chunks, encoding)) if encoding in _RECODED else (encoding, chunks)


def _unpacked_head(start: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(start, _HEAD)
    except zlib.error:
        return b""  # reading the chunks will show it


def _unpacked(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file) as unpacked:
        try:
            while chunk := unpacked.read1(_CHUNK):
                yield chunk
        except EOFError as error:
            raise SourceError("the gzip file ends early") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise SourceError("the gzip file is damaged") from error


def _encoding(head: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if not (declared := _DECLARED.match(head)):
        return None
    name = declared[1].decode()
    try:
        codec = codecs.lookup(name).name
        if codec in _RECODED or codec == "utf-8":
            return codec
        readable = codec in _KNOWN_TO_EXPAT or len(bytes(range(256)).decode(codec, "replace")) == 256  # noqa: PLR2004
    except (LookupError, UnicodeError):
        readable = False
    if not readable:
        raise SourceError(f"the encoding {name} cannot be read")
    return None


def _recoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise SourceError(f"not in the encoding {encoding}") from error
