"""The rules of texts: people can see them, they deceive nobody, and databases can store them.

HTTP and imports check every text that comes in, and every decision checks the texts of its events. Stored texts are not
checked again: a ledger may be older than the rules.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, TypeAlias

from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from domain.refusals import InvalidInput


class TextCanBeStored(InvalidInput):
    """A text has no NUL and no unpaired surrogate."""


class TextHasNoControlCharacters(InvalidInput):
    """A text has no control characters but tabs and line breaks (LF, or CR and LF)."""


class TextHasNoNoncharacters(InvalidInput):
    """A text has none of the code points that Unicode says are no characters."""


class TextClosesItsBidirectionalMarks(InvalidInput):
    """A line closes exactly the bidirectional embeddings, overrides and isolates that it opens."""


class TextHasSomethingToSee(InvalidInput):
    """A text has something visible: not only white space, invisible characters or marks without a base."""


TextRefusal: TypeAlias = type[InvalidInput]
LONGEST_LINE: Final = 200
LONGEST_PROSE: Final = 10_000

_OPENS = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys("\u2066\u2067\u2068", "\u2069")
_LINE_ENDS = "\n\u2029"
_BIDIRECTIONAL = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)")
_LAST_OF_PLANES = "".join(chr((plane << 16) + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_NONCHARACTER = re.compile(f"[\ufdd0-\ufdef{_LAST_OF_PLANES}]")

# Characters with Unicode's property Default_Ignorable_Code_Point, and letters or symbols that look blank:
# Braille without dots, a musical null note head, the blanks of Egyptian hieroglyphs.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u2800\U0001d159\U00013441\U00013442]"
)
_ASKED_AS: Final = {
    "open_answers": "answers",
    "sealed_answers": "answers",
}  # open and sealed answers came in together
_NEVER_SEEN: Final = frozenset({"Cc", "Cf", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"})
_SEEN_FORMATS: Final = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605"  # signs that span numbers
    "\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)


def _closes_its_marks(text: str) -> bool:
    """Return whether embeddings, overrides and isolates are closed in their line, the innermost first (UAX #9)."""
    expected: list[str] = []
    for character in text:
        if (closing := _OPENS.get(character)) is not None:
            expected.append(closing)
        elif (character in "\u202c\u2069" and (not expected or expected.pop() != character)) or (
            character in _LINE_ENDS and expected
        ):
            return False
    return not expected


def _is_seen(character: str) -> bool:
    if _UNSEEN.match(character):
        return False
    return unicodedata.category(character) not in _NEVER_SEEN or character in _SEEN_FORMATS


def is_storable(text: str) -> bool:
    """Return whether databases can store the text: it has neither NUL nor an unpaired surrogate."""
    return _UNSTORABLE.search(text) is None


_RULES: Sequence[tuple[TextRefusal, Callable[[str], bool]]] = (
    (TextCanBeStored, is_storable),
    (TextHasNoControlCharacters, lambda text: not _CONTROL.search(text)),
    (TextHasNoNoncharacters, lambda text: not _NONCHARACTER.search(text)),
    (TextClosesItsBidirectionalMarks, lambda text: not _BIDIRECTIONAL.search(text) or _closes_its_marks(text)),
    (TextHasSomethingToSee, lambda text: any(map(_is_seen, text))),
)


def text_refusal(text: str) -> TextRefusal | None:
    """Return the rule that the text breaks, or None when people can read it."""
    if text.isascii() and text.isprintable() and text.strip():  # most texts, and all names in clear
        return None
    return next((refusal for refusal, holds in _RULES if not holds(text)), None)


def storable(text: str) -> str:
    """Return the text if databases can store it.

    Raises:
        ValueError: it has NUL or an unpaired surrogate.
    """
    if not is_storable(text):
        raise ValueError("this text cannot be stored")
    return text


def check_texts(facts: Iterable[BaseModel]) -> None:
    """Check that people can read every text of these facts.

    Raises:
        Refusal: a text breaks a rule; the refusal's field is the place of the text.
    """
    for fact in facts:
        for place, text in _texts_of(fact, ""):
            if (refusal := text_refusal(text)) is not None:
                raise refusal(field=place)


def _texts_of(value: object, place: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a value with their places, spelt as in HTTP requests."""
    if isinstance(value, str):
        yield place.removeprefix("."), value
    elif isinstance(value, BaseModel):
        for name, spelt in _fields_of(type(value)):
            yield from _texts_of(getattr(value, name), f"{place}.{spelt}")
    elif isinstance(value, Mapping):
        for key, each in sorted(value.items()):  # of several refusals the same one, in whatever order they were sent
            yield from _texts_of(each, f"{place}.{key}")
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _texts_of(each, f"{place}.{number}")


@cache
def _fields_of(kind: type[BaseModel]) -> Sequence[tuple[str, str]]:
    """Return the fields of a type, each as the door spells it too: to spell one takes longer than to check its text."""
    return tuple((name, _ASKED_AS.get(name) or to_camel(name)) for name in kind.model_fields)
