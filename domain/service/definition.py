"""What a service is, for one version of it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, NamedTuple, TypeAlias

from pydantic import Field

from domain.values import Element, LanguageTag, Line, Slug, Term, Text, Value

QuestionType: TypeAlias = Literal["text", "number", "date", "choice", "boolean"]


class Step(Value):
    """A service's own status; it may be recorded after the steps that it names, or at the start if it is first."""

    name: Line
    label: Text
    may_follow: tuple[Line, ...] = ()
    first: bool = False


class Question(Value):
    """What an applicant is asked for: a data element, how it is asked, and who may read the answer.

    An answer is sealed unless the element is declared open.
    """

    element: Element
    label: Text
    type: QuestionType
    required: bool = True
    open: bool = False
    shown_to_official: bool = True
    choices: tuple[Line, ...] = ()


class ServiceDefinition(Value):
    """A public service as one version of the catalogue describes it."""

    slug: Slug
    agency: Slug
    desk: Slug
    title: Text
    description: Text
    legal_basis: Line
    steps: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()
    term: Term | None = None
    silent_approval: bool = False
    appeal_term: Term | None = None
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
