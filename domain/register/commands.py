"""The commands of the register. Each has its time and its actor.

`local_date` is the date at that time in the time zone of the agency that the command is about; the code that builds the
command looks it up.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from domain.agency.state import AgencyState
from domain.envelope import Actor
from domain.register.events import Approval, Verdict
from domain.register.values import DataElement, Integration, RegisterRules, ResourceDescription
from domain.values import Text


@dataclass(frozen=True, slots=True)
class NameCoordinator:
    """Say which agency coordinates from a date on; `begins_at` is when that date begins in the agency's time zone."""

    at: datetime
    actor: Actor
    agency: AgencyState | None
    from_date: date
    begins_at: datetime
    act: str


@dataclass(frozen=True, slots=True)
class SetRegisterRules:
    """Decide by other rules; `registered` are those of the approving bodies that are agencies of the window."""

    at: datetime
    actor: Actor
    rules: RegisterRules
    registered: frozenset[str]


@dataclass(frozen=True, slots=True)
class DefineElements:
    """Add data elements to the vocabulary."""

    at: datetime
    actor: Actor
    elements: tuple[DataElement, ...]


@dataclass(frozen=True, slots=True)
class RetitleElement:
    """Give a data element other titles."""

    at: datetime
    actor: Actor
    element: str
    title: Text


@dataclass(frozen=True, slots=True)
class ProposeResource:
    """Ask to establish a resource; `owner` is the agency that the description names, if it is registered."""

    at: datetime
    actor: Actor
    description: ResourceDescription
    owner: AgencyState | None


@dataclass(frozen=True, slots=True)
class JudgeResource:
    """Answer, as an approving body, whether a resource may be established or taken into use."""

    at: datetime
    actor: Actor
    resource: str
    approval: Approval
    verdict: Verdict
    reasons: Text


@dataclass(frozen=True, slots=True)
class AskToUseResource:
    """Ask to take the built resource into use."""

    at: datetime
    actor: Actor
    resource: str
    audited_on: date
    local_date: date


@dataclass(frozen=True, slots=True)
class IntegrateResource:
    """Let the window ask the resource; `endpoint_allowed` says whether the operator lets the window send there."""

    at: datetime
    actor: Actor
    resource: str
    integration: Integration
    endpoint_allowed: bool


@dataclass(frozen=True, slots=True)
class ChangeResource:
    """Notify a change of a resource, with the date on which it was made."""

    at: datetime
    actor: Actor
    description: ResourceDescription
    changed_on: date
    local_date: date


@dataclass(frozen=True, slots=True)
class RetireResource:
    """Use a resource no longer."""

    at: datetime
    actor: Actor
    resource: str
    local_date: date
    reasons: Text
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class ArchiveResource:
    """Say in which archive the retired resource is."""

    at: datetime
    actor: Actor
    resource: str
    archive: str


@dataclass(frozen=True, slots=True)
class AllowSharing:
    """Let a resource hold what another one holds."""

    at: datetime
    actor: Actor
    resource: str
    elements: tuple[str, ...]
    reasons: Text


@dataclass(frozen=True, slots=True)
class AskForGrant:
    """Ask to use elements of a resource; `agency` asks, if it is registered."""

    at: datetime
    actor: Actor
    grant: str
    agency: AgencyState | None
    resource: str
    elements: tuple[str, ...]
    purpose: Text
    legal_basis: str


@dataclass(frozen=True, slots=True)
class GiveGrant:
    """Agree, as the resource's owner."""

    at: datetime
    actor: Actor
    grant: str


@dataclass(frozen=True, slots=True)
class RefuseGrant:
    """Do not agree, as the resource's owner."""

    at: datetime
    actor: Actor
    grant: str
    reasons: Text


@dataclass(frozen=True, slots=True)
class EndGrant:
    """End a grant, as one of its two agencies."""

    at: datetime
    actor: Actor
    grant: str
    reasons: Text


OfCoordination: TypeAlias = NameCoordinator | SetRegisterRules | DefineElements | RetitleElement | AllowSharing
OfResource: TypeAlias = (
    ProposeResource
    | JudgeResource
    | AskToUseResource
    | IntegrateResource
    | ChangeResource
    | RetireResource
    | ArchiveResource
)
OfGrant: TypeAlias = AskForGrant | GiveGrant | RefuseGrant | EndGrant
Command: TypeAlias = OfCoordination | OfResource | OfGrant
