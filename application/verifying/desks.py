"""Turns the events of a desk back into the commands that led to them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from application.draws.keepers import has_signed, keepers_of, keys_of_keepers, rules_in
from application.identity import desk_stream
from application.verifying.claims import Beginning, Claim
from application.verifying.judge import Kind
from application.verifying.occurrence import IllegalEventError, Occurrence, local_day
from application.verifying.precedents import Precedents
from application.verifying.sealed_words import SOME_WORDS
from domain.desk import commands, events
from domain.desk.decisions import decide
from domain.desk.state import DeskState, evolve
from domain.draw.chains import Anchor, anchor_statement

_OPENINGS: Final = "openings."


def _command(one: Occurrence, state: DeskState | None, precedents: Precedents) -> commands.Command:  # noqa: C901, PLR0911 - a table of the events
    """Return the command that must have led to this event."""
    event, at = one.event, one.envelope.occurred_at
    actor, origin = one.envelope.actor, one.envelope.origin
    match event:
        case events.DrawRequested():
            return _request(one, event, state, precedents)
        case events.DrawShareRevealed():
            return commands.RevealDrawShare(
                at, actor, one.stream, event.number, event.keeper, event.link, event.checkpoint, origin
            )
        case events.DrawShareRecovered():
            return commands.RecoverDrawShare(
                at, actor, one.stream, event.number, event.keeper, event.link, event.guardians, origin
            )
        case events.DeskOpened():
            agency = precedents.agency(event.agency, one.position)
            desks = () if agency is None else agency.desks
            return commands.OpenDesk(at, actor, event.agency, event.desk, desks, event.key, origin)
        case events.SeatTaken():
            return commands.TakeSeat(at, actor, event.seat, origin)
        case events.SeatLeft():
            return commands.LeaveSeat(at, actor, event.seat, origin)
        case events.AbsenceDeclared():
            today = local_day(one, event.local_date)
            return commands.DeclareAbsence(at, today, actor, event.seat, event.first_day, event.last_day, origin)
        case events.AbsenceEnded():
            return commands.EndAbsence(at, local_day(one, event.local_date), actor, event.seat, origin)
        case events.ConflictDeclared():
            return commands.DeclareConflict(at, actor, event.seat, origin)
        case events.ConflictEnded():
            return commands.EndConflict(at, actor, event.seat, event.number, origin)
        case events.DrawChainAnchored():
            return _anchor(one, event, precedents)
        case _:
            raise IllegalEventError(f"a {event.topic} does not happen to a desk by itself")


def _anchor(one: Occurrence, event: events.DrawChainAnchored, precedents: Precedents) -> commands.AnchorDrawChain:
    """Return the command; who signed for the window as its own keeper is known to that window only."""
    rules = rules_in(precedents.register().judged_by(event.register_version, one))
    key = keys_of_keepers(rules, None).get(event.keeper)
    signed = Anchor(
        *(event.keeper.bytes, one.stream.bytes, event.chain, event.length, bytes.fromhex(event.anchor), event.parts)
    )
    return commands.AnchorDrawChain(
        at=one.envelope.occurred_at,
        actor=one.envelope.actor,
        keeper=event.keeper,
        chain=event.chain,
        length=event.length,
        anchor=event.anchor,
        parts=event.parts,
        signature=event.signature,
        register_version=event.register_version,
        guardians=len(rules.guardians),
        is_named=event.keeper in keepers_of(rules),
        is_signed=key is None or has_signed(key, bytes.fromhex(event.signature), anchor_statement(signed)),
        origin=one.envelope.origin,
    )


def _request(
    one: Occurrence, event: events.DrawRequested, desk: DeskState | None, precedents: Precedents
) -> commands.RequestDraw:
    if desk is not None:
        is_again = event.redraw > 0 or precedents.draws(desk.agency, desk.desk).had_one(event.case_id, one.position)
        redraw, why = precedents.redraw(event.case_id, one.position) if is_again else (0, "first")
        if (event.redraw, event.why) != (redraw, why):
            raise IllegalEventError(f"redraw {redraw} of the case, because of {why}, is due here")
    rules = rules_in(precedents.register().judged_by(event.register_version, one))
    return commands.RequestDraw(
        at=one.envelope.occurred_at,
        actor=one.envelope.actor,
        log=event.log,
        keepers=keepers_of(rules),
        case_id=event.case_id,
        case_entry=event.case_entry,
        redraw=event.redraw,
        why=event.why,
        nonce=event.nonce,
        commitments=event.commitments,
        excluded=event.excluded,
        counted_at=event.counted_at,
        register_version=event.register_version,
        late_at=one.envelope.occurred_at + timedelta(minutes=rules.late_after),
        openings={name.removeprefix(_OPENINGS): SOME_WORDS for name in one.sealed},
        origin=one.envelope.origin,
    )


def _claims(one: Occurrence) -> Sequence[Claim]:
    """Return what a draw claims: which case it is for."""
    event = one.event
    if not isinstance(event, events.DrawRequested):
        return ()
    begun = Beginning(event.case_entry, event.nonce, event.redraw)
    return (Claim(event.case_id, one.position, one.envelope.agencies[0], begun),)


DESK: Final = Kind(
    events.DeskOpened,
    _command,
    decide,
    evolve,
    stream_of=lambda desk: desk_stream(desk.agency, desk.desk),
    sealed_for=lambda desk: desk.key,
    claims=_claims,
)
