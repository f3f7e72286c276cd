"""Why a service may not be drafted, published, withdrawn or asked for."""

from domain.refusals import Refusal


class AgencyNotRegistered(Refusal):
    """The definition names an agency that is not registered."""


class ChoicesMissing(Refusal):
    """A question of type choice needs choices, each named once."""


class ChoicesWithoutChoice(Refusal):
    """Only a question of type choice has choices."""


class DeskNotOfAgency(Refusal):
    """The agency has no desk of this name."""


class ElementAskedTwice(Refusal):
    """Two questions ask for the same data element."""


class FirstStepMissing(Refusal):
    """None of the steps may be the first."""


class NewerVersionAlreadyPublished(Refusal):
    """A later version of the service is or was published already."""


class PrecedingStepUnknown(Refusal):
    """A step may follow a step that the service does not have."""


class ServiceNamedOtherwise(Refusal):
    """The definition has another name than the service."""


class ServiceNotPublished(Refusal):
    """No version of the service is published."""


class ServiceOfAnotherAgency(Refusal):
    """The service belongs to another agency."""


class SilentApprovalWithoutTerm(Refusal):
    """Silence can approve only what has a legal term."""


class StepNamedTwice(Refusal):
    """Two steps have the same name."""


class VersionAlreadyPublished(Refusal):
    """The version is published already."""


class VersionAlreadySuperseded(Refusal):
    """The version has given way to a later one."""


class VersionAlreadyWithdrawn(Refusal):
    """The version was withdrawn."""


class VersionNotDrafted(Refusal):
    """The service has no such version."""
