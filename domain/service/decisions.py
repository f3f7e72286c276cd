"""Decides a service's commands."""

from typing import assert_never

from domain.event import Event
from domain.service.commands import Command, DraftService, PublishService, WithdrawService
from domain.service.events import ServiceDrafted, ServicePublished, ServiceSuperseded, ServiceWithdrawn
from domain.service.refusals import ServiceNotPublished, ServiceUnknown
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
    published = ServicePublished(version=command.version)
    if state.published_version is None:
        return (published,)
    return (published, ServiceSuperseded(version=state.published_version, by=command.version))


def _withdraw(state: ServiceState | None) -> tuple[Event, ...]:
    if state is None:
        raise ServiceUnknown
    if state.published_version is None:
        raise ServiceNotPublished
    return (ServiceWithdrawn(version=state.published_version),)
