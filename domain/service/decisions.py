"""Decides a service's commands."""

from collections.abc import Iterator
from typing import assert_never

from domain.case.deadlines import last_day
from domain.event import Event
from domain.service.commands import Command, DraftService, MeetRegister, PublishService, WithdrawService
from domain.service.definition import PublishedService
from domain.service.events import (
    EvidenceSourceLost,
    HeldElementsAsked,
    ServiceDrafted,
    ServicePublished,
    ServiceSuperseded,
    ServiceWithdrawn,
)
from domain.service.refusals import NothingToTellTheService, NotTheWindow, ServiceNotPublished, ServiceUnknown
from domain.service.register_rules import asked_though_held, lost_sources, meets_the_register, shows_nobody
from domain.service.rules import DRAFT_RULES, PUBLICATION_RULES
from domain.service.state import ServiceState, Told
from domain.text import check_texts


def decide(command: Command, state: ServiceState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    events = decide_again(command, state)
    if isinstance(command, PublishService) and state is not None:
        shows_nobody(state.versions[command.version].definition, command.register)
    check_texts(events)
    return events


def decide_again(command: Command, state: ServiceState | None) -> tuple[Event, ...]:
    """Return the events of a recorded command: by the same rules but those that some ledgers predate.

    These are about texts, and about what officials read.

    Raises:
        Refusal: the rule that forbids it.
    """
    match command:
        case DraftService():
            return _draft(command, state)
        case PublishService():
            return _publish(command, state)
        case WithdrawService():
            return _withdraw(state)
        case MeetRegister():
            return _meet(command, state)
        case _:
            assert_never(command)


def _draft(command: DraftService, state: ServiceState | None) -> tuple[Event, ...]:
    for rule in DRAFT_RULES:
        rule(command, state)
    version = 1 if state is None else max(state.versions) + 1
    return (ServiceDrafted(version=version, definition=command.definition),)


def _publish(command: PublishService, state: ServiceState | None) -> tuple[Event, ...]:
    if state is None:
        raise ServiceUnknown
    for rule in PUBLICATION_RULES:
        rule(command, state)
    meets_the_register(state.versions[command.version].definition, command.register)
    published = ServicePublished(
        version=command.version,
        local_date=command.local_date,
        valid_from=command.begins,
        valid_to=command.valid_to,
        register_version=command.register_version,
    )
    if state.published_version is None:
        return (published,)
    return (published, ServiceSuperseded(version=state.published_version, by=command.version))


def untold(command: MeetRegister, state: ServiceState) -> tuple[Event, ...]:
    """Return what the service's agency must be told: questions that the state answers, and sources that are gone.

    It is told about every version that can be asked for today or later, about each element and resource once.
    """
    offered = state.offered(command.local_date)
    return tuple(event for version in offered for event in _told(command, state, version))


def _meet(command: MeetRegister, state: ServiceState | None) -> tuple[Event, ...]:
    if command.actor.role != "window":
        raise NotTheWindow
    if state is None or state.published_version is None:
        raise ServiceNotPublished
    told = untold(command, state)
    if not told:
        raise NothingToTellTheService
    return told


def _told(command: MeetRegister, state: ServiceState, offered: PublishedService) -> Iterator[Event]:
    definition, register = offered.definition, command.register
    held = {name: register.answering[name] for name in asked_though_held(definition, register)}
    lost = {name: (resource,) for name, resource in lost_sources(definition, register).items()}
    for kind, found, known in (
        (HeldElementsAsked, held, state.told_held),
        (EvidenceSourceLost, lost, state.told_lost),
    ):
        new = {
            name: resources[0]
            for name, resources in found.items()
            if not any(Told(offered.version, resource, name) in known for resource in resources)
        }
        for resource in sorted(set(new.values())):
            yield kind(
                version=offered.version,
                resource=resource,
                elements=tuple(sorted(name for name, each in new.items() if each == resource)),
                local_date=command.local_date,
                publish_by=last_day(command.local_date, register.rules.adaptation),
                register_version=command.register_version,
            )


def _withdraw(state: ServiceState | None) -> tuple[Event, ...]:
    if state is None:
        raise ServiceUnknown
    if state.published_version is None:
        raise ServiceNotPublished
    return (ServiceWithdrawn(version=state.published_version),)
