"""Finds codes that name a person, an organisation or an account: FIN, VÖEN, passports, insurance numbers, IBAN."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from stdnum import iban

from application.screening.finding import Finding, Kind

_BEFORE, _AFTER = 40, 30  # characters within which the label of a code stands
# Seven characters of digits and letters, both of them, without I and O.
_FIN: Final = re.compile(r"\b(?=[a-z0-9]*\d)(?=[a-z0-9]*[a-z])[a-hj-np-z0-9]{7}\b")
_FIN_LABEL: Final = re.compile(
    r"\b(?:fin|pin|фин|пин|şəxsiyyət\w*|şv|идентификац\w*|fərdi|finkod\w*|id card|الرقم الشخصي|فين)\b"
)
_TAX_NUMBER: Final = re.compile(r"(?<!\d)\d(?:[ -]?\d){9}(?!\d)")
_TAX_LABEL: Final = re.compile(r"\b(?:vöen\w*|voen\w*|воен|вöен|инн|vergi\w*|tax (?:id|number)|tin|الرقم الضريبي)\b")
_IBAN: Final = re.compile(r"\b[a-z] ?[a-z] ?\d ?\d(?:[ -]{0,3}[a-z0-9]){11,30}\b")
_GROUP: Final = re.compile(r"[a-z0-9]+")
_SHORTEST_IBAN: Final = 15
_IBAN_LENGTHS: Final[Mapping[str, int]] = MappingProxyType({"az": 28, "ge": 22, "tr": 26})
_WITHOUT_LABEL: Final = re.compile(
    r"\b(?:azе|aze|aa|ав|ab) ?(?:-|no)? ?\d{7,8}\b"  # series of Azerbaijani passports and identity cards
    r"|(?:pas+port\w*|паспорт\w*|و?جواز\w*)\W+(?:\w+\W+){0,2}(?:[a-zа-я] ?\d{7,8}|\d{4}\W+(?:\w+\W+)?\d{6})"
    r"|\b\d{4} ?\d{6}(?= .{0,10}паспорт)"
    r"|\b\d{3}-\d{3}-\d{3}[ -]\d{2}\b"  # a Russian insurance number
)


def codes(text: str) -> Iterator[Finding]:
    """Yield the codes of a text that `plain` has made."""
    for pattern, label in ((_FIN, _FIN_LABEL), (_TAX_NUMBER, _TAX_LABEL)):
        for code in pattern.finditer(text):
            before, after = text[max(0, code.start() - _BEFORE) : code.start()], text[code.end() : code.end() + _AFTER]
            if label.search(before) or label.search(after):
                yield Finding(Kind.CODE, code.start(), code.end())
    for begun in _IBAN.finditer(text):
        if (end := _end_of_account(text, begun)) is not None:
            yield Finding(Kind.CODE, begun.start(), end)
    for document in _WITHOUT_LABEL.finditer(text):
        yield Finding(Kind.CODE, document.start(), document.end())


def _end_of_account(text: str, begun: re.Match[str]) -> int | None:
    """Return where an account's number ends, among the words that may belong to it."""
    compact = ""
    for group in _GROUP.finditer(text, begun.start(), begun.end()):
        compact += group.group()
        # Of the right length, it is meant for one even if it is mistyped.
        if len(compact) == _IBAN_LENGTHS.get(compact[:2]) or (
            len(compact) >= _SHORTEST_IBAN and iban.is_valid(compact)
        ):
            return group.end()
    return None
