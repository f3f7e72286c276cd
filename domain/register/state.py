"""The state of the register after its events."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.layered import Layered
from domain.register.events import Verdict
from domain.register.values import DataElement, Integration, RegisterRules, ResourceDescription


class ResourceStatus(StrEnum):
    """How far the life of a resource has come."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    APPROVED = "approved"
    USE_ASKED = "use_asked"
    IN_USE = "in_use"
    INTEGRATED = "integrated"
    RETIRED = "retired"
    ARCHIVED = "archived"


HOLDING: Final = frozenset(
    {ResourceStatus.APPROVED, ResourceStatus.USE_ASKED, ResourceStatus.IN_USE, ResourceStatus.INTEGRATED}
)
"""The statuses in which a resource holds its elements, so that nobody else may."""


class GrantStatus(StrEnum):
    """What the owner and the agency have decided about a grant."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    ENDED = "ended"


class Naming(NamedTuple):
    """That an agency is the coordinator from an instant on, until the next naming begins, and by which act."""

    begins_at: datetime
    agency: str
    act: str


class ResourceState(NamedTuple):
    """A resource; `verdicts` are the answers of the approving bodies to what is pending."""

    description: ResourceDescription
    status: ResourceStatus
    verdicts: Mapping[str, Verdict] = MappingProxyType({})
    integration: Integration | None = None


class GrantState(NamedTuple):
    """That an agency may use elements of a resource, if the owner has agreed."""

    agency: str
    resource: str
    elements: frozenset[str]
    status: GrantStatus = GrantStatus.ASKED


class RegisterState(NamedTuple):
    """The register.

    Attributes:
        namings: who was named coordinator, in the order in which they begin.
        rules: what the coordinator decides by.
        elements: the vocabulary.
        resources: all resources, whatever their status.
        holding: element -> the resources that hold it. The first is the authoritative one; the coordinator has allowed
            the others, in the order in which they came to hold it.
        answering: element -> the integrated resources that the window can ask for it, in the order of their names.
        sharings: resource and element, where the coordinator allows that another resource holds the element too.
        grants: the terms of use, by their names.
        uses: agency and resource -> the grants that let the agency use the resource now.
    """

    namings: tuple[Naming, ...] = ()
    rules: RegisterRules = RegisterRules()
    elements: Layered[str, DataElement] = Layered()
    resources: Layered[str, ResourceState] = Layered()
    holding: Layered[str, tuple[str, ...]] = Layered()
    answering: Layered[str, tuple[str, ...]] = Layered()
    sharings: frozenset[tuple[str, str]] = frozenset()
    grants: Layered[str, GrantState] = Layered()
    uses: Layered[tuple[str, str], frozenset[str]] = Layered()

    def coordinator_at(self, at: datetime) -> str | None:
        """Return the agency that was, is or will be the coordinator at an instant; None before the first one."""
        naming = self.naming_at(at)
        return None if naming is None else naming.agency

    def naming_at(self, at: datetime) -> Naming | None:
        """Return the naming by which somebody is the coordinator at an instant; None before the first one begins."""
        return next((naming for naming in reversed(self.namings) if naming.begins_at <= at), None)

    def holder_of(self, element: str) -> str | None:
        """Return the authoritative resource of an element; None when nobody holds it."""
        return self.holding[element][0] if element in self.holding else None

    def answered(self, elements: Iterable[str]) -> dict[str, str]:
        """Return element -> an integrated resource that answers it, for those elements that one does answer."""
        return {name: self.answering[name][0] for name in elements if name in self.answering}

    def lets(self, agency: str, resource: str, element: str) -> bool:
        """Return whether a grant lets the agency use that element of the resource."""
        return any(element in self.grants[grant].elements for grant in self.uses.get((agency, resource), ()))
