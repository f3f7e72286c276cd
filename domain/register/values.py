"""The parts of the register: data elements, resources, how a resource is asked, the coordinator's rules."""

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.subscription.endpoint import Endpoint
from domain.values import Element, Line, Slug, Term, Text, Value, ValueType

MOST_ELEMENTS: Final = 200
"""The most data elements of one resource, one grant and one act of the coordinator."""

Elements: TypeAlias = Annotated[tuple[Element, ...], Field(min_length=1, max_length=MOST_ELEMENTS)]

Transport: TypeAlias = Literal["http", "kafka"]
"""How a resource is asked for evidence."""

PublicKey: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
"""The 32 bytes of a public key on Curve25519, base64url without padding (RFC 8037)."""

LONGEST_SECONDS: Final = 31_536_000
"""The most seconds of a service level: a year."""

Seconds: TypeAlias = Annotated[int, Field(ge=1, le=LONGEST_SECONDS)]


class DataElement(Value):
    """A named, typed thing that registers hold; `identifies_person` says whether its value can name a person."""

    name: Element
    type: ValueType
    title: Text
    identifies_person: bool = False


class ResourceDescription(Value):
    """A state information resource as its owner describes it.

    `contact` is an office, not a person. `software` names the systems that it runs on, which several owners may share.
    """

    slug: Slug
    owner: Slug
    title: Text
    description: Text
    legal_basis: Line
    elements: Elements
    security_class: Line
    audited_on: date | None = None
    contact: Line
    software: Annotated[tuple[Line, ...], Field(max_length=20)] = ()


class Integration(Value):
    """How an integrated resource is asked, and for what.

    Attributes:
        elements: what it answers, all of it among the elements that it holds.
        identifier: the element that names the person in a request; nothing else about a person leaves the window.
        transport, endpoint: how it is asked; the endpoint is its address over HTTP.
        acknowledged_within, answered_within: its service level, in seconds.
        preview_required: whether the applicant must see what it answers before that is used.
        sealing_key: the X25519 key that the identifier is sealed for.
        signing_key: the Ed25519 key that its answers are signed with.
    """

    elements: Elements
    identifier: Element
    transport: Transport
    endpoint: Endpoint | None = None
    acknowledged_within: Seconds
    answered_within: Seconds
    preview_required: bool = False
    sealing_key: PublicKey
    signing_key: PublicKey


class DrawKeeper(Value):
    """A body that keeps draws honest; `key` is its Ed25519 key, with which it signs the chains that it anchors."""

    id: UUID
    name: Slug
    key: PublicKey


class DrawRules(Value):
    """What draws need.

    Attributes:
        keepers: who reveals a share of every draw; none means that the window is its own only keeper.
        cosignatures: how many witnesses must have cosigned a checkpoint before a keeper reveals anything.
        late_after: minutes after which a keeper is late, and its share is recovered.
        guardians: three X25519 keys of bodies that keep a part of every keeper's secret; none means that no share can
            be recovered.
    """

    keepers: Annotated[tuple[DrawKeeper, ...], Field(max_length=20)] = ()
    cosignatures: Annotated[int, Field(ge=0, le=20)] = 0
    late_after: Annotated[int, Field(ge=1, le=10_080)] = 60
    guardians: Annotated[tuple[PublicKey, ...], Field(max_length=3)] = ()


class RegisterRules(Value):
    """What the coordinator decides by, as data: countries differ.

    Attributes:
        approving_bodies: the agencies that must agree before a resource is established, and before it is used; none
            means that the coordinator alone does.
        change_notice: the term in which a change of structure is notified.
        adaptation: the term in which a service publishes a version that fits a resource that has come or gone.
        preview: the term in which an applicant looks at what would be used about them.
        longest_wait: the term after which evidence that was asked for is waited for no longer, whatever was promised.
        draw: what draws of officials need.
    """

    approving_bodies: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    change_notice: Term = Term(days=20, kind="calendar")
    adaptation: Term = Term(days=30, kind="calendar")
    preview: Term = Term(days=14, kind="calendar")
    longest_wait: Term = Term(days=90, kind="calendar")
    draw: DrawRules = DrawRules()
