"""Reads an XES file: a file in, traces out."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from application.xes.collecting import Collector, NotALogError
from application.xes.source import SourceError, open_source
from application.xes.traces import BadTrace, Trace, XesError

_LONGEST_TAG = 8 << 20
_ENDS_EARLY = expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]


def read_traces(
    path: Path,
    *,
    zone: tzinfo,
    now: datetime | None = None,
    skip_bad: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Trace | BadTrace]:
    """Yield the traces of an XES file, gzip or not, in the file's order, holding one trace at a time.

    A time without an offset is local to `zone`. With `now`, a trace is bad when one of its times is impossible: events
    must lie in the past, and no deadline may lie further ahead than the longest term. `progress` receives how many
    bytes of the file on disk have been read. With `skip_bad`, parts that cannot be used are yielded as BadTraces; if
    the file itself breaks off, a last BadTrace names the place. Without `skip_bad`, the first of them is raised.

    A log's `<global>` values do not replace a missing time or name. IEEE 1849 means them as defaults, but real logs
    have placeholders there (1970, UNKNOWN), and a case must not get a time that nobody recorded. Extensions and
    classifiers contain nothing that a case needs.

    The parser is Expat, not lxml. It builds no tree, so it never holds huge or nested attributes, and its line numbers
    are right beyond 65,535, where lxml guesses. A document type is refused, so there are no entities and nothing is
    fetched.

    Raises:
        XesError: the file is no XES log; or, without `skip_bad`, it breaks off or holds something unusable.
        OSError: the file cannot be opened or read.
    """
    with path.open("rb") as file:
        try:
            encoding, chunks = open_source(file)
        except SourceError as error:
            raise XesError(1, None, str(error)) from error
        parser = expat.ParserCreate(encoding, " ")
        collector = Collector(zone, now, lambda: parser.CurrentLineNumber)
        parser.StartElementHandler, parser.EndElementHandler = collector.start, collector.end
        parser.StartDoctypeDeclHandler = _refuse_document_type
        for broken in _parse(parser, chunks):
            for read in collector.take():
                if isinstance(read, BadTrace) and not skip_bad:
                    raise XesError(read.line, None, f"trace {read.name!r}: {read.reasons[0]}")
                yield read
            if progress:
                progress(file.tell())
            if broken and not (skip_bad and collector.is_log):
                raise broken
            if broken:
                yield collector.cut_short(broken.line, f"the file breaks off here: {broken.message}")


def _parse(parser: expat.XMLParserType, chunks: Iterator[bytes]) -> Iterator[XesError | None]:
    """Parse chunk by chunk; yield None after each good chunk, and the error after a bad one, which is the last."""
    taken = 0
    try:
        for chunk in chunks:
            parser.Parse(chunk)
            taken += len(chunk)
            _limit_held_back(taken - parser.CurrentByteIndex)
            yield None
        parser.Parse(b"", True)  # noqa: FBT003 - expat's word for the end
        yield None
    except expat.ExpatError as error:
        early = error.code == _ENDS_EARLY
        message = "the document ends early" if early else expat.ErrorString(error.code)
        yield XesError(error.lineno, error.offset + 1, message)
    except (SourceError, NotALogError) as error:
        yield XesError(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1, str(error))


def _limit_held_back(size: int) -> None:
    """Limit the size of a tag: Expat keeps a tag until it is whole, and scans all of it again with every chunk."""
    if size > _LONGEST_TAG:
        raise SourceError(f"a tag or comment is longer than {_LONGEST_TAG} bytes")


def _refuse_document_type(_name: str, _system: str | None, _public: str | None, _has_subset: int) -> NoReturn:
    raise NotALogError("a document type (DOCTYPE) is not read: XES has none")
