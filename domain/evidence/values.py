"""The parts of evidence messages: bounded, and the same on every transport."""

from collections.abc import Hashable
from datetime import date
from typing import Annotated, Final, Literal, TypeAlias, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StrictStr, StringConstraints

from domain.register.values import MOST_ELEMENTS, Elements
from domain.subscription.endpoint import Endpoint
from domain.text import LONGEST_PROSE
from domain.values import LARGEST_NUMBER, Element, Line, Prose, Value

SPEC: Final = "pencere-evidence/1"
"""The protocol and its version. Another version is another protocol: what it means is not guessed."""

LARGEST_MESSAGE: Final = 256 << 10
"""The most bytes of a message's JSON."""

LONGEST_SEALED: Final = 64 << 10
"""The most characters of a sealed part."""

UUID_7: Final = 7
Each = TypeVar("Each", bound=Hashable)


def _of_version_7(given: UUID) -> UUID:
    if given.version != UUID_7:
        raise ValueError("an id is a UUID of version 7")
    return given


def _each_once(given: tuple[Each, ...]) -> tuple[Each, ...]:
    if len(set(given)) < len(given):
        raise ValueError("each is named once")
    return given


Spec: TypeAlias = Literal["pencere-evidence/1"]

MessageId: TypeAlias = Annotated[UUID, AfterValidator(_of_version_7)]
"""The id of a request or a dispute: a UUIDv7 that stays the same, however often it is sent."""

Digest: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hexadecimal."""

Sealed: TypeAlias = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$", max_length=LONGEST_SEALED
    ),
]
"""A compact JWE (RFC 7516) whose key is agreed directly, so that its second part is empty."""

Token: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""32 random bytes, base64url without padding."""

Assurance: TypeAlias = Literal["low", "substantial", "high"]
"""How sure the window is who the person is: the levels of eIDAS."""

Severity: TypeAlias = Literal["error", "preview_required"]

DisputeOutcome: TypeAlias = Literal["examining", "corrected", "confirmed", "refused"]
"""What a resource says to a dispute: it looks, it was wrong, it was right, or it does not deal with it."""

MediaType: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$")
]

SourceVersion: TypeAlias = Annotated[Line, StringConstraints(max_length=100)]
"""The version of the register's entry, as the resource counts it."""

AskedElements: TypeAlias = Annotated[Elements, AfterValidator(_each_once)]

EvidenceValue: TypeAlias = (
    Annotated[StrictStr, StringConstraints(min_length=1, max_length=LONGEST_PROSE)]
    | StrictBool
    | Annotated[StrictInt, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
)
"""The value of a data element; a fraction is a text, because there are no floats."""

EvidenceValues: TypeAlias = Annotated[dict[Element, EvidenceValue], Field(min_length=1, max_length=MOST_ELEMENTS)]


class EvidenceDocument(Value):
    """What a document is known by; its bytes do not travel in a message."""

    sha256: Digest
    size: Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
    media_type: MediaType


class SourceEntry(Value):
    """What a resource says of the entry of its register from which it answered.

    Its days and its number may be nobody else's: two cases that show the same ones would be seen to be one person's.

    Attributes:
        source_version: the entry's version, as the resource counts it.
        valid_from, valid_to: the days on which it holds; None where the register knows no bound.
        document: what the document is known by, if the answer is one.
    """

    source_version: SourceVersion
    valid_from: date | None = None
    valid_to: date | None = None
    document: EvidenceDocument | None = None


class ReplyTo(Value):
    """Where a resource that is asked over HTTP posts what it says later, with the token as its bearer token."""

    address: Endpoint
    token: Token


class Subject(Value):
    """Who a request is about, as it is sealed: the one identifier that this resource needs, for this request only."""

    request_id: MessageId
    element: Element
    value: Annotated[StrictStr, StringConstraints(min_length=1, max_length=LONGEST_PROSE)]


class Statement(Value):
    """What the person says against the register, as it is sealed, for this dispute only."""

    dispute_id: MessageId
    text: Prose
