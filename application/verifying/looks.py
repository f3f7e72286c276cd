"""Judges the looks at a case: each says whose case it is of, by whom, and in which hour."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple
from uuid import UUID

import orjson

from application.identity import looks_stream
from application.verifying.occurrence import IllegalEventError, Occurrence
from domain.look.events import LookRecorded
from ledger.audit.findings import Finding
from ledger.store.entries import StoredEntry

_HOUR: Final = timedelta(hours=1)
_READERS: Final = frozenset(("official", "agency", "auditor"))
SUBMITTED: Final = "case.submitted"


class Claim(NamedTuple):
    """That there is such a case of that agency before a position; no agency: an auditor's look."""

    case_id: UUID
    position: int
    agency: str | None


class LooksJudge:
    """Takes the looks at one case in their order; what they claim about the case is asked for all together, later."""

    def __init__(self, stream: UUID, claims: list[Claim]) -> None:
        self._stream, self._claims = stream, claims

    def take(self, one: Occurrence) -> None:
        """Let the next look pass.

        Raises:
            IllegalEventError: nobody could have looked so.
        """
        event, envelope = one.event, one.envelope
        if not isinstance(event, LookRecorded) or self._stream != looks_stream(event.case_id):
            raise IllegalEventError("it does not stand in the stream of looks of its case")
        if envelope.actor.role not in _READERS or one.sealed:
            raise IllegalEventError("a look is an official's, an auditor's or an agency's, and seals nothing")
        if event.hour.replace(minute=0, second=0, microsecond=0) != event.hour:
            raise IllegalEventError("its hour is not the beginning of one")
        if not event.hour <= envelope.occurred_at < event.hour + _HOUR:
            raise IllegalEventError("it was not in the hour that it names")
        is_auditor = envelope.actor.role == "auditor"
        if len(envelope.agencies) != (0 if is_auditor else 1):
            raise IllegalEventError("what auditors look at is told to no agency, and other looks to the case's own")
        self._claims.append(Claim(event.case_id, one.position, None if is_auditor else envelope.agencies[0]))


def unfounded(claims: Sequence[Claim], submissions: Mapping[UUID, StoredEntry]) -> Iterator[Finding]:
    """Return the looks at cases that there were not, or that are told to another agency than the case's."""
    agencies: dict[UUID, str | None] = {}
    for case_id, position, agency in claims:
        first = submissions.get(case_id)
        if first is None or first.position > position or first.topic != SUBMITTED:
            yield Finding("legality", position, "it is a look at a case that had not been submitted")
            continue
        if case_id not in agencies:
            agencies[case_id] = _agency_of(first)
        if agency not in (None, agencies[case_id]):
            yield Finding("legality", position, "it is told to another agency than the case's")


def _agency_of(submission: StoredEntry) -> str | None:
    try:
        return str(orjson.loads(submission.open)["data"]["agency"])
    except (ValueError, KeyError, TypeError):
        return None  # told where the case is judged itself
