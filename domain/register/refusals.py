"""The refusals of the register's commands."""

from domain.refusals import InvalidInput, Refusal


class AnsweredElementsKept(InvalidInput):
    """The window asks the resource for elements that the change drops; integrate it anew without them first."""


class ApprovalNotPending(Refusal):
    """Nobody has asked the approving bodies for this."""


class ApproverNotRegistered(InvalidInput):
    """An approving body is not an agency of the window."""


class DateInTheFuture(InvalidInput):
    """An audit or a change has happened already; its date is not later than today."""


class CoordinatorBeginsLater(InvalidInput):
    """The role passes on a later day: what was done before that must stay the act of whoever held it."""


class CoordinatorNotNamed(Refusal):
    """The register begins when the coordinator is named."""


class CoordinatorNotRegistered(InvalidInput):
    """The coordinator must be an agency of the window."""


class ElementAlreadyDefined(Refusal):
    """The vocabulary has an element of this name already."""


class ElementNamedTwice(InvalidInput):
    """An element is named twice."""


class ElementNotDefined(InvalidInput):
    """The vocabulary has no such element; only the coordinator adds elements."""


class ElementsHeldElsewhere(Refusal):
    """Another resource holds these elements already, and no exception allows that two do (one register)."""


class ElementsNotAnswered(Refusal):
    """The resource does not hold these elements."""


class EndpointNotOfTransport(InvalidInput):
    """A resource that is asked over HTTP needs an endpoint; one that is asked over Kafka has none."""


class GrantAlreadyAsked(Refusal):
    """A grant of this name was asked for already, and has not been refused."""


class GuardiansNotThree(InvalidInput):
    """There are three different guardians, or none."""


class KeeperNamedTwice(InvalidInput):
    """Two keepers have the same id, name or key."""


class GrantNotAsked(Refusal):
    """There is no grant of this name."""


class GrantNotGiven(Refusal):
    """The grant was refused or has ended."""


class GrantNotPending(Refusal):
    """The owner has answered already."""


class GrantOfAnotherAgency(Refusal):
    """The name belongs to another agency's grant."""


class GranteeNotRegistered(Refusal):
    """The agency that asks is not registered."""


class IdentifierDoesNotIdentify(InvalidInput):
    """The identifier must be an element that identifies a person."""


class KeyProtectsNothing(InvalidInput):
    """With this public key everybody could read what is sealed, or sign in the resource's name."""


class NotAnApprovingBody(Refusal):
    """Only an approving body judges resources."""


class NotTheCoordinator(Refusal):
    """Another agency is the coordinator at this time."""


class NotTheGrantee(Refusal):
    """Only the agency that would use the elements asks for them."""


class NotTheGranteeOrOwner(Refusal):
    """Only the agency that uses the elements and the one that owns the resource may do this."""


class NotTheOwner(Refusal):
    """Only the agency that owns the resource may do this."""


class OwnerNotRegistered(InvalidInput):
    """The description names an owner that is not an agency of the window."""


class ResourceAlreadyProposed(Refusal):
    """There is a resource of this name already."""


class ResourceKeepsItsOwner(InvalidInput):
    """A change names another owner than the resource has."""


class ResourceNotInStatus(Refusal):
    """The resource's life has not come so far, or is over."""


class ResourceUnknown(Refusal):
    """There is no resource of this name."""


class SuccessorUnknown(InvalidInput):
    """The successor must be another approved resource that is not retired."""
