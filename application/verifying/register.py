"""Turns the events of the register of resources back into the commands that led to them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from application.identity import register_stream
from application.verifying.judge import Kind
from application.verifying.occurrence import IllegalEventError, Occurrence, local_day
from application.verifying.precedents import Precedents
from domain.register import commands, events
from domain.register.decisions import decide_again
from domain.register.evolving import evolve
from domain.register.state import RegisterState

_A_DAY: Final = timedelta(days=1)
_FURTHEST: Final = timedelta(hours=16)  # no zone was ever further from UTC


def _command(one: Occurrence, _: RegisterState | None, precedents: Precedents) -> commands.Command:  # noqa: PLR0911 - a table of the events
    event, at, actor = one.event, one.envelope.occurred_at, one.envelope.actor
    match event:
        case events.CoordinatorNamed():
            return _naming(one, event, precedents)
        case events.RegisterRulesSet():
            bodies = event.rules.approving_bodies
            known = [slug for slug in bodies if precedents.agency(slug, one.position)]
            return commands.SetRegisterRules(at, actor, event.rules, frozenset(known))
        case events.ElementsDefined():
            return commands.DefineElements(at, actor, event.elements)
        case events.ElementRetitled():
            return commands.RetitleElement(at, actor, event.element, event.title)
        case events.SharingAllowed():
            return commands.AllowSharing(at, actor, event.resource, event.elements, event.reasons)
        case events.GrantAsked():
            agency = precedents.agency(event.agency, one.position)
            return commands.AskForGrant(
                at,
                actor,
                event.grant,
                agency,
                event.resource,
                event.elements,
                event.purpose,
                event.legal_basis,
            )
        case events.GrantGiven():
            return commands.GiveGrant(at, actor, event.grant)
        case events.GrantRefused():
            return commands.RefuseGrant(at, actor, event.grant, event.reasons)
        case events.GrantEnded():
            return commands.EndGrant(at, actor, event.grant, event.reasons)
        case _:
            return _of_resource(one, precedents)


def _of_resource(one: Occurrence, precedents: Precedents) -> commands.Command:  # noqa: PLR0911 - a table of the events
    event, at, actor = one.event, one.envelope.occurred_at, one.envelope.actor
    match event:
        case events.ResourceProposed():
            owner = precedents.agency(event.description.owner, one.position)
            return commands.ProposeResource(at, actor, event.description, owner)
        case events.ResourceJudged():
            return commands.JudgeResource(at, actor, event.resource, event.approval, event.verdict, event.reasons)
        case events.ResourceUseAsked():
            return commands.AskToUseResource(at, actor, event.resource, event.audited_on, _tomorrow(at))
        case events.ResourceIntegrated():
            # What the operator allowed at that time is not known.
            return commands.IntegrateResource(at, actor, event.resource, event.integration, endpoint_allowed=True)
        case events.ResourceChanged():
            today = local_day(one, event.local_date)
            return commands.ChangeResource(at, actor, event.description, event.changed_on, today)
        case events.ResourceRetired():
            today = local_day(one, event.local_date)
            return commands.RetireResource(at, actor, event.resource, today, event.reasons, event.successor)
        case events.ResourceArchived():
            return commands.ArchiveResource(at, actor, event.resource, event.archive)
        case _:
            raise IllegalEventError(f"a {event.topic} does not happen to the register")


def _naming(one: Occurrence, event: events.CoordinatorNamed, precedents: Precedents) -> commands.NameCoordinator:
    at = one.envelope.occurred_at
    begins = datetime.combine(event.from_date, time.min, UTC)
    had_begun = event.begins_at == at and begins - at <= _FURTHEST
    if not had_begun and abs(event.begins_at - begins) > _FURTHEST:
        raise IllegalEventError("the day from which the role is held began in no time zone at the instant that it says")
    agency = precedents.agency(event.agency, one.position)
    return commands.NameCoordinator(at, one.envelope.actor, agency, event.from_date, event.begins_at, event.act)


def _tomorrow(at: datetime) -> date:
    """Return a date that no local date at that instant is later than."""
    return date.max if at.date() == date.max else at.date() + _A_DAY


REGISTER: Final = Kind(
    events.CoordinatorNamed,
    _command,
    decide_again,
    evolve,
    stream_of=lambda _: register_stream(),
    only_people_ask=True,
)
