"""What happens to the evidence of a random case: resources speak, the applicant does, and time runs out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from domain.case import evidence_commands as commands
from domain.case.deadlines import local_date
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.evidence.clocks import due, later
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault
from domain.evidence.progress import Happening
from domain.evidence.values import DisputeOutcome, EvidenceDocument, SourceEntry
from domain.service.definition import ServiceDefinition
from domain.values import AnswerValue
from tests.domain.town import CLOCK

SENDER: Final = Actor(role="window", pseudonym="evidence")
_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_DOCUMENT: Final = EvidenceDocument(sha256=_HASH, size=1_000, media_type="application/pdf")
_SAID: Final[Mapping[Happening, int]] = {
    Happening.ACKNOWLEDGED: 4,
    Happening.DEFERRED: 1,
    Happening.PREVIEW_ASKED: 2,
    Happening.ANSWERED: 9,
    Happening.NOT_FOUND: 2,
    Happening.REFUSED: 1,
    Happening.FAILED: 1,
    Happening.UNACCEPTABLE: 1,
}
_PUT_OFF: Final[Mapping[Happening, int]] = {Happening.DEFERRED: 1, Happening.PREVIEW_ASKED: 1}
_OUTCOMES: Final[tuple[DisputeOutcome, ...]] = ("examining", "corrected", "confirmed", "refused")
_CODES: Final = {
    Happening.NOT_FOUND: ErrorCode.NOT_FOUND,
    Happening.REFUSED: ErrorCode.NOT_AUTHORISED,
    Happening.FAILED: ErrorCode.QUERY_FAILED,
}


class Moment(NamedTuple):
    """When something happens in a case: at that time, in that zone, what it is a case of, and in which state it is."""

    at: datetime
    time_zone: str
    case_id: UUID
    case: CaseState
    service: ServiceDefinition
    applicant: Actor
    whisper: str

    @property
    def day(self) -> date:
        """The local date."""
        return local_date(self.at, self.time_zone)


Happenings: TypeAlias = Callable[[Random], list[Callable[[Moment], commands.EvidenceCommand]]]
"""Draws what may happen to the evidence of a case, in the order in which it is tried."""


def is_explained(actor: Actor) -> bool:
    """Return whether nobody has asked for what this one does about evidence, so that its cause is the submission."""
    return actor.role in {"clock", "resource"} or actor == SENDER


def what_may_be_tried(random: Random) -> list[Callable[[Moment], commands.EvidenceCommand]]:
    """Return what may happen, in a random order, among it a clock that says too early that time has run out.

    All are quicker than the clock, so that not all time runs out.
    """
    tried: list[Callable[[Moment], commands.EvidenceCommand]] = [
        *what_may_happen(random),
        *[lambda moment: _too_early(moment, random)] * 3,
        *[lambda moment: _sent(moment, random)] * 6,
        *[lambda moment: _heard(moment, random)] * 3,
        *[lambda moment: _overtaken(moment, random)] * 5,
        *[lambda moment: _accepted(moment, random)] * 3,
    ]
    return random.sample(tried, len(tried))


def what_may_happen(random: Random) -> list[Callable[[Moment], commands.EvidenceCommand]]:
    """Return what may happen to the evidence of a case that has asked for some, in a random order."""
    return random.sample(
        [
            lambda moment: _sent(moment, random),
            lambda moment: _heard(moment, random),
            lambda moment: _heard(moment, random),
            lambda moment: _ran_out(moment, random),
            lambda moment: _accepted(moment, random),
            lambda moment: commands.ObjectToEvidence(
                moment.at,
                moment.day,
                moment.applicant,
                moment.service,
                _request_of(moment, random),
                None if moment.case.applicant_is_erased else moment.whisper,
            ),
            lambda moment: _disputed(moment, random),
            *[lambda moment: _about_dispute(moment, random)] * 3,
            _supplied,
        ],
        11,
    )


def _request_of(moment: Moment, random: Random) -> UUID:
    return random.choice(list(moment.case.evidence.requests) or [UUID(int=0)])


def _sent(moment: Moment, random: Random) -> commands.EvidenceCommand:
    return commands.RecordEvidenceSent(moment.at, SENDER, _request_of(moment, random), _HASH)


def _overtaken(moment: Moment, random: Random) -> commands.EvidenceCommand:
    """Return a message of the resource's; it is about the first request, if a second one was sent."""
    said = _heard(moment, random, _PUT_OFF)
    request = moment.case.evidence.requests.get(said.request_id)
    return replace(said, repeats=request is not None and len(request.hashes) > 1)


