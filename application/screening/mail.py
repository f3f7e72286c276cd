"""Finds mail addresses: with their signs, with signs spelled out, and a provider's name alone ("gmail com")."""

import re
from collections.abc import Iterator
from typing import Final

from application.screening.finding import Finding, Kind
from application.screening.spelled_signs import AT, DOT, LABEL, SPACED_DOT, has_dot_word, labels_of
from application.screening.top_level_domains import top_level_domain

PROVIDERS: Final = frozenset(
    "gmail mail yandex yahoo hotmail outlook icloud rambler bk inbox list protonmail proton box day live qmail gmayl"
    " meyl майл мейл джимейл гмайл яндекс рамблер инбокс جيميل هوتميل ياهو ياندكس".split()
)
_ENDINGS: Final = "(?:com|kom|ru|az|net|org|ком|ру|аз|كوم)"
_BEFORE: Final = 100  # characters in which the part before the at sign begins
_AT: Final = re.compile(AT)
_LOCAL: Final = re.compile(rf"[^\W_][\w+%-]*(?:{DOT}[\w+%-]+)*$")
_DOMAIN: Final = re.compile(rf"{LABEL}(?:{SPACED_DOT}{LABEL}){{1,3}}")
_PROVIDER_WITHOUT_DOT: Final = re.compile(rf"(?P<provider>[^\W\d_]{{2,20}}) {_ENDINGS}\b")
_PROVIDER: Final = re.compile(
    r"\b(?:gmail|mail|yandex|yahoo|hotmail|outlook|icloud|rambler|inbox|list|bk|майл|мейл|джимейл|гмайл|яндекс|рамблер"
    rf"|инбокс|جيميل|هوتميل|ياهو|ياندكس) (?:(?:dot|nöqtə|точка|tochka|نقطة|دوت) )?{_ENDINGS}\b"
)
_SPACE_AT_DOT: Final = re.compile(r"\. | \.")


def mail_addresses(text: str) -> Iterator[Finding]:
    """Yield the mail addresses of a text that `plain` has made."""
    for sign in _AT.finditer(text):
        earliest = max(0, sign.start() - _BEFORE)
        local = _LOCAL.search(text[earliest : sign.start()])
        if local is not None and (end := _end_of_domain(text, sign)) is not None:
            yield Finding(Kind.MAIL, earliest + local.start(), end)
    for provider in _PROVIDER.finditer(text):
        yield Finding(Kind.MAIL, provider.start(), provider.end())


def _end_of_domain(text: str, sign: re.Match[str]) -> int | None:
    domain = _DOMAIN.match(text, sign.end())
    if domain is not None and any(map(top_level_domain, labels_of(domain.group())[1:])):
        # "We met at noon. Az qaldı": between sentences.
        is_prose = (
            sign.group().strip().isalpha() and not has_dot_word(domain.group()) and _SPACE_AT_DOT.search(domain.group())
        )
        return None if is_prose else domain.end()
    alone = _PROVIDER_WITHOUT_DOT.match(text, sign.end())
    return alone.end() if alone is not None and alone["provider"] in PROVIDERS else None
