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


class AppealBodyNotRegistered(InvalidInput):
    """The body that hears appeals is not an agency of the window."""


class AppealBodyWithoutTerm(InvalidInput):
    """Appeals need a term as well as a body that hears them."""


class ElementAskedTwice(InvalidInput):
    """The same data element is asked for twice, of the applicant or of a resource."""


class ElementOfAnotherType(Refusal):
    """The vocabulary says another type for an element that the service asks for."""


class ElementUndefined(Refusal):
    """The service asks for an element that the vocabulary does not have."""


class ElementsHeldByTheState(Refusal):
    """The service asks applicants for what an integrated state information resource holds (once only)."""


class ElementsNamePeople(Refusal):
    """Officials would read an element that can name a person, and the coordinator has recorded no ground for that."""


class EvidenceNotGranted(Refusal):
    """The agency has no grant to use an element that the service needs as evidence."""


class EvidenceSourceNotIntegrated(Refusal):
    """The window cannot ask the resource for an element that the service needs as evidence."""


class ExtensionWithoutTerm(InvalidInput):
    """Only a term can be extended."""


class LifeEventAsksNothing(InvalidInput):
    """A service that opens others has no questions, evidence, steps, term or forms of its own: those are theirs."""


class NothingToTellTheService(Refusal):
    """The published version fits the register, or its agency has been told already."""


class OpenedServiceNotInForce(Refusal):
    """A service that this one opens does not hold on the day on which this one begins, or opens others itself."""


class OpenedServiceUnknown(InvalidInput):
    """A service that this one opens does not exist, is named twice, or is this one."""


class FirstStepMissing(InvalidInput):
    """The service needs a step that may be the first."""


class FormNamedTwice(InvalidInput):
    """Two forms of messages for the same side have the same name."""


class NewerVersionAlreadyPublished(Refusal):
    """A later version of the service is or was published already."""


class PrecedingStepUnknown(InvalidInput):
    """A step names a preceding step that the service does not have."""


class ServiceIsALifeEvent(Refusal):
    """The service opens others: it is asked for as a life event, with a part for each of them."""


class ServiceNamedOtherwise(InvalidInput):
    """The definition has another name than the service."""


class NotTheWindow(Refusal):
    """Only the window itself compares services with the register."""


class OutputNamedTwice(InvalidInput):
    """Two outputs or two costs have the same name."""


class ServiceNotInForce(Refusal):
    """No published version of the service holds on this day."""


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


class TooManyOpenedServices(InvalidInput):
    """A life event opens 20 services at most."""


class ValidityBackwards(InvalidInput):
    """A version holds from today or a later day, and not until an earlier one."""


class VersionAlreadyPublished(Refusal):
    """The version is published already."""


class VersionAlreadySuperseded(Refusal):
    """A later version has replaced this one."""


class VersionAlreadyWithdrawn(Refusal):
    """The version was withdrawn."""


class VersionNotDrafted(Refusal):
    """The service has no such version."""
