"""A text as a reader sees it: one spelling for each character, and where each one stands in the text as sent."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any, Final, NamedTuple

from confusable_homoglyphs import confusables

# What people write instead of a hyphen and a dot, and the one letter whose small form is two characters.
_ONE_SPELLING: Final = dict.fromkeys("‐‑‒–—―−﹣－⁃⸺⸻﹘", "-") | dict.fromkeys("·•∙⋅・●○▪‧。", ".") | {"İ": "i"}
# And marks that no letter has by itself: strokes through it, Arabic vowel signs, variation selectors.
_UNREAD: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Me", "Mn"})
_BLANK: Final = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_LENGTHENS: Final = "\u0640"  # the stroke that only makes an Arabic word longer
_GREEK_AND_CYRILLIC: Final = range(0x0370, 0x0530)
# Where the table of look-alikes says nothing, or names a letter that people do not take it for.
_ALSO_ALIKE: Final = {
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "і": "i", "ј": "j", "ѕ": "s",
    "һ": "h", "к": "k", "м": "m", "т": "t", "в": "b", "н": "h", "г": "r", "ο": "o", "α": "a", "ν": "v",
}  # fmt: skip
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SINGLE_CHARACTERS: Final = re.compile(r"(?<!\S)\S(?:\s{1,2}(?:[-_*]\s)?\S){4,}(?!\S)")
_BETWEEN_THEM: Final = re.compile(r"\s+(?:[-_*]\s)?")
_MORE_SPACES: Final = re.compile(r"(?<= ) +")
_CLUSTER: Final = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]*|.", re.DOTALL)
_LIST_MARKER: Final = re.compile(r"(?<!\S)[^\W_]{1,2}\)\s")


class Plain(NamedTuple):
    """A text with the place of each of its characters.

    Attributes:
        text: lower-case, in NFKC, with ASCII digits, one kind of dash, one space at a time, and nothing invisible.
            Letters of another script that stand for Latin ones are Latin, in words that mix scripts.
        at: for each character, where it comes from in the text as sent; and one more, where that ends.
        sent: the text as sent.
    """

    text: str
    at: Sequence[int]
    sent: str

    def without(self, dropped: re.Pattern[str]) -> "Plain":
        """Return the text without what the pattern finds, or itself if it finds nothing."""
        kept: list[int] = []
        last = 0
        for found in dropped.finditer(self.text):
            kept.extend(range(last, found.start()))
            last = found.end()
        if last == 0:
            return self
        kept.extend(range(last, len(self.text)))
        return Plain("".join([self.text[i] for i in kept]), [*[self.at[i] for i in kept], self.at[-1]], self.sent)

    def without_list_markers(self) -> "Plain":
        """Return the text without `1)` or `a)` at the beginning of a word: between them a number may be dealt out."""
        return self.without(_LIST_MARKER)

    def with_letters_joined(self) -> "Plain":
        """Return the text with each row of five or more single characters joined to a word."""
        gaps = [
            (row.start() + gap.start(), row.start() + gap.end())
            for row in _SINGLE_CHARACTERS.finditer(self.text)
            for gap in _BETWEEN_THEM.finditer(row.group())
        ]
        if not gaps:
            return self
        dropped = {i for start, end in gaps for i in range(start, end)}
        kept = [i for i in range(len(self.text)) if i not in dropped]
        return Plain("".join([self.text[i] for i in kept]), [*[self.at[i] for i in kept], self.at[-1]], self.sent)


def plain(sent: str) -> Plain:
    """Return the text as a reader sees it."""
    # NFKC may make one of a letter and the marks after it; where no marks are apart, letters can be read one by one.
    clusters = sent if unicodedata.is_normalized("NFC", sent) else [found.group() for found in _CLUSTER.finditer(sent)]
    read = [_as_read(cluster) for cluster in clusters]
    text = "".join(read)
    at: Sequence[int] = range(len(sent) + 1)
    if len(clusters) != len(sent) or len(text) != len(sent):
        starts = accumulate(map(len, clusters), initial=0)
        at = [start for start, seen in zip(starts, [*read, "."], strict=True) for _ in seen]
    as_read = Plain(text, at, sent)
    if "  " in text:
        as_read = as_read.without(_MORE_SPACES)
    return as_read._replace(text=_WORD.sub(_in_one_script, as_read.text))


def _as_read(cluster: str) -> str:
    return _one(cluster) if len(cluster) == 1 else "".join(map(_one, unicodedata.normalize("NFC", cluster)))


@lru_cache(maxsize=2048)
def _one(character: str) -> str:
    return "".join(map(_letter, unicodedata.normalize("NFKC", character)))


def _letter(character: str) -> str:
    category = unicodedata.category(character)
    digit = unicodedata.digit(character, None)
    if character in _BLANK or category.startswith("Z"):
        return " "
    if category in _UNREAD or character == _LENGTHENS:
        return ""
    if digit is not None:
        return str(digit)
    return _ONE_SPELLING.get(character) or character.lower()


def _in_one_script(word: re.Match[str]) -> str:
    text = word.group()
    if text.isascii():
        return text
    latin = _latin()
    if any("a" <= letter <= "z" for letter in text) and any(letter in latin for letter in text):
        return "".join([latin.get(letter, letter) for letter in text])
    return text


@cache
def _latin() -> dict[str, str]:
    """Return Greek or Cyrillic letter -> the Latin letter that looks like it."""
    alike: dict[str, str] = {}
    for letter in map(chr, _GREEK_AND_CYRILLIC):
        for double in _doubles(letter):
            if len(double["c"]) == 1 and double["c"].isascii() and double["c"].isalpha():
                alike.setdefault(letter.lower(), double["c"].lower())
    return alike | _ALSO_ALIKE


def _doubles(letter: str) -> Sequence[Mapping[str, str]]:
    found: Any = confusables.is_confusable(letter, greedy=True) if letter.isalpha() else None
    return found[0]["homoglyphs"] if found else ()
