"""Turns prevented submissions back: each is the only event of its stream, by the window, and about nobody."""

from typing import Final

from application.verifying.judge import Kind, as_it_says, latest
from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from domain.event import Event
from domain.submission.events import SubmissionPrevented

PREVENTERS: Final = frozenset({"erasure", "sweep"})
"""The names under which the window destroys keys of cases that do not exist."""


def _prevention(one: Occurrence, before: Event | None, _: Precedents) -> SubmissionPrevented:
    """Return the event, if it is the only one that is possible."""
    actor = one.envelope.actor
    if before is not None or not isinstance(one.event, SubmissionPrevented):
        raise IllegalEventError("nothing happens where a submission was prevented")
    if actor.role != "window" or actor.pseudonym not in PREVENTERS:
        raise IllegalEventError("only the window prevents a submission, by an erasure or the sweep")
    if one.envelope.agencies or one.sealed:
        raise IllegalEventError("it concerns no agency and seals nothing")
    return one.event


SUBMISSION: Final = Kind(SubmissionPrevented, _prevention, as_it_says, latest)