def _heard(moment: Moment, random: Random, said: Mapping[Happening, int] = _SAID) -> commands.HearResource:
    request_id = _request_of(moment, random)
    request = moment.case.evidence.requests.get(request_id)
    (happening,) = random.choices(list(said), list(said.values()))
    elements = request.elements if request else ()
    document = _DOCUMENT if random.random() < 0.2 else None
    given = () if document else elements[: random.randrange(1, len(elements) + 1)] if elements else ()
    owed = request.progress.owed_since if request else moment.at
    # Some answer within their level, whenever the test lets them, some after it, and some too late for anybody.
    at = random.choice((owed, owed, moment.at)) + timedelta(milliseconds=random.choice((0, 7_300, 299_999, 500_000)))
    entry = SourceEntry(source_version="12", document=document)
    return commands.HearResource(
        at,
        local_date(at, moment.time_zone),
        Actor(role="resource", pseudonym=request.resource if request else "nobody"),
        moment.service,
        request_id,
        happening,
        available_at=later(at, timedelta(days=1)) if happening is Happening.DEFERRED else None,
        code=_CODES.get(happening),
        fault=Fault.OTHER_SIGNER if happening is Happening.UNACCEPTABLE else None,
        location="https://cars.example/preview/1" if happening is Happening.PREVIEW_ASKED else None,
        answer=commands.HeardAnswer(UUID(int=random.getrandbits(128)), _HASH, entry),
        values=dict.fromkeys(given, moment.whisper),
    )


def _ran_out(moment: Moment, random: Random) -> commands.EvidenceCommand:
    request_id = _request_of(moment, random)
    at = later(_last_instant(moment, request_id), timedelta(seconds=1))
    return commands.RunOutEvidence(at, local_date(at, moment.time_zone), CLOCK, moment.service, request_id)


def _too_early(moment: Moment, random: Random) -> commands.EvidenceCommand:
    request_id = _request_of(moment, random)
    at = _last_instant(moment, request_id)
    return commands.RunOutEvidence(at, local_date(at, moment.time_zone), CLOCK, moment.service, request_id)


def _last_instant(moment: Moment, request_id: UUID) -> datetime:
    """Return the last instant that is still in time for a request."""
    request = moment.case.evidence.requests.get(request_id)
    if request is None:
        return moment.at
    running = due(request.progress, request.terms)
    since = request.progress.preview_since or request.asked_at
    return running.at if running else later(since, request.terms.previewed_within)


def _accepted(moment: Moment, random: Random) -> commands.EvidenceCommand:
    request_id = _request_of(moment, random)
    return commands.AcceptEvidence(moment.at, moment.day, moment.applicant, moment.service, request_id)


def _disputed(moment: Moment, random: Random) -> commands.EvidenceCommand:
    request_id = _request_of(moment, random)
    request = moment.case.evidence.requests.get(request_id)
    elements = (request.answered or request.elements) if request else ()
    return commands.DisputeEvidence(
        moment.at, moment.applicant, moment.case_id, request_id, elements[:1], moment.whisper
    )


def _about_dispute(moment: Moment, random: Random) -> commands.EvidenceCommand:
    dispute_id = random.choice(list(moment.case.evidence.disputes) or [UUID(int=0)])
    dispute = moment.case.evidence.disputes.get(dispute_id)
    if dispute is None or dispute.hash is None:
        return commands.RecordDisputeSent(moment.at, SENDER, dispute_id, _HASH)
    resource = moment.case.evidence.requests[dispute.request_id].resource
    return commands.HearAboutDispute(
        moment.at, Actor(role="resource", pseudonym=resource), dispute_id, random.choice(_OUTCOMES), None
    )


def _supplied(moment: Moment) -> commands.EvidenceCommand:
    answers: dict[str, AnswerValue] = dict.fromkeys(moment.case.evidence.missing, moment.whisper)
    return commands.SupplyElements(moment.at, moment.day, moment.applicant, moment.service, answers)
