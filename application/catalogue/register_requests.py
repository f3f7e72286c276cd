"""What the coordinator, owners, approving bodies and users of resources send about the register."""

from datetime import date
from typing import Annotated

from pydantic import Field

from application.request_document import RequestDocument, TrimmedLine
from domain.register.events import Approval, Verdict
from domain.register.values import MOST_ELEMENTS, DataElement, Elements, Integration, RegisterRules, ResourceDescription
from domain.values import Slug, Text


class CoordinatorNaming(RequestDocument):
    """Which agency coordinates from a date on, by which act."""

    agency: Slug
    from_date: date
    act: TrimmedLine


class RulesSetting(RequestDocument):
    """The coordinator's rules."""

    rules: RegisterRules


class ElementsDefinition(RequestDocument):
    """Data elements that join the vocabulary."""

    elements: Annotated[tuple[DataElement, ...], Field(min_length=1, max_length=MOST_ELEMENTS)]


class ElementRetitling(RequestDocument):
    """Other titles of a data element."""

    title: Text


class SharingAllowance(RequestDocument):
    """Elements that the resource may hold although another one does, and why."""

    elements: Elements
    reasons: Text


class ResourceProposal(RequestDocument):
    """A resource that its owner wants to establish."""

    description: ResourceDescription


class ResourceJudgement(RequestDocument):
    """An approving body's answer, and its reasons."""

    approval: Approval
    verdict: Verdict
    reasons: Text


class UseRequest(RequestDocument):
    """When the security of the built resource was audited."""

    audited_on: date


class ResourceIntegration(RequestDocument):
    """How the window asks the resource, and for what."""

    integration: Integration


class ResourceChangeNotice(RequestDocument):
    """The resource as it is since a date."""

    description: ResourceDescription
    changed_on: date


class ResourceRetirement(RequestDocument):
    """Why a resource is used no longer, and which one holds its elements from now on."""

    reasons: Text
    successor: Slug | None = None


class ResourceArchiving(RequestDocument):
    """In which archive the resource is."""

    archive: TrimmedLine


class GrantRequest(RequestDocument):
    """Which elements of which resource an agency wants to use, for what, on which legal ground."""

    resource: Slug
    elements: Elements
    purpose: Text
    legal_basis: TrimmedLine


class GrantAgreement(RequestDocument):
    """Agreeing needs no members."""


class GrantRefusal(RequestDocument):
    """Why the owner does not agree."""

    reasons: Text


class GrantEnding(RequestDocument):
    """Why the grant ends."""

    reasons: Text
