"""The refusals of a service's commands, and of requests for it."""

from domain.refusals import InvalidInput, Refusal


class AgencyNotRegistered(InvalidInput):
    """The definition names an agency that is not registered."""


class ChoicesMissing(InvalidInput):
    """A question of type choice needs choices, each named once."""


class ChoicesWithoutChoice(InvalidInput):
    """Only a question of type choice has choices."""


class DeskNotOfAgency(InvalidInput):
    """The agency has no desk of this name."""


class ElementAskedTwice(InvalidInput):
    """Two questions ask for the same data element."""


class FirstStepMissing(InvalidInput):
    """The service needs a step that may be the first."""


class NewerVersionAlreadyPublished(Refusal):
    """A later version of the service is or was published already."""


class PrecedingStepUnknown(InvalidInput):
    """A step names a preceding step that the service does not have."""


class ServiceNamedOtherwise(InvalidInput):
    """The definition has another name than the service."""


class ServiceNotPublished(Refusal):
    """No version of the service is published."""


class ServiceOfAnotherAgency(Refusal):
    """The service belongs to another agency."""


class ServiceUnknown(Refusal):
    """There is no service of this name."""


class SilentApprovalWithoutTerm(InvalidInput):
    """Silent approval needs a legal term."""


class StepNamedTwice(InvalidInput):
    """Two steps have the same name."""


class VersionAlreadyPublished(Refusal):
    """The version is published already."""


class VersionAlreadySuperseded(Refusal):
    """A later version has replaced this one."""


class VersionAlreadyWithdrawn(Refusal):
    """The version was withdrawn."""


class VersionNotDrafted(Refusal):
    """The service has no such version."""
