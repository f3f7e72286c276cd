"""The rules of an integration: how the window reaches a resource, and what it may ask of it."""

from domain.register.commands import ChangeResource, IntegrateResource
from domain.register.keys import protects_what_is_sealed, protects_what_is_signed
from domain.register.refusals import (
    AnsweredElementsKept,
    EndpointNotOfTransport,
    IdentifierDoesNotIdentify,
    KeyProtectsNothing,
)
from domain.register.rules import named_once, resource_holds
from domain.register.state import RegisterState, ResourceState, ResourceStatus
from domain.subscription.refusals import EndpointNotAllowed


def keeps_what_it_answers(command: ChangeResource, resource: ResourceState) -> None:
    """What the window asks the resource for stays in it until it is integrated anew without that."""
    if resource.integration is None or resource.status is not ResourceStatus.INTEGRATED:
        return
    if not set(command.description.elements).issuperset(resource.integration.elements):
        raise AnsweredElementsKept(field="description.elements")


def answers_what_it_holds(command: IntegrateResource, resource: ResourceState) -> None:
    """A resource answers only what it holds, each element once."""
    elements = command.integration.elements
    named_once(elements, "integration.elements")
    resource_holds(elements, resource, "integration.elements")


def identifier_identifies(command: IntegrateResource, state: RegisterState) -> None:
    """A request names the person by an element that identifies persons."""
    element = state.elements.get(command.integration.identifier)
    if element is None or not element.identifies_person:
        raise IdentifierDoesNotIdentify(field="integration.identifier")


def endpoint_is_of_the_transport(command: IntegrateResource, _: RegisterState) -> None:
    """HTTP needs an address to which the operator lets the window send, and Kafka has none."""
    integration = command.integration
    if (integration.transport == "http") != (integration.endpoint is not None):
        raise EndpointNotOfTransport(field="integration.endpoint")
    if not command.endpoint_allowed:
        raise EndpointNotAllowed(field="integration.endpoint")


def keys_protect(command: IntegrateResource, _: RegisterState) -> None:
    """Only the resource can open what is sealed for it, and sign in its name."""
    if not protects_what_is_sealed(command.integration.sealing_key):
        raise KeyProtectsNothing(field="integration.sealingKey")
    if not protects_what_is_signed(command.integration.signing_key):
        raise KeyProtectsNothing(field="integration.signingKey")
