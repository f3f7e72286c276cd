"""What happens to the evidence of a random case: resources speak, the applicant does, and time runs out."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

from domain.case import evidence_commands as commands
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.evidence.clocks import due, later
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault
from domain.evidence.progress import Happening
from domain.evidence.values import DisputeOutcome, EvidenceDocument
from domain.service.definition import ServiceDefinition
from domain.values import AnswerValue
from tests.domain.town import CLOCK, WINDOW

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
_OUTCOMES: Final[tuple[DisputeOutcome, ...]] = ("examining", "corrected", "confirmed", "refused")
_CODES: Final = {
    Happening.NOT_FOUND: ErrorCode.NOT_FOUND,
    Happening.REFUSED: ErrorCode.NOT_AUTHORISED,
    Happening.FAILED: ErrorCode.QUERY_FAILED,
}


class Moment(NamedTuple):
    """When something happens in a case: at that time and local date, what it is a case of, and in which state it is."""

    at: datetime
    day: date
    case_id: UUID
    case: CaseState
    service: ServiceDefinition
    applicant: Actor
    whisper: str


def what_may_happen(random: Random) -> list[Callable[[Moment], commands.EvidenceCommand]]:
    """Return what may happen to the evidence of a case that has asked for some, in a random order."""
    return random.sample(
        [
            lambda moment: _sent(moment, random),
            lambda moment: _heard(moment, random),
            lambda moment: _heard(moment, random),
            lambda moment: _ran_out(moment, random),
            lambda moment: commands.AcceptEvidence(
                moment.at, moment.day, moment.applicant, moment.service, _request_of(moment, random)
            ),
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
    return commands.RecordEvidenceSent(moment.at, WINDOW, _request_of(moment, random), _HASH)


def _heard(moment: Moment, random: Random) -> commands.EvidenceCommand:
    request_id = _request_of(moment, random)
    request = moment.case.evidence.requests.get(request_id)
    (happening,) = random.choices(list(_SAID), list(_SAID.values()))
    elements = request.elements if request else ()
    document = _DOCUMENT if random.random() < 0.2 else None
    given = () if document else elements[: random.randrange(1, len(elements) + 1)] if elements else ()
    owed = request.progress.owed_since if request else moment.at
    # Some answer within their level, whenever the test lets them, some after it, and some too late for anybody.
    at = random.choice((owed, owed, moment.at)) + timedelta(milliseconds=random.choice((0, 7_300, 299_999, 500_000)))
    return commands.HearResource(
        at,
        moment.day,
        Actor(role="resource", pseudonym=request.resource if request else "nobody"),
        moment.service,
        request_id,
        happening,
        available_at=later(at, timedelta(days=1)) if happening is Happening.DEFERRED else None,
        code=_CODES.get(happening),
        fault=Fault.OTHER_SIGNER if happening is Happening.UNACCEPTABLE else None,
        location="https://cars.example/preview/1" if happening is Happening.PREVIEW_ASKED else None,
        answer=commands.HeardAnswer(UUID(int=random.getrandbits(128)), _HASH, "12", document=document),
        values=dict.fromkeys(given, moment.whisper),
    )


def _ran_out(moment: Moment, random: Random) -> commands.EvidenceCommand:
    request_id = _request_of(moment, random)
    request = moment.case.evidence.requests.get(request_id)
    at = moment.at
    if request is not None:
        running = due(request.progress, request.terms)
        since = request.progress.preview_since or request.asked_at
        at = running.at if running else later(since, request.terms.previewed_within)
    return commands.RunOutEvidence(at + timedelta(seconds=1), moment.day, CLOCK, moment.service, request_id)


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
        return commands.RecordDisputeSent(moment.at, WINDOW, dispute_id, _HASH)
    resource = moment.case.evidence.requests[dispute.request_id].resource
    return commands.HearAboutDispute(
        moment.at, Actor(role="resource", pseudonym=resource), dispute_id, random.choice(_OUTCOMES), None
    )


def _supplied(moment: Moment) -> commands.EvidenceCommand:
    answers: dict[str, AnswerValue] = dict.fromkeys(moment.case.evidence.missing, moment.whisper)
    return commands.SupplyElements(moment.at, moment.day, moment.applicant, moment.service, answers)
