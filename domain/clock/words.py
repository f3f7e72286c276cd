"""The causes of a last day in words that a citizen understands, in Azerbaijani, English and Russian."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, TypeAlias, assert_never

from domain.calendar.values import LegalAct
from domain.clock.case_clock import Extension, OwedBy, Restart, Suspension
from domain.clock.causes import (
    Began,
    Cause,
    CountedTo,
    Moved,
    NotShortened,
    NotWorked,
    Shifted,
    Stated,
    Worked,
)
from domain.values import Term

Words: TypeAlias = Mapping[str, str]

_BEGAN: Final = {
    "az": "Müddət {on} tarixindən hesablanır; həmin gün özü sayılmır.",
    "en": "The term is counted from {on}; that day itself does not count.",
    "ru": "Срок считается с {on}; сам этот день не учитывается.",
}
_BEGAN_WITH: Final = {
    "az": "Müddət {on} tarixindən hesablanır; həmin gün də sayılır.",
    "en": "The term is counted from {on}; that day counts.",
    "ru": "Срок считается с {on}; этот день учитывается.",
}
_RESTART: Final = {
    "az": "Qərar əsasında müddət yenidən başlayıb: {order}.",
    "en": "An order has let the term begin anew: {order}.",
    "ru": "По решению срок начался заново: {order}.",
}
_STATED: Final = {
    "az": "İşin qəbul edildiyi sistem son gün kimi {day} tarixini göstərmişdi.",
    "en": "The system from which the case was taken over had stated {day} as the last day.",
    "ru": "Система, из которой принято дело, указала последним днём {day}.",
}
_COUNTED: Final = {
    "az": "{term} hesablanıb, {day} tarixinədək.",
    "en": "{term} were counted, up to {day}.",
    "ru": "Отсчитано: {term}, до {day}.",
}
_NOT_WORKED: Final = {
    "az": "{days} sayılmayıb: bu aktla qeyri-iş günüdür: {act}.",
    "en": "{days} did not count: days off by {act}.",
    "ru": "{days} не учитывается: выходной по акту: {act}.",
}
_WORKED: Final = {
    "az": "{days} sayılıb: bu aktla iş günüdür: {act}.",
    "en": "{days} did count: working days by {act}.",
    "ru": "{days} учитывается: рабочий день по акту: {act}.",
}
_PAUSED: Final = {
    "az": "Müddət {since} tarixindən sonra, {until} tarixinədək dayandırılmışdı: {who} ({ground}).",
    "en": "The term did not run after {since}, up to {until}: {who} ({ground}).",
    "ru": "Срок не шёл после {since}, до {until}: {who} ({ground}).",
}
_PAUSE_LASTS: Final = {
    "az": "Müddət {since} tarixindən sonra dayandırılıb: {who} ({ground}).",
    "en": "The term does not run since {since}: {who} ({ground}).",
    "ru": "Срок не идёт с {since}: {who} ({ground}).",
}
_EXTENDED: Final = {
    "az": "Müddət {on} tarixində uzadılıb: {term} ({ground}).",
    "en": "The term was extended on {on} by {term} ({ground}).",
    "ru": "Срок продлён {on}: {term} ({ground}).",
}
_SHIFTED: Final = {
    "az": "Son gün {day} tarixindən {to} tarixinə keçirilib: qeyri-iş günü idi və ya iş günləri az idi.",
    "en": "The last day was moved from {day} to {to}: it was a day off, or the term had too few working days.",
    "ru": "Последний день перенесён с {day} на {to}: он был выходным, или рабочих дней было слишком мало.",
}
_MOVED: Final = {
    "az": "Sonradan məlum olan akt son günü {day} tarixindən {to} tarixinə keçirib: {act}.",
    "en": "An act that became known later has moved the last day from {day} to {to}: {act}.",
    "ru": "Акт, ставший известным позже, перенёс последний день с {day} на {to}: {act}.",
}
_KEPT: Final = {
    "az": "Bu akt gedən müddəti qısaldardı, qanun buna yol vermir; son gün {day} qalır: {act}.",
    "en": "This act would have made the running term shorter, and the law does not let it; {day} stays: {act}.",
    "ru": "Этот акт сократил бы идущий срок, закон этого не допускает; остаётся {day}: {act}.",
}
_OWED: Final[Mapping[OwedBy, Words]] = {
    "applicant": {
        "az": "ərizəçinin cavabı gözlənilir",
        "en": "the applicant's answer is awaited",
        "ru": "ожидается ответ заявителя",
    },
    "resource": {
        "az": "dövlət reyestrinin cavabı gözlənilir",
        "en": "a state register's answer is awaited",
        "ru": "ожидается ответ государственного реестра",
    },
}
_DAYS: Final[Mapping[str, Words]] = {
    "working": {"az": "{days} iş günü", "en": "{days} working days", "ru": "рабочих дней: {days}"},
    "calendar": {"az": "{days} təqvim günü", "en": "{days} calendar days", "ru": "календарных дней: {days}"},
}
_KINDS: Final[Mapping[type[Cause], str]] = {
    Began: "began",
    Restart: "restarted",
    Stated: "stated",
    CountedTo: "counted",
    NotWorked: "not_worked",
    Worked: "worked",
    Suspension: "suspended",
    Extension: "extended",
    Shifted: "shifted",
    Moved: "moved",
    NotShortened: "not_shortened",
}
LANGUAGES: Final = ("az", "en", "ru")


def kind_of(cause: Cause) -> str:
    """Return the name of the kind of cause."""
    return _KINDS[type(cause)]


def in_words(cause: Cause) -> Words:  # noqa: C901, PLR0911 - a table of the causes
    """Return the cause as a sentence in each language; dates are written as ISO 8601 has them."""
    match cause:
        case Began():
            return _said(_BEGAN_WITH if cause.first_day_counted else _BEGAN, on=_each(cause.on))
        case Restart():
            return _said(_RESTART, order=_each(cause.order))
        case Stated():
            return _said(_STATED, day=_each(cause.last_day))
        case CountedTo():
            return _said(_COUNTED, term=_term(cause.term), day=_each(cause.last_day))
        case NotWorked():
            return _said(_NOT_WORKED, days=_each(_days(cause.days)), act=_act(cause.act))
        case Worked():
            return _said(_WORKED, days=_each(_days(cause.days)), act=_act(cause.act))
        case Suspension():
            return _suspension(cause)
        case Extension():
            return _said(_EXTENDED, on=_each(cause.on), term=_term(cause.by), ground=_each(cause.ground))
        case Shifted():
            return _said(_SHIFTED, day=_each(cause.counted_to), to=_each(cause.last_day))
        case Moved():
            return _said(_MOVED, day=_each(cause.before), to=_each(cause.after), act=_act(cause.act))
        case NotShortened():
            return _said(_KEPT, day=_each(cause.last_day), act=_act(cause.act))
        case _:
            assert_never(cause)


def _suspension(cause: Suspension) -> Words:
    since, until = cause.pause
    who, ground = _OWED[cause.owed_by], _each(cause.ground)
    if until is None:
        return _said(_PAUSE_LASTS, since=_each(since), who=who, ground=ground)
    return _said(_PAUSED, since=_each(since), until=_each(until), who=who, ground=ground)


def _said(sentence: Words, **parts: Words) -> Words:
    return {
        language: text.format_map({name: words[language] for name, words in parts.items()})
        for language, text in sentence.items()
    }


def _each(value: date | str) -> Words:
    return dict.fromkeys(LANGUAGES, value if isinstance(value, str) else value.isoformat())


def _days(days: Sequence[date]) -> str:
    return ", ".join(day.isoformat() for day in days)


def _term(term: Term) -> Words:
    return {language: text.format(days=term.days) for language, text in _DAYS[term.kind].items()}


def _act(act: LegalAct) -> Words:
    any_title = next(iter(act.title.values()))
    marks = f"№ {act.number}, {act.published_on.isoformat()}"
    return {language: f"{act.title.get(language, any_title)}, {marks}" for language in LANGUAGES}
