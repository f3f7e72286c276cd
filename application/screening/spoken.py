"""The digits of a number that is said in words: tens and ones are joined as they are said, the rest is put in a row."""

import re
from collections.abc import Sequence
from typing import Final

from application.screening.number_words import NUMBER_WORDS, Part, Sort

_SHORTEST_GLUED: Final = 5  # letters; in a shorter word two number words are chance
_TEN: Final = 10
_COUNTED: Final = frozenset({2, 3, 4})  # as many of something stand in the plural that `Sort.MANY` has
_PIECE: Final = re.compile("|".join([*sorted(map(re.escape, NUMBER_WORDS), key=len, reverse=True), r"\d+"]))


def parts_of(bare: str) -> Sequence[Part]:
    """Return the parts of a number word, of digits, or of several glued together; none if the word is no number.

    The word is folded, and its digits are ASCII's.
    """
    if bare.isdigit():
        return (_digits(bare),)
    if (known := NUMBER_WORDS.get(bare)) is not None:
        return (known,)
    if len(bare) < _SHORTEST_GLUED and not any(letter.isdigit() for letter in bare):
        return ()
    parts: list[Part] = []
    end = 0
    for piece in _PIECE.finditer(bare):
        if piece.start() != end:
            return ()
        text = piece.group()
        parts.append(_digits(text) if text.isdigit() else NUMBER_WORDS[text])
        end = piece.end()
    return tuple(parts) if end == len(bare) and len(parts) > 1 else ()


def _digits(text: str) -> Part:
    return Part(Sort.DIGITS, 0, text)


def digits_of(parts: Sequence[Part]) -> str:
    """Return the digits that these parts mean, said one after the other: "fifty five" is 55, "five fifty" 550."""
    said = _Said()
    for part in parts:
        said.add(part)
    return said.all()


class _Said:
    """The digits so far, and the number that the next part may still join.

    `_room` is what that number has room for: below 100 after hundreds, below 10 after tens, nothing otherwise.
    """

    def __init__(self) -> None:
        self._done: list[str] = []
        self._number: int | None = None
        self._room = 1

    def all(self) -> str:
        self._end()
        return "".join(self._done)

    def add(self, part: Part) -> None:
        sort, value = part.sort, part.value
        if sort is Sort.DIGITS:
            self._end()
            self._done.append(part.digits)
        elif sort is Sort.MANY:
            times, self._number = (self._number, None) if self._number in _COUNTED else (1, self._number)
            self._end()
            self._done.append(str(value) * (times or 1))
        elif sort is Sort.HUNDRED and self._number in range(1, _TEN) and self._room == 1:
            self._number, self._room = (self._number or 1) * value, 100
        elif self._may_join(part):
            self._number, self._room = (self._number or 0) + value, _ROOM_IN_A_SUM[sort]
        else:
            self._end()
            self._number, self._room = value, _ROOM[sort] if value else 1

    def _may_join(self, part: Part) -> bool:
        if self._number is None:
            return False
        if part.sort in {Sort.AND, Sort.TEN_MORE}:  # the ones are said first
            return self._number % 100 < _TEN
        return part.sort not in {Sort.HUNDRED, Sort.HUNDREDS} and 0 < part.value < self._room

    def _end(self) -> None:
        if self._number is not None:
            self._done.append(str(self._number))
        self._number, self._room = None, 1


_ROOM: Final = {
    Sort.UNIT: 1,
    Sort.TEEN: 1,
    Sort.TENS: 10,
    Sort.HUNDREDS: 100,
    Sort.HUNDRED: 100,
    Sort.TEN_MORE: 1,
    Sort.AND: 10,
}
_ROOM_IN_A_SUM: Final = _ROOM | {Sort.AND: 1}
