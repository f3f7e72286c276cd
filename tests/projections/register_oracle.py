"""The register as a plain fold of its events says, with nothing of the views' code: who holds what, and so on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.register import events as told
from domain.register.values import DataElement, RegisterRules
from projections.resource_register import types
from tests.projections.lived import Told

_HOLDING = ("approved", "use_asked", "in_use", "integrated")


@dataclass
class Known:
    """What is known of the register after some events."""

    namings: list[types.Coordination] = field(default_factory=list)
    rules: RegisterRules = field(default_factory=RegisterRules)
    rules_set_at: datetime | None = None
    elements: dict[str, DataElement] = field(default_factory=dict)
    holding: dict[str, list[str]] = field(default_factory=dict)
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    grants: dict[str, dict[str, Any]] = field(default_factory=dict)

    def elements_now(self) -> list[types.RegisteredElement]:
        """Return the vocabulary as a reader should get it."""
        return [
            types.RegisteredElement(
                name=name,
                definition=self.elements[name],
                holder=next(iter(self.holding.get(name, ())), None),
                shared_by=self.holding.get(name, [])[1:],
                answered_by=sorted(slug for slug in self.resources if name in self.answers(slug)),
            )
            for name in sorted(self.elements)
        ]

    def answers(self, slug: str) -> tuple[str, ...]:
        """Return what a resource answers."""
        resource = self.resources[slug]
        return resource["integration"].elements if resource["status"] == "integrated" else ()

    def resources_now(self) -> list[types.RegisteredResource]:
        """Return the resources as a reader should get them."""
        return [types.RegisteredResource(**self.resources[slug]) for slug in sorted(self.resources)]

    def grants_now(self) -> list[types.Grant]:
        """Return the grants as a reader should get them."""
        return [types.Grant(**self.grants[name]) for name in sorted(self.grants)]

    def record(self, slug: str) -> types.ResourceRecord:
        """Return what is on record about a resource."""
        lists = {name: each[::-1][:100] for name, each in self.records[slug].items()}
        return types.ResourceRecord(
            holds=sorted(n for n, slugs in self.holding.items() if slugs[:1] == [slug]), **lists
        )

    def coordinator(self, at: datetime) -> str | None:
        """Return the coordinator at an instant: of two that begin at once, the one named later."""
        begun = [each for each in self.namings if each.begins_at <= at]
        return max(reversed(begun), key=lambda each: each.begins_at).agency if begun else None


def known(events: Iterable[Told]) -> Known:
    """Return what the events say."""
    register = Known()
    for _, register in step_by_step(events):  # noqa: B007 - the last one is wanted
        pass
    return register


def step_by_step(events: Iterable[Told]) -> Iterator[tuple[Told, Known]]:
    """Yield each event with what is known after it: always the same object, which goes on changing."""
    register = Known()
    for each in events:
        _take(register, each.event, each.decoded.envelope.occurred_at)
        yield each, register


def _take(register: Known, event: Any, at: datetime) -> None:  # noqa: C901, PLR0912 - one case for each event
    before = {slug: _held(resource) for slug, resource in register.resources.items()}
    match event:
        case told.CoordinatorNamed():
            said = event.model_dump()
            register.namings.append(types.Coordination(**said, named_at=at))
        case told.RegisterRulesSet():
            register.rules, register.rules_set_at = event.rules, at
        case told.ElementsDefined():
            register.elements |= {element.name: element for element in event.elements}
        case told.ElementRetitled():
            element = register.elements[event.element]
            register.elements[event.element] = element.model_copy(update={"title": event.title})
        case told.ResourceProposed():
            _propose(register, event, at)
        case told.ResourceJudged():
            _judge(register, event, at)
        case told.ResourceApproved():
            _move(register, event, status="approved", approved_at=at)
        case told.ResourceUseAsked():
            _move(register, event, status="use_asked", audited_on=event.audited_on)
        case told.ResourceTakenIntoUse():
            _move(register, event, status="in_use", in_use_at=at)
        case told.ResourceIntegrated():
            _move(register, event, status="integrated", integrated_at=at, integration=event.integration)
        case told.ResourceChanged():
            register.resources[event.description.slug]["description"] = event.description
            days = {"changed_on": event.changed_on, "due_on": event.due_on, "notified_on": event.local_date}
            change = types.NotifiedChange(**days, late=event.local_date > event.due_on)
            _beside(register, event.description.slug, "changes").append(change)
        case told.ResourceRetired():
            why = {"retired_on": event.local_date, "retired_why": event.reasons, "successor": event.successor}
            _move(register, event, status="retired", **why)
        case told.ResourceArchived():
            _move(register, event, status="archived", archived_at=at, archive=event.archive)
        case told.SharingAllowed():
            sharing = types.Sharing(elements=list(event.elements), reasons=event.reasons, allowed_at=at)
            _beside(register, event.resource, "sharings").append(sharing)
        case told.GrantAsked():
            asked = event.model_dump()
            name = asked.pop("grant")
            rest = dict.fromkeys(("reasons", "decided_at", "ended_at"))
            register.grants[name] = {"name": name, "status": "asked", **asked, "asked_at": at, **rest}
        case told.GrantGiven() | told.GrantRefused():
            status = "given" if isinstance(event, told.GrantGiven) else "refused"
            reasons = getattr(event, "reasons", None)
            register.grants[event.grant] |= {"status": status, "decided_at": at, "reasons": reasons}
        case told.GrantEnded():
            register.grants[event.grant] |= {"status": "ended", "ended_at": at, "reasons": event.reasons}
    _follow(register, before, event)


def _held(resource: dict[str, Any]) -> frozenset[str]:
    return frozenset(resource["description"].elements if resource["status"] in _HOLDING else ())


def _follow(register: Known, before: dict[str, frozenset[str]], event: Any) -> None:
    """Let who has lost an element leave those that hold it, and who has a new one join them as the last."""
    heir = getattr(event, "successor", None)
    for slug, resource in register.resources.items():
        held = _held(resource)
        for name in before.get(slug, frozenset()) - held:
            slugs = register.holding[name]
            was_first = slugs[0] == slug
            slugs.remove(slug)
            if was_first and heir in slugs:
                slugs.remove(heir)
                slugs.insert(0, heir)
        for name in held - before.get(slug, frozenset()):
            register.holding.setdefault(name, []).append(slug)


def _propose(register: Known, event: told.ResourceProposed, at: datetime) -> None:
    later = dict.fromkeys(types.RegisteredResource.model_fields)
    said = {"slug": event.description.slug, "status": "proposed", "description": event.description, "proposed_at": at}
    register.resources[event.description.slug] = {**later, **said}
    _beside(register, event.description.slug, "judgements").clear()


def _judge(register: Known, event: told.ResourceJudged, at: datetime) -> None:
    said = event.model_dump()
    said.pop("resource")
    _beside(register, event.resource, "judgements").append(types.Judgement(**said, judged_at=at))
    if event.verdict == "negative":
        refused = {"status": "refused", "refused_at": at}
        back = {"status": "approved", "audited_on": None}
        _move(register, event, **(refused if event.approval == "establish" else back))


def _move(register: Known, event: Any, **moved: Any) -> None:
    register.resources[event.resource] |= moved


def _beside(register: Known, slug: str, name: str) -> list[Any]:
    empty: dict[str, list[Any]] = {"judgements": [], "sharings": [], "changes": []}
    return register.records.setdefault(slug, empty)[name]
