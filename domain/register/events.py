"""What happens to the register of resources; all of it is public, and one stream holds it in its order.

One stream, because the rule that an element has one holder must hold at every moment.
"""

from datetime import date
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from domain.event import Event
from domain.register.values import (
    MOST_ELEMENTS,
    DataElement,
    Elements,
    Integration,
    RegisterRules,
    ResourceDescription,
)
from domain.values import Element, Instant, Line, Slug, Text

Approval: TypeAlias = Literal["establish", "take_into_use"]
"""What an approving body is asked: whether a resource may be established, and later whether it may be used."""

Verdict: TypeAlias = Literal["positive", "negative", "dismissed"]
"""An approving body's answer; dismissed: it is not its business."""


class CoordinatorNamed(Event):
    """An agency is the coordinator from a date on, which begins at that instant; `act` is the act that says so."""

    topic: ClassVar[str] = "register.coordinator_named"

    agency: Slug
    from_date: date
    begins_at: Instant
    act: Line


class RegisterRulesSet(Event):
    """The coordinator's rules are these from now on."""

    topic: ClassVar[str] = "register.rules_set"
    schema_version: ClassVar[int] = 2

    rules: RegisterRules


class ElementsDefined(Event):
    """Data elements have joined the vocabulary; services and resources may name them."""

    topic: ClassVar[str] = "register.elements_defined"

    elements: Annotated[tuple[DataElement, ...], Field(min_length=1, max_length=MOST_ELEMENTS)]


class ElementRetitled(Event):
    """A data element has other titles; its name, type and meaning stay."""

    topic: ClassVar[str] = "register.element_retitled"

    element: Element
    title: Text


class ResourceProposed(Event):
    """An agency wants to establish a resource; a proposal that was refused may be made again, changed."""

    topic: ClassVar[str] = "register.resource_proposed"

    description: ResourceDescription


class ResourceJudged(Event):
    """An approving body has answered, with its reasons."""

    topic: ClassVar[str] = "register.resource_judged"

    resource: Slug
    approval: Approval
    body: Slug
    verdict: Verdict
    reasons: Text


class ResourceApproved(Event):
    """All approving bodies agree: the resource holds its elements from now on, and may be built."""

    topic: ClassVar[str] = "register.resource_approved"

    resource: Slug


class ResourceUseAsked(Event):
    """The owner has built the resource and asks to take it into use; its security was audited on that date."""

    topic: ClassVar[str] = "register.resource_use_asked"

    resource: Slug
    audited_on: date


class ResourceTakenIntoUse(Event):
    """All approving bodies agree: the resource is in use."""

    topic: ClassVar[str] = "register.resource_taken_into_use"

    resource: Slug


class ResourceIntegrated(Event):
    """The window can ask the resource from now on, so that nobody may ask applicants for what it answers.

    A resource that is integrated again has changed how it is asked.
    """

    topic: ClassVar[str] = "register.resource_integrated"

    resource: Slug
    integration: Integration


class ResourceChanged(Event):
    """The owner has notified a change of the resource, which was made on `changed_on`; notice was due by `due_on`."""

    topic: ClassVar[str] = "register.resource_changed"

    description: ResourceDescription
    changed_on: date
    due_on: date
    local_date: date


class ResourceRetired(Event):
    """The resource is used no longer; the successor, if there is one, holds what both of them held."""

    topic: ClassVar[str] = "register.resource_retired"

    resource: Slug
    local_date: date
    reasons: Text
    successor: Slug | None


class ResourceArchived(Event):
    """What the retired resource held is in an archive."""

    topic: ClassVar[str] = "register.resource_archived"

    resource: Slug
    archive: Line


class SharingAllowed(Event):
    """The coordinator lets a resource hold elements that another one holds, and says why to everybody."""

    topic: ClassVar[str] = "register.sharing_allowed"

    resource: Slug
    elements: Elements
    reasons: Text


class GrantAsked(Event):
    """An agency asks to use elements of a resource, for a purpose and on a legal ground."""

    topic: ClassVar[str] = "register.grant_asked"

    grant: Slug
    agency: Slug
    resource: Slug
    elements: Elements
    purpose: Text
    legal_basis: Line


class GrantGiven(Event):
    """The resource's owner has agreed."""

    topic: ClassVar[str] = "register.grant_given"

    grant: Slug


class GrantRefused(Event):
    """The resource's owner has not agreed; another grant may be asked for under the name."""

    topic: ClassVar[str] = "register.grant_refused"

    grant: Slug
    reasons: Text


class GrantEnded(Event):
    """One of the two agencies has ended the grant, or the one that asked for it wants it no longer."""

    topic: ClassVar[str] = "register.grant_ended"

    grant: Slug
    reasons: Text


RegisterEvent: TypeAlias = (
    CoordinatorNamed
    | RegisterRulesSet
    | ElementsDefined
    | ElementRetitled
    | ResourceProposed
    | ResourceJudged
    | ResourceApproved
    | ResourceUseAsked
    | ResourceTakenIntoUse
    | ResourceIntegrated
    | ResourceChanged
    | ResourceRetired
    | ResourceArchived
    | SharingAllowed
    | GrantAsked
    | GrantGiven
    | GrantRefused
    | GrantEnded
)
