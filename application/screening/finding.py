"""What screening finds, and where."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What was found, as the refusal names it."""

    PHONE = "a phone number"
    MAIL = "a mail address"
    WEB = "a web address"
    HANDLE = "a name in a messenger"
    CODE = "a personal code"


class Finding(NamedTuple):
    """Something by which somebody could be reached or named: from one character up to another, not included."""

    kind: Kind
    start: int
    end: int
