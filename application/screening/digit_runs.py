"""Rows of digits in a text, however they are written: as digits, in words, with letters for digits, spread by marks."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from application.screening.number_words import PASSED_OVER, PLUS_WORDS, TIMES, Part, Sort, folded
from application.screening.spoken import digits_of, parts_of

_PIECE: Final = re.compile(r"[^\W_]+|\s+|.", re.DOTALL)
_MARKS: Final = frozenset("،؛ -./()+*_,:;|~'\"#=\\[]{}<>!^&")  # with Arabic comma and semicolon
_MOST_MARKS: Final = 4  # between two pieces of a number
_MOST_PASSED_OVER: Final = 3  # words between two pieces
_LONGEST_DEALT_OUT: Final = 4  # digits before such a word
_LONGEST_SUFFIX: Final = 4  # letters of a case ending after a dash: 050-yə
_LONGEST_MIXED: Final = 14  # characters of a word in which letters stand for digits
_LETTERS_FOR_DIGITS: Final = str.maketrans("oоlзbszчб", "001385246") | str.maketrans("iا", "11")
_ZEROS_AND_ONES: Final = frozenset({"o", "oo", "о", "оо", "l"})
_ADDED: Final = frozenset({Sort.UNIT, Sort.TEEN, Sort.TENS})
_ARABIC_AND: Final = "و"


class Run(NamedTuple):
    """A row of digits: its place in the text, whether a plus stands before it, and how much of it is in words."""

    digits: str
    start: int
    end: int
    has_plus: bool
    words: int


def runs(text: str) -> Iterator[Run]:
    """Yield the rows of digits of a text that `plain` has made."""
    row = _Row()
    for piece in _PIECE.finditer(text):
        if (ended := row.take(text, piece)) is not None:
            yield ended
    if (ended := row.end()) is not None:
        yield ended


class _Row:
    """The row that is being read."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._parts: list[Part] = []
        self._start = self._end = 0
        self._plus: int | None = None
        self._words = self._marks = self._passed = 0
        self._times = 1

    def end(self) -> Run | None:
        """End the row, and return it if there is one."""
        run = None
        if self._parts:
            digits = digits_of(self._parts)
            run = Run(digits, self._start, self._end, self._plus is not None, self._words)
        self._begin()
        return run

    def take(self, text: str, piece: re.Match[str]) -> Run | None:
        """Read one more piece; return the row if the piece ends it."""
        said = piece.group()
        if said[0].isalnum():
            word = folded(said)
            parts = self._meant(word)
            if parts:
                self._add(parts, piece)
                return None
            return None if self._goes_over(text, piece, word) else self.end()
        if said == "+" and not self._is_under_way():
            ended = self.end()
            self._plus = piece.start()
            return ended
        if said.isspace() or said in _MARKS:
            self._marks += 1
            if self._marks <= _MOST_MARKS:
                return None
        return self.end()

    def _is_under_way(self) -> bool:
        """Return whether a plus only stands between two pieces; after "on" it begins another number."""
        return any(part.sort is Sort.DIGITS for part in self._parts) or self._words > 1

    def _meant(self, word: str) -> Sequence[Part]:
        """Return what a folded word means as a number."""
        parts = parts_of(word)
        if parts:
            return parts
        has_digit = len(word) <= _LONGEST_MIXED and any(letter.isdigit() for letter in word)
        if has_digit or (self._parts and word in _ZEROS_AND_ONES):
            return parts_of(word.translate(_LETTERS_FOR_DIGITS))
        if word[0] == _ARABIC_AND:
            added = parts_of(word.removeprefix(_ARABIC_AND))
            return [part._replace(sort=Sort.AND) if part.sort in _ADDED else part for part in added]
        return ()

    def _add(self, parts: Sequence[Part], piece: re.Match[str]) -> None:
        if not self._parts:
            self._start = piece.start() if self._plus is None else self._plus
        self._parts.extend([*parts] * self._times)
        self._end = piece.end()
        self._words += any(part.sort is not Sort.DIGITS for part in parts)
        self._marks = self._passed = 0
        self._times = 1

    def _goes_over(self, text: str, piece: re.Match[str], word: str) -> bool:
        """Return whether the row may go on after this word, which is no number."""
        if word in TIMES:
            self._times = TIMES[word]
            return True
        if not self._parts:
            if word in PLUS_WORDS:
                self._plus = piece.start()
            return word in PLUS_WORDS
        before = text[max(0, piece.start() - 2) : piece.start()]
        if before[-1:] == "-" and before[:1].isdigit() and len(word) <= _LONGEST_SUFFIX and word.isalpha():
            return True
        self._passed += 1
        is_dealt_out = len(self._parts[-1].digits) <= _LONGEST_DEALT_OUT  # "05510, then 05577" are two of something
        return word in PASSED_OVER and is_dealt_out and self._passed <= _MOST_PASSED_OVER
