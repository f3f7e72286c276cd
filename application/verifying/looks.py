"""Turns looks back into their commands: each names the case, the reader and the hour."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from application.identity import looks_stream
from application.verifying.claims import Claim
from application.verifying.judge import Kind, as_it_says, latest
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from domain.event import Event
from domain.look.events import LookRecorded

_HOUR: Final = timedelta(hours=1)
_READERS: Final = frozenset(("official", "agency", "auditor"))
_AUDITOR: Final = "auditor"


def _look(one: Occurrence, _state: Event | None, _precedents: Precedents) -> LookRecorded:
    """Return the look, if it is possible."""
    event, envelope = one.event, one.envelope
    if not isinstance(event, LookRecorded) or one.stream != looks_stream(event.case_id):
        raise IllegalEventError("it does not stand in the stream of looks of its case")
    if envelope.actor.role not in _READERS or one.sealed:
        raise IllegalEventError("a look is an official's, an auditor's or an agency's, and seals nothing")
    if event.hour.replace(minute=0, second=0, microsecond=0) != event.hour:
        raise IllegalEventError("its hour is not the beginning of one")
    if not event.hour <= envelope.occurred_at < event.hour + _HOUR:
        raise IllegalEventError("it was not in the hour that it names")
    if len(envelope.agencies) != (0 if envelope.actor.role == _AUDITOR else 1):
        raise IllegalEventError("what auditors look at is told to no agency, and other looks to the case's own")
    return event


def _claims(one: Occurrence) -> Sequence[Claim]:
    """Return what a look claims: that the case existed and belongs to that agency."""
    if not isinstance(one.event, LookRecorded):
        return ()
    is_auditor = one.envelope.actor.role == _AUDITOR
    return (Claim(one.event.case_id, one.position, None if is_auditor else one.envelope.agencies[0]),)


LOOK: Final = Kind(LookRecorded, _look, as_it_says, latest, claims=_claims)
