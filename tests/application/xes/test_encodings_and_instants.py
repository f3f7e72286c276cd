"""Any encoding, any ISO 8601 time."""

import codecs
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from application.xes import Trace, XesError, read_traces
from application.xes.instants import read_instant

Reads = Callable[[str | bytes], list[Trace]]


def document(name: str, declared: str | None) -> str:
    head = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    start = '<date key="startdate" value="2020-01-01T00:00:00Z"/>'
    return f'{head}<log><trace><string key="concept:name" value="{name}"/>{start}</trace></log>'


@pytest.mark.parametrize(
    ("name", "declared", "encoding", "mark"),
    [
        ("Gülşən", None, "utf-8", b""),
        ("Gülşən", None, "utf-8", codecs.BOM_UTF8),
        ("Gülşən", "UTF-8", "utf-8", codecs.BOM_UTF8),
        ("Gülşən", "utf8", "utf-8", b""),
        ("Gülşən", None, "utf-16-le", codecs.BOM_UTF16_LE),
        ("Gülşən", "UTF-16", "utf-16-be", codecs.BOM_UTF16_BE),
        ("Gülşən", "utf16", "utf-16-le", b""),
        ("Gülşən", "UTF-16BE", "utf-16-be", b""),
        ("Gülşən", "UTF-32", "utf-32-le", codecs.BOM_UTF32_LE),
        ("Gülşən", None, "utf-32-be", codecs.BOM_UTF32_BE),
        ("Güls", "ISO-8859-1", "iso-8859-1", b""),
        ("Gülş", "ISO-8859-9", "iso-8859-9", b""),
        ("Гюль", "windows-1251", "cp1251", b""),
        ("受付", "Shift_JIS", "shift_jis", b""),
        ("受理", "GB18030", "gb18030", b""),
        ("접수", "EUC-KR", "euc_kr", b""),
    ],
)
def test_a_log_is_read_in_the_encoding_that_it_is_in(
    traces_of: Reads, name: str, declared: str | None, encoding: str, mark: bytes
) -> None:
    (trace,) = traces_of(mark + document(name, declared).encode(encoding))

    assert trace.name == name


def test_characters_cut_by_the_edge_of_a_chunk_are_whole(traces_of: Reads) -> None:
    text = document("受付", "Shift_JIS").replace("<trace>", f"<!--{'受' * 100_001}--><trace>")
    (trace,) = traces_of(text.encode("shift_jis"))

    assert trace.name == "受付"


@pytest.mark.parametrize(("declared", "garbage"), [("Shift_JIS", b"\x81\xff"), ("UTF-8", b"\xff"), (None, b"\xc3(")])
def test_bytes_outside_of_the_encoding_are_refused(
    log_file: Callable[[bytes], Path], zone: tzinfo, declared: str | None, garbage: bytes
) -> None:
    path = log_file(document("NAME", declared).encode().replace(b"NAME", garbage))

    with pytest.raises(XesError):
        list(read_traces(path, zone=zone))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-10-11T13:42:22Z", datetime(2011, 10, 11, 13, 42, 22, tzinfo=UTC)),
        (" 2011-10-11T13:42:22.688+02:00\t", datetime(2011, 10, 11, 11, 42, 22, 688_000, UTC)),
        ("2011-10-11T13:42:22.5-0330", datetime(2011, 10, 11, 17, 12, 22, 500_000, UTC)),
        ("2011-10-11T13:42:22.999999999Z", datetime(2011, 10, 11, 13, 42, 22, 999_999, UTC)),
        ("2011-10-11T13:42:22.1234567+05:45", datetime(2011, 10, 11, 7, 57, 22, 123_456, UTC)),
        ("2011-10-11 13:42:22", datetime(2011, 10, 11, 11, 42, 22, tzinfo=UTC)),
        ("2011-11-11T13:42", datetime(2011, 11, 11, 12, 42, tzinfo=UTC)),
        ("20111011T134222Z", datetime(2011, 10, 11, 13, 42, 22, tzinfo=UTC)),
        ("2011-12-31T24:00:00Z", datetime(2012, 1, 1, tzinfo=UTC)),
        ("2011-12-31T24:00:00.000+01:00", datetime(2011, 12, 31, 23, tzinfo=UTC)),
        ("2011-10-30T02:30:00", datetime(2011, 10, 30, 0, 30, tzinfo=UTC)),  # shown twice: the first counts
    ],
)
def test_an_instant_is_read(text: str, expected: datetime) -> None:
    read = read_instant(text, ZoneInfo("Europe/Amsterdam"))

    assert read.at == expected
    assert read.at.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "2011-10-11", "20111011", "13:42", "2011-13-11T13:42:22Z", "2011-10-11T", "2011-10-11X13:42"),
        *("2011-12-31T24:00:01Z", "2011-12-31T24:30:00Z", "9999-12-31T24:00:00Z", "0001-01-01T00:00:00+02:00"),
        *("2011-10-11T13:42:22+25:00", "1318333342 000", "T", "11 October 2011"),
    ],
)
def test_what_is_no_date_and_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_instant(text, UTC)
