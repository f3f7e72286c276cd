"""Screens one text: asks every finder about the text as it reads, and about two other ways to read it."""

from collections.abc import Iterator

from application.screening.codes import codes
from application.screening.finding import Finding
from application.screening.handles import handles
from application.screening.mail import mail_addresses
from application.screening.phones import phones
from application.screening.plain import Plain, plain
from application.screening.web import web_addresses


def screen(sent: str) -> Finding | None:
    """Return the first way to reach or name somebody in the text, at its place there; None if there is none.

    No pattern finds a name, a street or a place of work.
    """
    read = plain(sent)
    found = min(_findings(read), key=lambda finding: finding.start, default=None)
    if found is not None:
        return _as_sent(read, found)
    dealt = read.without_list_markers()
    if dealt is not read and (found := next(phones(dealt.text), None)) is not None:
        return _as_sent(dealt, found)
    joined = read.with_letters_joined()
    if joined is not read and (found := next(_findings(joined), None)) is not None:
        return _as_sent(joined, found)
    return None


def _findings(read: Plain) -> Iterator[Finding]:
    yield from phones(read.text)
    yield from mail_addresses(read.text)
    yield from web_addresses(read)
    yield from handles(read.text)
    yield from codes(read.text)


def _as_sent(read: Plain, found: Finding) -> Finding:
    return Finding(found.kind, read.at[found.start], read.at[found.end - 1] + 1)
