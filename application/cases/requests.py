"""What people send about a case."""

from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, TypeAdapter, WithJsonSchema

from application.mandates.requests import NamedBy
from application.request_document import RequestDocument, TrimmedLine, TrimmedProse, VersionNumber
from domain.case.events import ClockAfterOrder, Outcome
from domain.values import LARGEST_NUMBER, AnswerValue, Element, Hex32, Line, Prose, Slug, Term

MOST_ANSWERS = 200
# It is not trimmed: two names could become one, and an answer would be lost.
NameOfElement = Annotated[Line, StringConstraints(min_length=1)]
# The document says what an answer can be at all. The domain says whether it fits its question, by the element's name.
_ANSWERS_SCHEMA = {
    "type": "object",
    "maxProperties": MOST_ANSWERS,
    "propertyNames": TypeAdapter(Element).json_schema(),
    "additionalProperties": {
        "anyOf": [
            TypeAdapter(Prose).json_schema(),
            {"type": "boolean"},
            {"type": "integer", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER},
        ]
    },
}


def _whole(value: object) -> object:
    """Return 3 for 3.0, which JSON Schema calls an integer too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Answers = Annotated[
    dict[NameOfElement, Annotated[AnswerValue, BeforeValidator(_whole)]],
    Field(max_length=MOST_ANSWERS),
    WithJsonSchema(_ANSWERS_SCHEMA),
]


class Submission(RequestDocument):
    """A request for a service, with the answers that it asks for: element -> value.

    `nonce` is 32 random bytes in hexadecimal, new for each request: whoever sends one can be sure that nobody has
    known, when the request was made, which official would be drawn for it.

    With `mandate` the request is made for whoever has given the caller that mandate; with `organisation` for one that
    the caller's login proves, or that has given the mandate.
    """

    service: Slug
    answers: Answers = Field(default_factory=dict)
    language: TrimmedLine | None = None
    nonce: Hex32 | None = None
    mandate: UUID | None = None
    organisation: NamedBy | None = None


class StepRecord(RequestDocument):
    """A step of the service that was done; the note is for the applicant."""

    step: TrimmedLine
    note: TrimmedProse | None = None


class QuestionToApplicant(RequestDocument):
    """A question to the applicant; the case waits for the answer."""

    question: TrimmedProse
    elements: tuple[NameOfElement, ...] = ()


class AnswerToQuestion(RequestDocument):
    """The applicant's answer to the question that is open."""

    answer: TrimmedProse
    answers: Answers = Field(default_factory=dict)


class EvidenceAcceptance(RequestDocument):
    """Which request for evidence the applicant agrees to, after a look at what was or would be answered."""

    request_id: UUID


class EvidenceObjection(RequestDocument):
    """Which request for evidence the applicant does not agree to, and perhaps why."""

    request_id: UUID
    reason: TrimmedProse | None = None


class EvidenceDisputeRequest(RequestDocument):
    """Which elements of an answer the applicant says are wrong in the register, and what is wrong."""

    request_id: UUID
    elements: Annotated[tuple[NameOfElement, ...], Field(min_length=1, max_length=MOST_ANSWERS)]
    statement: TrimmedProse


class EvidenceSupply(RequestDocument):
    """What the applicant gives instead of a resource: element -> value."""

    answers: Answers


class MessageToSend(RequestDocument):
    """A message to the other side of the case: the name of a form that the service offers, or words of one's own."""

    form: Slug | None = None
    words: TrimmedProse | None = None


class MessageToTakeBack(RequestDocument):
    """The number of a message that its sender takes back."""

    number: VersionNumber


class ContactReport(RequestDocument):
    """How the other side tried to meet outside of the window, and in which message, if it was in one.

    Only whoever reports it, and auditors, are shown the statement. What it tells may well be a telephone number.
    """

    statement: TrimmedProse
    message: VersionNumber | None = None


class TermExtension(RequestDocument):
    """By how much the term is made longer, on what legal ground, and why."""

    by: Term
    ground: TrimmedLine
    reason: TrimmedProse | None = None


class GrantPublication(RequestDocument):
    """Where anybody can read that the request is granted by law."""

    published_at: TrimmedLine


class Decision(RequestDocument):
    """How the case is decided, on what legal ground, and why: only towards an erased applicant there are no reasons."""

    outcome: Outcome
    legal_basis: TrimmedLine
    reasons: TrimmedProse | None = None


class Closing(RequestDocument):
    """Closing needs no members."""


class Withdrawal(RequestDocument):
    """The applicant takes the request back."""

    reason: TrimmedProse | None = None


class ReopeningOrder(RequestDocument):
    """The order, for example of a court, that reopens a closed case.

    By it the clock goes on, or begins anew, with the order's own term if it sets one.
    """

    order: TrimmedLine
    reason: TrimmedProse | None = None
    clock: ClockAfterOrder = "goes_on"
    term: Term | None = None
