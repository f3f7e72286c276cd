"""The law of evidence told by hand, from the events of one case alone.

The judge asks the domain what could have happened, so that it would believe whatever the domain allows; this does not.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from domain.case import evidence_events as events
from domain.case.events import CaseClosed, CaseReopened, CaseWithdrawn
from domain.event import Event
from ledger.published.recorded import Recorded

_OF_THE_PAST = (
    events.EvidenceRemarked,
    events.EvidenceDisputed,
    events.EvidenceDisputeSent,
    events.EvidenceDisputeAnswered,
)
"""What is said about evidence at any time; all else needs a case that still waits."""
_SETTLING = (events.EvidenceAnswered, events.EvidenceEnded)
_MOVING = (
    events.EvidenceSent,
    events.EvidenceAcknowledged,
    events.EvidenceDeferred,
    events.EvidencePreviewAsked,
    *_SETTLING,
)


class _Request:
    """What is known of a request: since when whom is waited for."""

    def __init__(self, event: events.EvidenceRequested) -> None:
        self._terms, self._owed = event, event.since
        self._promised: datetime | None = None
        self._person: datetime | None = None  # since when the person is waited for
        self._is_made = self._is_known = self.is_over = False

    def hear(self, event: Event) -> None:
        """Take in an event about the request."""
        match event:
            case events.EvidenceSent():
                self._owed, self._promised, self._person = event.since, None, None
                self._is_made, self._is_known = True, False
            case events.EvidenceAcknowledged():
                self._is_known = True
            case events.EvidenceDeferred():
                self._is_known, self._promised = True, event.available_at
            case events.EvidencePreviewAsked() | events.EvidenceReviewAsked() | events.EvidenceAccepted():
                self._person = event.since
            case _:
                self.is_over = self.is_over or isinstance(event, _SETTLING)

    def last_instant(self) -> datetime:
        """Return the last instant that is still in time."""
        terms = self._terms
        if self._person is not None:
            seen = self._person + timedelta(seconds=terms.previewed_within)
            return seen if self.is_over else min(seen, terms.expires_at)
        answer = self._owed + timedelta(seconds=terms.answered_within)
        acknowledged = timedelta(seconds=terms.acknowledged_within)
        if self._promised is not None:
            answer = max(answer, self._promised + acknowledged)
        elif self._is_made and not self._is_known:
            answer = min(answer, self._owed + acknowledged)
        return min(answer, terms.expires_at)


def breaches(case: Sequence[Recorded]) -> Iterator[str]:
    """Return what was not lawful in a case."""
    requests: dict[object, _Request] = {}
    has_ended = is_settled = False
    for one in case:
        event = one.event
        if isinstance(event, events.EvidenceRequested):
            requests[event.request_id] = _Request(event)
            continue
        request = requests.get(getattr(event, "request_id", None))
        if type(event) in events.EVIDENCE_EVENTS and not isinstance(event, _OF_THE_PAST):
            if has_ended:
                yield f"{event.topic} in a case that has ended"
            if is_settled:
                yield f"{event.topic} in a case that has gone to its desk"
        if request is not None:
            if request.is_over and isinstance(event, _MOVING):
                yield f"{event.topic} of a request that is settled"
            if one.actor["role"] == "clock" and _instant(one) <= request.last_instant():
                yield f"{event.topic} before the time has run out"
            request.hear(event)
        is_settled = is_settled or isinstance(event, events.EvidenceSettled)
        has_ended = isinstance(event, CaseClosed | CaseWithdrawn) or (has_ended and not isinstance(event, CaseReopened))


def _instant(one: Recorded) -> datetime:
    return datetime.fromisoformat(one.occurred_at)
