"""Finds phone numbers among rows of digits, and numbers of this country that are dealt out over a sentence."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import phonenumbers

from application.screening.digit_runs import Run, runs
from application.screening.file_names import file_names
from application.screening.finding import Finding, Kind
from application.screening.number_words import folded
from application.screening.spoken import digits_of, parts_of

_SHORTEST, _LONGEST = 7, 17  # digits
_SHORTEST_WITH_PLUS: Final = 10
_LONGEST_WITH_CUE: Final = 15  # digits of a number with a country's code (E.164)
_SHORTEST_WITH_TRUNK: Final = 9
_MANY_WORDS: Final = 6  # number words: nobody spells out so many for anything else
_TRUNKS: Final[Mapping[str, tuple[str, ...]]] = {
    "AZ": ("0", "994"),
    "RU": ("8", "7"),
    "TR": ("05", "90"),
    "GE": ("0", "995"),
}
_WITHOUT_TRUNK: Final = re.compile(r"\d\d\W+\d{3}\W+\d\d\W+\d\d")  # as it is grouped in Azerbaijan

_CUE: Final = re.compile(
    r"\b(?:zəng|zeng|telefon\w*|mobil\w*|əlaqə|elaqe|nömrəm\w*|nomrem\w*|yaz(?:ın|in|ıb|)"
    r"|phones?|call|ring|mobile|cell|text me|my number|reach me|dial|tel"
    r"|звони\w*|позвони\w*|телефон\w*|мобильн\w*|мой номер|номерок\w*|наберите"
    r"|вацап\w*|ватсап\w*|вотсап\w*|whats?app\w*|vatsap\w*|votsap\w*|wp"
    r"|اتصل\w*|هاتف\w*|رقمي|جوال\w*|موبايل\w*|واتساب\w*|واتس)\b"
)
_WHOLE_NUMBER: Final = re.compile(r"(?<!\d)\d{9,15}(?!\d)")
_CUE_BEFORE, _CUE_AFTER = 40, 30  # characters within which a cue stands
# Of "№" its reading is "no".
_REFERENCE: Final = re.compile(
    r"(?:\bno\.?|\bnömrəli|\bnömrəsi|\bномер\s+(?:дела|заявления|документа|счета)|\binvoice|\bref(?:erence)?\.?"
    r"|\bcase|\bкадастр\w*|\bkadastr\w*|\bиск\w*|فاتورة|\bhesab)\s*[:#]?\s*$"
)
_REFERENCE_BEFORE: Final = 25
# A device has such a number, whatever it looks like.
_SERIAL: Final = re.compile(
    r"\b(?:sayğac|plomb|seriya|serial|meter|счетчик|счётчик|зав\. ?no|серийн|عداد|تسلسلي)\w*[^.!?]{0,20}$"
)
_BEFORE_AN_ENTRY: Final = re.compile(r"(?:\bno\.?|\bnömrəli|\bnömrəsi|رقم)[:#]? ?$")  # in a journal: 055-318-24/07
_DAY, _MONTH, _YEAR = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])", "(?:19|20)[0-9]{2}"
_TIME: Final = "(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9]"
_DATE_OR_TIME: Final = re.compile(
    rf"(?<![\d.])(?:{_DAY}[./-]{_MONTH}[./-]{_YEAR}|{_YEAR}-{_MONTH}-{_DAY}|{_TIME}(?:-{_TIME})?)(?!\d)"
)

_AREA: Final = re.compile(r"0(?:1[0-9]|2[0-6]|36|4[04]|5[015]|60|7[07]|99)")  # codes of Azerbaijan, with the trunk's 0
_WORD: Final = re.compile(r"\w+")
# Not of a case number, a time or a sum.
_WORD_BY_ITSELF: Final = re.compile(r"(?<![\w.,/:])\w+(?![\w/:]|[.,]\d)")
_LONGEST_PIECE: Final = 4  # digits
_MOST_PIECES, _WORDS_APART, _WHOLE = 10, 5, 10


def phones(text: str) -> Iterator[Finding]:
    """Yield the phone numbers of a text that `plain` has made."""
    names = file_names(text)
    for run in _of_a_length(text):
        if len(run.digits) >= _SHORTEST:
            has_cue = _is_near_a_cue(text, run) and not any(start <= run.start < end for start, end in names)
            if _is_phone(text, run, has_cue=has_cue):
                yield Finding(Kind.PHONE, run.start, run.end)
    yield from _dealt_out(text)


def _of_a_length(text: str) -> Iterator[Run]:
    """Yield the rows of digits; of those that are too long for a number, what is written together."""
    for run in runs(text):
        if len(run.digits) <= _LONGEST:
            yield run
        else:
            for whole in _WHOLE_NUMBER.finditer(text, run.start, run.end):
                yield Run(whole.group(), whole.start(), whole.end(), has_plus=False, words=0)


def _is_near_a_cue(text: str, run: Run) -> bool:
    before, after = text[max(0, run.start - _CUE_BEFORE) : run.start], text[run.end : run.end + _CUE_AFTER]
    return _CUE.search(before) is not None or _CUE.search(after) is not None


def _is_phone(text: str, run: Run, *, has_cue: bool) -> bool:
    body = text[run.start : run.end]
    before = text[max(0, run.start - _REFERENCE_BEFORE) : run.start]
    if not has_cue and (_is_mostly_dates(body) or _is_of_a_thing(before, body)):
        return False
    if _has_a_country(text, run) or run.words >= _MANY_WORDS:
        return True
    if len(run.digits) >= _SHORTEST_WITH_TRUNK and any(
        run.digits.startswith(trunk) and _is_valid(run.digits, region) for region, trunk in _TRUNKS.items()
    ):
        return True
    if _REFERENCE.search(before):
        return False
    if has_cue:
        return len(run.digits) <= _LONGEST_WITH_CUE
    return _WITHOUT_TRUNK.fullmatch(body) is not None and _is_valid(run.digits, "AZ")


def _is_of_a_thing(before: str, body: str) -> bool:
    return _SERIAL.search(before) is not None or ("/" in body and _BEFORE_AN_ENTRY.search(before) is not None)


def _is_mostly_dates(body: str) -> bool:
    rest = _DATE_OR_TIME.sub(" ", body)
    return rest != body and sum(map(str.isdigit, rest)) < _SHORTEST


def _has_a_country(text: str, run: Run) -> bool:
    if run.has_plus:
        # After a digit the plus adds: 12 + 1234567890.
        adds = text[max(0, run.start - 2) : run.start].strip().isdigit()
        return _is_valid(f"+{run.digits}", None) or (len(run.digits) >= _SHORTEST_WITH_PLUS and not adds)
    return run.digits.startswith("00") and _is_valid(f"+{run.digits.lstrip('0')}", None)


def _is_valid(digits: str, region: str | None) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, region))
    except phonenumbers.NumberParseException:
        return False


def _dealt_out(text: str) -> Iterator[Finding]:
    """Yield numbers of this country whose pieces, as digits or words, stand up to five words apart."""
    pieces = [(word, digits) for word in _WORD_BY_ITSELF.finditer(text) if (digits := _few_digits(word.group()))]
    for index, (first, begun) in enumerate(pieces):
        if begun[0] != "0":
            continue
        whole, end = "", first.start()
        for piece, digits in pieces[index : index + _MOST_PIECES]:
            if whole and len(_WORD.findall(text[end : piece.start()])) > _WORDS_APART:
                break
            whole, end = whole + digits, piece.end()
            if len(whole) >= _WHOLE:
                break
        if len(whole) == _WHOLE and _AREA.match(whole) and _is_valid(whole, "AZ"):
            yield Finding(Kind.PHONE, first.start(), end)


def _few_digits(word: str) -> str:
    digits = digits_of(parts_of(folded(word)))
    return digits if len(digits) <= _LONGEST_PIECE else ""
