"""Turns the events of a service back into the commands that led to them."""

from typing import Final

from application.identity import service_stream
from application.verifying.judge import Kind
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from domain.service import commands, events
from domain.service.decisions import decide_again
from domain.service.state import ServiceState, evolve


def _command(one: Occurrence, _: ServiceState | None, precedents: Precedents) -> commands.Command:
    at, actor = one.envelope.occurred_at, one.envelope.actor
    match one.event:
        case events.ServiceDrafted() as drafted:
            agency = precedents.agency(drafted.definition.agency, one.position)
            return commands.DraftService(at, actor, drafted.definition, agency)
        case events.ServicePublished() as published:
            return commands.PublishService(at, actor, published.version)
        case events.ServiceWithdrawn():
            return commands.WithdrawService(at, actor)
        case _:
            raise IllegalEventError(f"a {one.event.topic} does not happen to a service")


SERVICE: Final = Kind(
    events.ServiceDrafted,
    _command,
    decide_again,
    evolve,
    stream_of=lambda service: service_stream(service.slug),
    only_people_ask=True,
)
