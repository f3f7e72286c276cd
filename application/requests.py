"""What people and systems ask for, as the door takes it in: camelCase JSON, nothing unknown, bounded sizes."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.alias_generators import to_camel

from domain.agency.events import DeskLimit
from domain.case.answers import LARGEST_NUMBER
from domain.case.events import Outcome
from domain.service.definition import ServiceDefinition
from domain.text import LONGEST_PROSE
from domain.values import LONGEST_ELEMENT, NAME_OF_ELEMENT, SAYS_SOMETHING, AnswerValue, Line, Prose, Slug, Text

MOST_ANSWERS = 200
# The domain's own texts, but for the white space around them, which nobody means.
TrimmedProse = Annotated[Prose, StringConstraints(strip_whitespace=True, min_length=1)]
TrimmedLine = Annotated[Line, StringConstraints(strip_whitespace=True, min_length=1)]
# Whether an answer fits its question the domain says, by the element's name; the document says what can fit at all.
_ANSWERS_SCHEMA = {
    "type": "object",
    "maxProperties": MOST_ANSWERS,
    "propertyNames": {"type": "string", "pattern": NAME_OF_ELEMENT, "maxLength": LONGEST_ELEMENT},
    "additionalProperties": {
        "anyOf": [
            {"type": "string", "pattern": SAYS_SOMETHING, "maxLength": LONGEST_PROSE},
            {"type": "boolean"},
            {"type": "integer", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER},
        ]
    },
}


def _whole(value: object) -> object:
    """Return 3 for 3.0, which JSON Schema calls an integer too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Answers = Annotated[
    dict[TrimmedLine, Annotated[AnswerValue, BeforeValidator(_whole)]],
    Field(max_length=MOST_ANSWERS),
    WithJsonSchema(_ANSWERS_SCHEMA),
]
DeskLimits = Annotated[dict[Slug, DeskLimit], Field(max_length=200)]


class Request(BaseModel):
    """A request's body: camelCase, unknown members are refused by name."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True)


class Submission(Request):
    """A request for a service, with the answers that it asks for: element -> value."""

    service: Slug
    answers: Answers = Field(default_factory=dict)
    language: TrimmedLine | None = None


class StepRecord(Request):
    """A step of the service that was done; the note is for the applicant."""

    step: TrimmedLine
    note: TrimmedProse | None = None


class QuestionToApplicant(Request):
    """A question to the applicant; the case waits for the answer."""

    question: TrimmedProse
    elements: tuple[TrimmedLine, ...] = ()


class AnswerToQuestion(Request):
    """The applicant's answer to the question that is open."""

    answer: TrimmedProse
    answers: Answers = Field(default_factory=dict)


class Decision(Request):
    """How the case is decided, on what legal ground, and why: only towards an erased applicant there are no reasons."""

    outcome: Outcome
    legal_basis: TrimmedLine
    reasons: TrimmedProse | None = None


class Closing(Request):
    """Closing asks for nothing."""


class Withdrawal(Request):
    """The applicant takes the request back."""

    reason: TrimmedProse | None = None


class ReopeningOrder(Request):
    """The order, of a court say, by which a closed case is opened again."""

    order: TrimmedLine
    reason: TrimmedProse | None = None


class SubscriptionRequest(Request):
    """Which events an agency wants; what is left out stands for all services, all types, no webhook."""

    services: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=50)] | None = None
    topics: Annotated[tuple[TrimmedLine, ...], Field(min_length=1, max_length=50)] | None = None
    endpoint: TrimmedLine | None = None


class SubscriptionGrant(Request):
    """Granting asks for nothing."""


class SubscriptionRefusal(Request):
    """Why a subscription is refused: language -> text."""

    reason: Text


class EndpointChange(Request):
    """Where events are sent from now on; null: nowhere."""

    endpoint: TrimmedLine | None


class SecretRotation(Request):
    """A new secret asks for nothing."""


class ReplayRequest(Request):
    """After which of the agency's sequences the webhook begins anew."""

    after: Annotated[int, Field(ge=0, lt=1 << 53)]


class SubscriptionEnding(Request):
    """Ending asks for nothing."""


class AgencyEntry(Request):
    """A competent public authority."""

    slug: Slug
    name: Text
    time_zone: TrimmedLine
    desks: tuple[Slug, ...]
    desk_limits: DeskLimits = Field(default_factory=dict)


class ServiceDraft(Request):
    """A new version of a service."""

    definition: ServiceDefinition
