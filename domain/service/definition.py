"""What a service is, for one version of it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, TypeAlias

from pydantic import Field, StringConstraints

from domain.values import Element, LanguageTag, Line, Slug, Term, Text, Value, ValueType

StepChannel: TypeAlias = Literal["electronic", "office", "both"]
"""Where a step is done: electronically, at an office, or at the applicant's choice."""

Phase: TypeAlias = Literal["apply", "process", "result"]
"""The part of a service that a step belongs to; conversion to electronic form is reported by these."""

Preview: TypeAlias = Literal["none", "possible", "required"]
"""Whether the applicant sees what a resource would answer before it is used."""

Amount: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$")]
Currency: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""A currency as ISO 4217 names it: AZN, EUR."""


class Step(Value):
    """A service's own status; it may be recorded after the steps that it names, or at the start if it is first.

    `channel` is None where nobody has said how the step is done.
    """

    name: Line
    label: Text
    may_follow: tuple[Line, ...] = ()
    first: bool = False
    phase: Phase = "process"
    channel: StepChannel | None = None


class Question(Value):
    """What an applicant is asked for: a data element, how it is asked, and who may read the answer.

    An answer is sealed unless the element is declared open. `shown_on` is the legal ground on which officials read an
    element that can name a person.
    """

    element: Element
    label: Text
    type: ValueType
    required: bool = True
    open: bool = False
    shown_to_official: bool = True
    shown_on: Line | None = None
    choices: tuple[Line, ...] = ()


class EvidenceNeed(Value):
    """A data element that a resource is asked for instead of the applicant.

    `label` is how the applicant is asked when the resource does not answer. What is answered is always sealed.
    `shown_on` is as in a question.
    """

    element: Element
    resource: Slug
    label: Text
    type: ValueType
    required: bool = True
    shown_to_official: bool = True
    shown_on: Line | None = None
    choices: tuple[Line, ...] = ()
    preview: Preview = "none"

    def as_question(self, *, required: bool) -> Question:
        """Return the question whose answers have the same rules."""
        return Question(element=self.element, label=self.label, type=self.type, required=required, choices=self.choices)


class Output(Value):
    """What the applicant gets from a granted request."""

    name: Slug
    title: Text


class Cost(Value):
    """What the applicant pays, and for what."""

    name: Slug
    title: Text
    amount: Amount
    currency: Currency


class MessageForm(Value):
    """A message that one side of a case may send without words of its own."""

    name: Slug
    by: Literal["applicant", "official"]
    text: Text


class Timing(Value):
    """What the clock does with cases of a service beside counting their term; None: it does not.

    Attributes:
        suspended_for_answers: the ground of the law on which the term does not run while the applicant owes an answer.
        suspended_for_evidence: the ground on which it does not run while a resource owes one.
        answers_within: the applicant's term for an answer; after it the request lapses, on the ground `lapses_on`.
        warned_before: how long before the last day the clock warns.
        escalated_after: how long after the last day the clock escalates, and then again and again.
        silence_published_within: the agency's term to make public that a request is granted by silence.
    """

    suspended_for_answers: Line | None = None
    suspended_for_evidence: Line | None = None
    answers_within: Term | None = None
    lapses_on: Line | None = None
    warned_before: Term | None = None
    escalated_after: Term | None = None
    silence_published_within: Term | None = None


class ServiceDefinition(Value):
    """A public service as one version of the catalogue describes it.

    `extension` is by how much the term may be extended, once. A service that `opens` others is a life event: a request
    for it is a request for each of them.
    """

    slug: Slug
    agency: Slug
    desk: Slug
    title: Text
    description: Text
    legal_basis: Line
    steps: tuple[Step, ...] = ()
    message_forms: tuple[MessageForm, ...] = ()
    questions: tuple[Question, ...] = ()
    evidence: tuple[EvidenceNeed, ...] = ()
    opens: tuple[Slug, ...] = ()
    outputs: tuple[Output, ...] = ()
    costs: tuple[Cost, ...] = ()
    term: Term | None = None
    extension: Term | None = None
    timing: Timing = Timing()
    silent_approval: bool = False
    appeal_term: Term | None = None
    appeal_body: Slug | None = None
    retention: Term | None = None
    channels: Annotated[tuple[Line, ...], Field(min_length=1)]
    languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1)]

    @cached_property
    def steps_by_name(self) -> Mapping[str, Step]:
        """Return the steps by their names."""
        return {step.name: step for step in self.steps}

    @cached_property
    def questions_by_element(self) -> Mapping[str, Question]:
        """Return the questions by their elements."""
        return {question.element: question for question in self.questions}


class PublishedService(NamedTuple):
    """The published version, which a submission needs; `ServiceState.published` returns it."""

    definition: ServiceDefinition
    version: int
