"""Open and sealed parts as byte templates: the codec's output, with holes for what differs from case to case.

A template is made from bytes that `ledger.published.codec` and `ledger.vault.seal` really wrote, so it stays correct.
"""

import os
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final, NamedTuple
from uuid import UUID

import orjson

from bench.filler.town import TIME_ZONE
from domain.case import events
from domain.envelope import Actor, Envelope
from domain.event import Event
from domain.service.definition import ServiceDefinition
from domain.values import rfc3339
from ledger.published.codec import open_part, values_to_seal
from ledger.vault.person_key import CaseKey
from ledger.vault.seal import seal_fields

_APPLICANT = UUID("33333333-3333-4333-8333-333333333333")
_OFFICIAL = UUID("44444444-4444-4444-8444-444444444444")
_CORRELATION = UUID("22222222-2222-7222-8222-222222222222")
_AT = datetime(1999, 9, 9, 9, 9, 9, 90909, UTC)
_LAST_DAY, _BEGAN, _TODAY = date(1998, 8, 8), date(1998, 7, 7), date(1997, 6, 6)
_REFERENCE = "PN-ZZZZ-ZZZZ-ZZZZ-Z"
_NUMBER = 987654
_HOLES: Final = (
    ("applicant", str(_APPLICANT)),
    ("official", str(_OFFICIAL)),
    ("case", str(_CORRELATION)),
    ("at", rfc3339(_AT)),
    ("last_day", _LAST_DAY.isoformat()),
    ("began", _BEGAN.isoformat()),
    ("today", _TODAY.isoformat()),
    ("reference", _REFERENCE),
    ("number", str(_NUMBER)),
)
BY_APPLICANT: Final = Actor(role="applicant", pseudonym=str(_APPLICANT))
BY_OFFICIAL: Final = Actor(role="official", pseudonym=str(_OFFICIAL))
BY_WINDOW: Final = Actor(role="window", pseudonym="desk")
_PERSON: Final = {"person.name": "Aysel Mammadova", "person.birth_date": "1990-04-12"}
_WORDS: Final = "The documents are complete; the request is granted as it was made, from the first of the month."


class Template(NamedTuple):
    """An event with holes; `sealed` has one more hole for each ciphertext, and `lengths` has their lengths."""

    topic: bytes
    open: bytes
    sealed: bytes
    lengths: tuple[int, ...]

    def filled(self, holes: Mapping[bytes, bytes]) -> tuple[bytes, bytes]:
        """Return the open and the sealed part. The ciphertexts are random, as if the person's key were destroyed."""
        if not self.lengths:
            return self.open % holes, b""
        ciphertexts = [b64encode(os.urandom(length)) for length in self.lengths]
        return self.open % holes, self.sealed % (holes[b"applicant"], *ciphertexts)


def cut(event: Event, actor: Actor, agency: str) -> Template:
    """Return the template of an event; these of its values become holes."""
    envelope = Envelope(
        actor=actor,
        agencies=(agency,),
        occurred_at=_AT,
        origin="live",
        correlation=_CORRELATION,
    )
    written = open_part(event, envelope).replace(b"%", b"%%")
    for name, value in _HOLES:
        written = written.replace(value.encode(), f"%({name})b".encode())
    return Template(event.topic.encode(), written, *_cut_sealed(event))


def _cut_sealed(event: Event) -> tuple[bytes, tuple[int, ...]]:
    key = CaseKey(_APPLICANT, bytes(32), "applicant")
    sealed = seal_fields(values_to_seal(event), key, _CORRELATION, 1)
    if not sealed:
        return b"", ()
    ciphertexts: list[str] = [text for fields in orjson.loads(sealed).values() for text in fields.values()]
    written = sealed.replace(b"%", b"%%").replace(str(_APPLICANT).encode(), b"%b")
    for text in ciphertexts:
        written = written.replace(text.encode(), b"%b")
    return written, tuple(len(text) * 3 // 4 - text.count("=") for text in ciphertexts)


class CaseTemplates:
    """The templates of all events of one service's cases."""

    def __init__(self, service: ServiceDefinition) -> None:
        def by_applicant(event: Event) -> Template:
            return cut(event, BY_APPLICANT, service.agency)

        def by_official(event: Event) -> Template:
            return cut(event, BY_OFFICIAL, service.agency)

        self.service = service
        self.submitted = by_applicant(submission_of(service))
        self.withdrawn = by_applicant(events.CaseWithdrawn(local_date=_TODAY, reason="I do not need it any more."))
        answered = events.ApplicantAnswered(local_date=_TODAY, number=_NUMBER, open_answers={}, answer=_WORDS[:40])
        self.answered = by_applicant(answered)
        assigned = events.CaseAssigned(desk=service.desk, official=str(_OFFICIAL), rule="order")
        self.assigned = cut(assigned, BY_WINDOW, service.agency)
        asked = events.ApplicantAsked(local_date=_TODAY, number=_NUMBER, elements=(), question=_WORDS[:60])
        self.asked = by_official(asked)
        self.closed = by_official(events.CaseClosed(local_date=_TODAY, reason="decided"))
        # Step -> the steps that may follow it; "" is the beginning.
        self.followers = {
            before: [step.name for step in service.steps if (before in step.may_follow if before else step.first)]
            for before in ("", *service.steps_by_name)
        }
        # Two templates for a step: with and without a note.
        self.steps = {
            step.name: tuple(by_official(events.StepRecorded(step=step.name, note=note)) for note in (None, _WORDS))
            for step in service.steps
        }
        self.decided = tuple(
            by_official(
                events.CaseDecided(local_date=_TODAY, outcome=outcome, legal_basis=service.legal_basis, reasons=_WORDS)
            )
            for outcome in ("granted", "granted", "granted", "partly", "refused")
        )


def submission_of(service: ServiceDefinition) -> Event:
    """Return the submission of a case, with the values that become holes."""
    return events.CaseSubmitted(
        reference=_REFERENCE,
        service=service.slug,
        service_version=1,
        calendar_version=0,
        agency=service.agency,
        desk=service.desk,
        time_zone=TIME_ZONE,
        applicant=str(_APPLICANT),
        channel=service.channels[0],
        language=service.languages[0],
        term_began=_BEGAN,
        last_day=_LAST_DAY if service.term else None,
        open_answers={"household.size": _NUMBER},
        sealed_answers=dict(_PERSON),
    )
