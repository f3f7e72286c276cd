"""Compares resources. What counts is which elements both describe; how alike the titles are is a hint and no more."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from unicodedata import normalize

from rapidfuzz.fuzz import token_set_ratio

ALIKE: Final = 67
"""Titles that are at least so alike, of a hundred, are shown even where no element is shared."""

# Words that nearly every register's title has, so that they say nothing.
STOP_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "az": frozenset({"dövlət", "reyestri", "reyestr", "registri", "məlumat", "sistemi", "ehtiyatı", "vahid", "üzrə"}),  # noqa: RUF001 - Azerbaijani
    "en": frozenset({"a", "and", "data", "for", "national", "of", "register", "registry", "state", "system", "the"}),
    "ru": frozenset({"государственный", "данных", "единый", "и", "информационная", "реестр", "регистр", "система"}),
}


class Compared(NamedTuple):
    """How alike two resources are, each of a hundred: `jaccard` and `contained` by elements, `titles` by names."""

    jaccard: int
    contained: int
    titles: int


def compare(
    elements: Sequence[str], title: Mapping[str, str], others: Sequence[str], other_title: Mapping[str, str]
) -> Compared:
    """Compare a resource with another one; `contained` is what part of the first one's elements the other has."""
    own, theirs = set(elements), set(others)
    both = len(own & theirs)
    return Compared(
        jaccard=both * 100 // len(own | theirs) if own | theirs else 0,
        contained=both * 100 // len(own) if own else 0,
        titles=titles_alike(title, other_title),
    )


def titles_alike(one: Mapping[str, str], other: Mapping[str, str]) -> int:
    """Return how alike two titles are, of a hundred, in the language of both in which they are most alike."""
    return max((_alike(_words(one[tag], tag), _words(other[tag], tag)) for tag in one.keys() & other.keys()), default=0)


def _alike(one: str, other: str) -> int:
    return int(token_set_ratio(one, other)) if one and other else 0


def _words(title: str, tag: str) -> str:
    """Return the words of a title that say something; all of its words if none does."""
    words = normalize("NFKC", title).casefold().split()
    stop = STOP_WORDS.get(tag.partition("-")[0], frozenset())
    return " ".join([word for word in words if word not in stop] or words)
