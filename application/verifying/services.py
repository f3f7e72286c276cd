"""Turns the events of a service back into the commands that led to them."""

from datetime import date
from typing import Final

from application.identity import service_stream
from application.verifying.judge import Kind
from application.verifying.occurrence import IllegalEventError, Occurrence, local_day
from application.verifying.precedents import Precedents
from domain.service import commands, events
from domain.service.decisions import decide_again
from domain.service.state import ServiceState, evolve

_OF_THE_CATALOGUE: Final = (events.ServiceDrafted, events.ServicePublished, events.ServiceWithdrawn)


def _command(one: Occurrence, service: ServiceState | None, precedents: Precedents) -> commands.Command:
    at, actor = one.envelope.occurred_at, one.envelope.actor
    if isinstance(one.event, _OF_THE_CATALOGUE) and actor.role != "coordinator":
        raise IllegalEventError("only the coordinator writes the catalogue")
    match one.event:
        case events.ServiceDrafted() as drafted:
            return _draft(one, drafted, precedents)
        case events.ServicePublished() as published:
            register = precedents.register().judged_by(published.register_version, one)
            today = at.date() if published.local_date is None else local_day(one, published.local_date)
            begins = published.valid_from or today
            return commands.PublishService(
                at,
                actor,
                published.version,
                today,
                published.valid_from,
                published.valid_to,
                register,
                published.register_version,
                _opened(one, service, published.version, begins, precedents),
            )
        case events.ServiceWithdrawn():
            return commands.WithdrawService(at, actor)
        case events.HeldElementsAsked() | events.EvidenceSourceLost() as met:
            register = precedents.register().judged_by(met.register_version, one)
            if register is None:
                raise IllegalEventError("there was no register yet")
            return commands.MeetRegister(at, actor, local_day(one, met.local_date), register, met.register_version)
        case _:
            raise IllegalEventError(f"a {one.event.topic} does not happen to a service")


def _draft(one: Occurrence, drafted: events.ServiceDrafted, precedents: Precedents) -> commands.DraftService:
    definition = drafted.definition
    hears = definition.appeal_body
    others = {hears} if hears and precedents.agency(hears, one.position) else set()
    opened = [slug for slug in definition.opens if precedents.has_service(slug, one.position)]
    return commands.DraftService(
        one.envelope.occurred_at,
        one.envelope.actor,
        definition,
        precedents.agency(definition.agency, one.position),
        agencies=frozenset(others),
        services=frozenset(opened),
    )


def _opened(
    one: Occurrence, service: ServiceState | None, version: int, day: date, precedents: Precedents
) -> frozenset[str]:
    """Return those of the services which the version opens that a life event might open then."""
    drafted = service.versions.get(version) if service else None
    opens = drafted.definition.opens if drafted else ()
    return frozenset(slug for slug in opens if precedents.might_open(slug, day, one.position))


SERVICE: Final = Kind(
    events.ServiceDrafted,
    _command,
    decide_again,
    evolve,
    stream_of=lambda service: service_stream(service.slug),
)
