"""Finds the names by which people are found in messengers and social networks."""

import re
from collections.abc import Iterator
from typing import Final

from application.screening.file_names import is_file_name
from application.screening.finding import Finding, Kind

_MESSENGER_STEMS: Final = (
    r"telegram\w*|teleqram\w*|telega\w*|телег\w*|телеграм\w*|тг|tg|whats?app\w*|whatsup|vatsap\w*|votsap\w*|вацап\w*"
    r"|ватсап\w*|вотсап\w*|insta(?:m|da|ya|dan)?|instagram\w*|instaqram\w*|инст\w*|facebook\w*|feysbuk\w*|фейсбук\w*|fb|viber\w*"
    r"|вайбер\w*|skype\w*|skayp\w*|скайп\w*|signal|tiktok\w*|тикток\w*|вк|vk|вконтакте|discord\w*|дискорд\w*|snapchat\w*"
    r"|snap|wechat\w*|twitter\w*|linkedin\w*|imo|واتساب|واتس|تلغرام|تليجرام|تيليجرام|انستغرام|انستقرام|انستا|فيسبوك"
    r"|سناب\w*"
)
_MESSENGER: Final = re.compile(rf"\b(?:{_MESSENGER_STEMS})\b")
_NEAR: Final = 40  # characters before and after the messenger's name
_CANDIDATE: Final = re.compile(r"(?:@ ?|\b(?:собака|собачка) |\bat )?[a-zа-я][\w.-]{3,}")
_SAYS_AT: Final = ("@", "собака", "собачка")
_SAYS_UNDERSCORE: Final = re.compile(
    r"\b(?:underscore|alt xətt|нижнее подч[её]ркивание|подч[её]ркивание|شرطة سفلية|andersko\w+)\b"
)
_LOOKS_CHOSEN: Final = re.compile(r"[\d_]|\w\.\w")  # a name that somebody chose, not a word
_MADE_BY_A_PHONE: Final = re.compile(r"(?:img|vid|ptt|aud|doc)[-_]")
_WITH_SIGN: Final = re.compile(r"(?<![\w.@])@ ?[^\W\d_][\w.]{2,}")
_LABELLED: Final = re.compile(rf"\b(?:{_MESSENGER_STEMS}) ?[:=-]+ ?(?P<name>@?[a-z][\w.]{{3,}})")
_WITH_UNDERSCORE: Final = re.compile(r"(?<![\w./-])[a-z][a-z0-9.]*+_[a-z0-9_.]++")
_FIND_ME: Final = re.compile(
    r"\b(?:tap\w*|yaz\w*|find|write|dm|text|пиши\w*|ищи\w*|найд\w*|напиши\w*|اكتب\w*|راسل\w*|teleg|tg|tq|тг)\b"
)
_FIND_BEFORE, _FIND_AFTER = 40, 30


def handles(text: str) -> Iterator[Finding]:
    """Yield the names in messengers of a text that `plain` has made."""
    for signed in _WITH_SIGN.finditer(text):
        yield Finding(Kind.HANDLE, signed.start(), signed.end())
    for labelled in _LABELLED.finditer(text):
        if not is_file_name(labelled["name"].rstrip(".")):
            yield Finding(Kind.HANDLE, labelled.start(), labelled.end())
    for messenger in _MESSENGER.finditer(text):
        start, end = messenger.span()
        for around in (text[end : end + _NEAR], text[max(0, start - _NEAR) : start]):
            if _SAYS_UNDERSCORE.search(around) or any(
                _is_handle(name.group().rstrip(".-")) for name in _CANDIDATE.finditer(around)
            ):
                yield Finding(Kind.HANDLE, start, end)
    for name in _WITH_UNDERSCORE.finditer(text):
        start, end = name.start(), name.start() + len(name.group().rstrip("."))
        before, after = text[max(0, start - _FIND_BEFORE) : start], text[end : end + _FIND_AFTER]
        if not is_file_name(text[start:end]) and (_FIND_ME.search(before) or _FIND_ME.search(after)):
            yield Finding(Kind.HANDLE, start, end)


def _is_handle(name: str) -> bool:
    bare = name.lstrip("@ ")
    if is_file_name(name) or _MADE_BY_A_PHONE.match(bare):
        return False
    has_latin = any("a" <= letter <= "z" for letter in bare)
    return name.startswith(_SAYS_AT) or (has_latin and _LOOKS_CHOSEN.search(bare) is not None)
