"""Says which agencies an event of the register concerns, so that it comes to their feeds."""

from domain.event import Event
from domain.register.events import (
    CoordinatorNamed,
    ElementRetitled,
    ElementsDefined,
    GrantAsked,
    GrantEnded,
    GrantGiven,
    GrantRefused,
    RegisterRulesSet,
    ResourceChanged,
    ResourceProposed,
)
from domain.register.state import RegisterState


def concerned(register: RegisterState, event: Event) -> tuple[str, ...]:
    """Return the owner of the resource, the agency that uses it, the coordinator named; all approving bodies if asked.

    What is about the vocabulary and the rules concerns nobody in particular: it is public.
    """
    match event:
        case CoordinatorNamed():
            return tuple(dict.fromkeys(naming.agency for naming in register.namings[-2:]))
        case RegisterRulesSet() | ElementsDefined() | ElementRetitled():
            return ()
        case ResourceChanged():
            return (event.description.owner,)
        case ResourceProposed():
            return tuple(dict.fromkeys((event.description.owner, *register.rules.approving_bodies)))
        case GrantAsked() | GrantGiven() | GrantRefused() | GrantEnded():
            grant = register.grants[event.grant]
            return tuple(dict.fromkeys((register.resources[grant.resource].description.owner, grant.agency)))
        case _:
            resource = register.resources.get(getattr(event, "resource", ""))
            return () if resource is None else (resource.description.owner,)
