"""Judges what was prevented: the only event of its stream, by the window itself, and about nobody."""

from typing import Final
from uuid import UUID

from application.verifying.occurrence import IllegalEventError, Occurrence
from application.verifying.precedents import Precedents
from domain.submission.events import SubmissionPrevented

PREVENTERS: Final = frozenset({"erasure", "sweep"})
"""Under which names the window destroys keys of cases that are not there."""


class PreventionJudge:
    """Takes the events of a stream in which no case can come to be."""

    def __init__(self, _stream: UUID, _precedents: Precedents) -> None:
        self._taken = False

    def take(self, one: Occurrence) -> None:
        """Let the one event pass.

        Raises:
            IllegalEventError: it is another one, somebody else's, or not the only one.
        """
        actor = one.envelope.actor
        if self._taken or not isinstance(one.event, SubmissionPrevented):
            raise IllegalEventError("nothing happens where a submission was prevented")
        if actor.role != "window" or actor.pseudonym not in PREVENTERS:
            raise IllegalEventError("only the window prevents a submission, by an erasure or the sweep")
        if one.envelope.agencies or one.sealed:
            raise IllegalEventError("it concerns no agency and seals nothing")
        self._taken = True
