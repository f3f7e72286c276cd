"""Why a message is not accepted: one name for each check, in the order in which they are made."""

from enum import StrEnum
from typing import Final
from uuid import UUID


class Fault(StrEnum):
    """What is wrong with a message. Everything before `OTHER_REQUEST` is checked of every message."""

    TOO_LARGE = "TooLarge"
    NOT_SEALED = "NotSealed"
    NOT_A_JWS = "NotAJws"
    OTHER_ALGORITHM = "OtherAlgorithm"
    OTHER_SIGNER = "OtherSigner"
    NOT_JSON = "NotJson"
    UNKNOWN_SPEC = "UnknownSpec"
    NOT_A_MESSAGE = "NotAMessage"
    UNREADABLE_TEXT = "UnreadableText"
    OTHER_RESOURCE = "OtherResource"
    OTHER_REQUEST = "OtherRequest"
    OTHER_HASH = "OtherHash"
    ELEMENT_NOT_ASKED = "ElementNotAsked"
    WRONG_TYPE = "WrongType"
    NOT_VALID_THEN = "NotValidThen"
    NOT_IN_TIME = "NotInTime"
    NOT_SEALED_FOR_IT = "NotSealedForIt"


PROVEN: Final = frozenset({Fault.ELEMENT_NOT_ASKED, Fault.WRONG_TYPE, Fault.NOT_VALID_THEN})
"""Faults of the resource's own word about this very request, which fail the request.

All others may be somebody else's doing, who has sent anything, or has sent again what was right elsewhere: they change
nothing, or anybody could fail a request.
"""


class NotAcceptedError(Exception):
    """A message is not accepted. The text repeats nothing that was sent but the names of its parts.

    Attributes:
        fault: what is wrong.
        place: the part that is wrong, if it is one.
        request_id: the request that the message names, as far as that can be read.
    """

    def __init__(self, fault: Fault, place: str | None = None, request_id: UUID | None = None) -> None:
        self.fault, self.place, self.request_id = fault, place, request_id
        super().__init__(f"{fault}: {place}" if place else str(fault))
