"""Decides a service's commands."""

from typing import assert_never

from domain.case.deadlines import last_day
from domain.event import Event
from domain.service.commands import Command, DraftService, MeetRegister, PublishService, WithdrawService
from domain.service.events import (
    EvidenceSourceLost,
    HeldElementsAsked,
    ServiceDrafted,
    ServicePublished,
    ServiceSuperseded,
    ServiceWithdrawn,
)
from domain.service.refusals import NothingToTellTheService, NotTheWindow, ServiceNotPublished, ServiceUnknown
from domain.service.register_rules import asked_though_held, lost_sources, meets_the_register
from domain.service.rules import DRAFT_RULES, PUBLICATION_RULES
from domain.service.state import ServiceState
from domain.text import check_texts


def decide(command: Command, state: ServiceState | None) -> tuple[Event, ...]:
    """Return the events that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    events = decide_again(command, state)
    check_texts(events)
    return events


def decide_again(command: Command, state: ServiceState | None) -> tuple[Event, ...]:
    """Return the events of a recorded command: by the same rules except those of texts, which some ledgers predate.

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
        valid_from=command.valid_from or command.local_date,
        valid_to=command.valid_to,
        register_version=command.register_version,
    )
    if state.published_version is None:
        return (published,)
    return (published, ServiceSuperseded(version=state.published_version, by=command.version))


def _meet(command: MeetRegister, state: ServiceState | None) -> tuple[Event, ...]:
    """Return what the service's agency must be told: questions that the state answers, and sources that are gone."""
    if command.actor.role != "window":
        raise NotTheWindow
    if state is None or state.published_version is None:
        raise ServiceNotPublished
    definition, version = state.versions[state.published_version].definition, state.published_version
    publish_by = last_day(command.local_date, command.register.rules.adaptation)
    told: list[Event] = []
    for kind, found, known in (
        (HeldElementsAsked, asked_though_held(definition, command.register), state.told_held),
        (EvidenceSourceLost, lost_sources(definition, command.register), state.told_lost),
    ):
        for resource in sorted(set(found.values())):
            elements = tuple(sorted(name for name, each in found.items() if each == resource and name not in known))
            if elements:
                told.append(
                    kind(
                        version=version,
                        resource=resource,
                        elements=elements,
                        local_date=command.local_date,
                        publish_by=publish_by,
                        register_version=command.register_version,
                    )
                )
    if not told:
        raise NothingToTellTheService
    return tuple(told)


def _withdraw(state: ServiceState | None) -> tuple[Event, ...]:
    if state is None:
        raise ServiceUnknown
    if state.published_version is None:
        raise ServiceNotPublished
    return (ServiceWithdrawn(version=state.published_version),)
