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
    ResourceRetired,
    ResourceUseAsked,
    SharingAllowed,
)
from domain.register.state import RegisterState


def concerned(register: RegisterState, event: Event) -> tuple[str, ...]:  # noqa: PLR0911 - a table of the events
    """Return the owner of the resource, the agency that uses it, the coordinator named; all approving bodies if asked.

    A new coordinator concerns the one before, an exception the holders of the elements, and a retirement the successor.
    What is about the vocabulary and the rules concerns nobody in particular: it is public.
    """
    match event:
        case CoordinatorNamed():
            until_then = [naming.agency for naming in register.namings if naming.begins_at <= event.begins_at]
            return tuple(dict.fromkeys(until_then[-2:]))
        case RegisterRulesSet() | ElementsDefined() | ElementRetitled():
            return ()
        case ResourceChanged():
            return (event.description.owner,)
        case ResourceProposed():
            return tuple(dict.fromkeys((event.description.owner, *register.rules.approving_bodies)))
        case ResourceUseAsked():
            return tuple(dict.fromkeys((*_owners(register, event.resource), *register.rules.approving_bodies)))
        case ResourceRetired():
            return _owners(register, event.resource, event.successor or "")
        case SharingAllowed():
            holders = [slug for name in event.elements for slug in register.holding.get(name, ())]
            return _owners(register, event.resource, *holders)
        case GrantAsked() | GrantGiven() | GrantRefused() | GrantEnded():
            grant = register.grants[event.grant]
            return tuple(dict.fromkeys((register.resources[grant.resource].description.owner, grant.agency)))
        case _:
            return _owners(register, getattr(event, "resource", ""))


def _owners(register: RegisterState, *resources: str) -> tuple[str, ...]:
    """Return who owns these resources, as far as they are known."""
    known = [register.resources[slug].description.owner for slug in resources if slug in register.resources]
    return tuple(dict.fromkeys(known))
