"""The at sign and the dot of an address, also when they are spelled out, in a text with one space at a time."""

import re
from typing import Final

_OPEN, _CLOSE = r" ?[(\[{<*_-]{1,3} ?", r" ?[)\]}>*_-]{1,3} ?"
_AT_WORDS: Final = r"(?:at|ət|et|эт|собака|собачка|собак|آت|ات|sobaka|عند|quyruq\w*+|kuyruk\w*+|it)"
_DOT_WORDS: Final = r"(?:dot|tochka|full stop|nuqta|noktə|nöqtə|noqte|nöqte|nokta|тчк|точк\w*+|نقطة|نقطه|دوت)"
AT: Final = rf"(?: ?@ ?|{_OPEN}{_AT_WORDS}{_CLOSE}| {_AT_WORDS}(?: işarəsi)? )"
"""Matches an at sign, a word for it in brackets, or a bare word for it."""
DOT: Final = rf"(?:\.|{_OPEN}(?:{_DOT_WORDS}|\.){_CLOSE}| {_DOT_WORDS} )"
"""Matches a dot, or a word for it, in brackets or bare."""
SPACED_DOT: Final = rf"(?: ?\. ?|{DOT})"
"""Matches the same, also with space around the dot."""
LABEL: Final = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
"""Matches one part of a domain name."""

_SPLIT: Final = re.compile(SPACED_DOT)
_HAS_DOT_WORD: Final = re.compile(_DOT_WORDS)


def labels_of(name: str) -> list[str]:
    """Return the parts of a domain name, in which dots may be spelled out."""
    return [label for label in _SPLIT.split(name) if label]


def has_dot_word(name: str) -> bool:
    """Return whether a dot is spelled out in the name."""
    return _HAS_DOT_WORD.search(name) is not None
