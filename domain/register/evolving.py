"""Folds the register's events into its state."""

from collections.abc import Mapping
from typing import TypeVar

from domain.event import Event, UnknownEventError
from domain.register.events import (
    CoordinatorNamed,
    ElementRetitled,
    ElementsDefined,
    GrantAsked,
    GrantEnded,
    GrantGiven,
    GrantRefused,
    RegisterRulesSet,
    ResourceApproved,
    ResourceArchived,
    ResourceChanged,
    ResourceIntegrated,
    ResourceJudged,
    ResourceProposed,
    ResourceRetired,
    ResourceTakenIntoUse,
    ResourceUseAsked,
    SharingAllowed,
)
from domain.register.state import (
    HOLDING,
    GrantState,
    GrantStatus,
    Naming,
    RegisterState,
    ResourceState,
    ResourceStatus,
)

V = TypeVar("V")
_EMPTY = RegisterState()


def evolve(state: RegisterState | None, event: Event) -> RegisterState:  # noqa: PLR0911 - a table of the events
    """Return the register after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    before = state or _EMPTY
    match event:
        case CoordinatorNamed():
            namings = sorted((*before.namings, Naming(event.begins_at, event.agency)), key=lambda each: each.begins_at)
            return before._replace(namings=tuple(namings))  # sorting is stable: of two on one day the later one counts
        case RegisterRulesSet():
            return before._replace(rules=event.rules)
        case ElementsDefined():
            return before._replace(elements={**before.elements, **{each.name: each for each in event.elements}})
        case ElementRetitled():
            titled = before.elements[event.element].model_copy(update={"title": event.title})
            return before._replace(elements=_with(before.elements, event.element, titled))
        case SharingAllowed():
            return before._replace(sharings=before.sharings | {(event.resource, name) for name in event.elements})
        case GrantAsked():
            asked = GrantState(event.agency, event.resource, frozenset(event.elements))
            return before._replace(grants=_with(before.grants, event.grant, asked))
        case GrantGiven():
            return _granted(before, event.grant, GrantStatus.GIVEN)
        case GrantRefused():
            return _granted(before, event.grant, GrantStatus.REFUSED)
        case GrantEnded():
            return _granted(before, event.grant, GrantStatus.ENDED)
        case _:
            return _of_resource(before, event)


def _of_resource(before: RegisterState, event: Event) -> RegisterState:  # noqa: PLR0911 - a table of the events
    match event:
        case ResourceProposed():
            return _put(before, ResourceState(event.description, ResourceStatus.PROPOSED))
        case ResourceJudged():
            return _judged(before, event)
        case ResourceApproved():
            return _moved(before, event.resource, ResourceStatus.APPROVED)
        case ResourceUseAsked():
            return _moved(before, event.resource, ResourceStatus.USE_ASKED)
        case ResourceTakenIntoUse():
            return _moved(before, event.resource, ResourceStatus.IN_USE)
        case ResourceIntegrated():
            known = before.resources[event.resource]
            return _put(before, known._replace(status=ResourceStatus.INTEGRATED, integration=event.integration))
        case ResourceChanged():
            known = before.resources[event.description.slug]
            return _put(before, known._replace(description=event.description))
        case ResourceRetired():
            return _retired(before, event)
        case ResourceArchived():
            return _moved(before, event.resource, ResourceStatus.ARCHIVED)
        case _:
            raise UnknownEventError(event)


def _with(known: Mapping[str, V], name: str, value: V) -> Mapping[str, V]:
    return {**known, name: value}


def _granted(before: RegisterState, grant: str, status: GrantStatus) -> RegisterState:
    return before._replace(grants=_with(before.grants, grant, before.grants[grant]._replace(status=status)))


def _moved(before: RegisterState, slug: str, status: ResourceStatus) -> RegisterState:
    """Return the register with the resource in that status; the answers to the last question count no longer."""
    return _put(before, before.resources[slug]._replace(status=status, verdicts={}))


def _judged(before: RegisterState, event: ResourceJudged) -> RegisterState:
    known = before.resources[event.resource]
    if event.verdict == "negative":
        is_new = event.approval == "establish"
        return _moved(before, event.resource, ResourceStatus.REFUSED if is_new else ResourceStatus.APPROVED)
    return _put(before, known._replace(verdicts=_with(known.verdicts, event.body, event.verdict)))


def _retired(before: RegisterState, event: ResourceRetired) -> RegisterState:
    """Release what the resource held; the successor becomes authoritative for what both of them held."""
    was_first = [
        name
        for name in before.resources[event.resource].description.elements
        if before.holder_of(name) == event.resource
    ]
    after = _moved(before, event.resource, ResourceStatus.RETIRED)
    if event.successor is None:
        return after
    inherited = {
        name: (event.successor, *(each for each in after.holding[name] if each != event.successor))
        for name in was_first
        if event.successor in after.holding.get(name, ())
    }
    return after._replace(holding={**after.holding, **inherited})


def _put(before: RegisterState, resource: ResourceState) -> RegisterState:
    """Return the register with the resource, and with what follows from its status: who holds, and who answers."""
    slug = resource.description.slug
    known = before.resources.get(slug)
    after = before._replace(resources=_with(before.resources, slug, resource))
    if _held(known) != _held(resource):
        after = after._replace(holding=_listing(before.holding, slug, _held(resource)))
    if _answered(known) != _answered(resource):
        answering = _listing(before.answering, slug, _answered(resource))
        after = after._replace(answering={name: tuple(sorted(slugs)) for name, slugs in answering.items()})
    return after


def _held(resource: ResourceState | None) -> frozenset[str]:
    if resource is None or resource.status not in HOLDING:
        return frozenset()
    return frozenset(resource.description.elements)


def _answered(resource: ResourceState | None) -> frozenset[str]:
    if resource is None or resource.integration is None or resource.status is not ResourceStatus.INTEGRATED:
        return frozenset()
    return frozenset(resource.integration.elements)


def _listing(before: Mapping[str, tuple[str, ...]], slug: str, elements: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return the lists of resources by element, with this resource in the lists of exactly these elements."""
    after = dict(before)
    for name, slugs in before.items():
        if slug in slugs and name not in elements:
            after[name] = tuple(each for each in slugs if each != slug)
            if not after[name]:
                del after[name]
    for name in elements:
        if slug not in after.get(name, ()):
            after[name] = (*after.get(name, ()), slug)
    return after
