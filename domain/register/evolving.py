"""Folds the register's events into its state."""

from domain.event import Event, UnknownEventError
from domain.layered import Layered
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

_EMPTY = RegisterState()


def evolve(state: RegisterState | None, event: Event) -> RegisterState:  # noqa: PLR0911 - a table of the events
    """Return the register after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    before = state or _EMPTY
    match event:
        case CoordinatorNamed():
            named = Naming(event.begins_at, event.agency, event.act)
            namings = sorted((*before.namings, named), key=lambda each: each.begins_at)
            return before._replace(namings=tuple(namings))  # sorting is stable: of two on one day the later one counts
        case RegisterRulesSet():
            return before._replace(rules=event.rules)
        case ElementsDefined():
            return before._replace(elements=before.elements.updated({each.name: each for each in event.elements}))
        case ElementRetitled():
            titled = before.elements[event.element].model_copy(update={"title": event.title})
            return before._replace(elements=before.elements.updated({event.element: titled}))
        case SharingAllowed():
            return before._replace(sharings=before.sharings | {(event.resource, name) for name in event.elements})
        case GrantAsked():
            asked = GrantState(event.agency, event.resource, frozenset(event.elements))
            return before._replace(grants=before.grants.updated({event.grant: asked}))
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


def _granted(before: RegisterState, name: str, status: GrantStatus) -> RegisterState:
    """Return the register with the grant in that status, which lets the agency use the resource only while given."""
    grant = before.grants[name]._replace(status=status)
    place = (grant.agency, grant.resource)
    letting = before.uses.get(place, frozenset()) - {name}
    if status is GrantStatus.GIVEN:
        letting |= {name}
    return before._replace(
        grants=before.grants.updated({name: grant}),
        uses=before.uses.updated({place: letting}) if letting else before.uses.updated({}, without=(place,)),
    )


def _moved(before: RegisterState, slug: str, status: ResourceStatus) -> RegisterState:
    """Return the register with the resource in that status; the answers to the last question count no longer."""
    return _put(before, before.resources[slug]._replace(status=status, verdicts={}))


def _judged(before: RegisterState, event: ResourceJudged) -> RegisterState:
    known = before.resources[event.resource]
    if event.verdict == "negative":
        is_new = event.approval == "establish"
        return _moved(before, event.resource, ResourceStatus.REFUSED if is_new else ResourceStatus.APPROVED)
    return _put(before, known._replace(verdicts={**known.verdicts, event.body: event.verdict}))


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
    return after._replace(holding=after.holding.updated(inherited))


def _put(before: RegisterState, resource: ResourceState) -> RegisterState:
    """Return the register with the resource, and with what follows from its status: who holds, and who answers."""
    slug = resource.description.slug
    known = before.resources.get(slug)
    return before._replace(
        resources=before.resources.updated({slug: resource}),
        holding=_listed(before.holding, slug, _held(known), _held(resource)),
        answering=_listed(before.answering, slug, _answered(known), _answered(resource), in_order=True),
    )


def _held(resource: ResourceState | None) -> frozenset[str]:
    if resource is None or resource.status not in HOLDING:
        return frozenset()
    return frozenset(resource.description.elements)


def _answered(resource: ResourceState | None) -> frozenset[str]:
    if resource is None or resource.integration is None or resource.status is not ResourceStatus.INTEGRATED:
        return frozenset()
    return frozenset(resource.integration.elements)


def _listed(
    lists: Layered[str, tuple[str, ...]],
    slug: str,
    before: frozenset[str],
    after: frozenset[str],
    *,
    in_order: bool = False,
) -> Layered[str, tuple[str, ...]]:
    """Return the lists of resources by element, with this resource in those of other elements than before."""
    if before == after:
        return lists
    left = {name: tuple(each for each in lists[name] if each != slug) for name in before - after}
    joined = {name: (*lists.get(name, ()), slug) for name in after - before}
    if in_order:
        joined = {name: tuple(sorted(slugs)) for name, slugs in joined.items()}
    emptied = [name for name, slugs in left.items() if not slugs]
    return lists.updated({name: slugs for name, slugs in (left | joined).items() if slugs}, without=emptied)
