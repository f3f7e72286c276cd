"""Finds web addresses: whole ones, domains alone, and the short forms of messengers."""

import re
from collections.abc import Iterator
from typing import Final

from application.screening.file_names import ENDINGS
from application.screening.finding import Finding, Kind
from application.screening.mail import PROVIDERS
from application.screening.plain import Plain
from application.screening.spelled_signs import DOT, LABEL, SPACED_DOT, has_dot_word, labels_of
from application.screening.top_level_domains import COMMON, top_level_domain

_LINK: Final = re.compile(
    rf"(?<![\w.-])(?P<host>(?:{LABEL}{DOT}){{1,4}}(?P<last>[^\W\d_]{{2,24}}))(?P<path> ?/ ?[\w.~%-]+)?"
)
_SHORT: Final = re.compile(
    rf"\b(?:t|wa|vk|fb|m|insta|т|тэ|تي){SPACED_DOT}(?:me|com|ме|ми|مي) ?(?:[/\\]|slash|slaş|слэш|слеш|سلاش) ?\w+"
    rf"|\bwww\b{SPACED_DOT}[\w-]+|https? ?: ?/ ?/"
)


def web_addresses(read: Plain) -> Iterator[Finding]:
    """Yield the web addresses of a text."""
    for short in _SHORT.finditer(read.text):
        yield Finding(Kind.WEB, short.start(), short.end())
    for link in _LINK.finditer(read.text):
        if _is_address(read, link):
            yield Finding(Kind.WEB, link.start(), link.end())


def _is_address(read: Plain, link: re.Match[str]) -> bool:
    labels, has_path = labels_of(link["host"]), bool(link["path"])
    top = top_level_domain(labels[-1])
    if top is None or all(map(str.isdigit, labels[:-1])):
        return False
    if has_path:
        return True
    if labels[-1] in ENDINGS or (top not in COMMON and labels[0] != "www"):
        return False
    if all(len(label) == 1 for label in labels[:-1]):  # initials
        return False
    return has_dot_word(link["host"]) or labels[0] in PROVIDERS or not _begins_a_sentence(read, link.start("last"))


def _begins_a_sentence(read: Plain, start: int) -> bool:
    """Return whether a capital letter stands there, and a small one after it: "Sağ olun.Az qaldı"."""
    first, second = (read.sent[read.at[place]] for place in (start, start + 1))
    return first.isupper() and not second.isupper()
