"""The words of a command that go from one side of a case to the other: between an applicant and the state's people."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from pydantic.alias_generators import to_camel

from domain.case import commands
from domain.case.clock_commands import ExtendTerm
from domain.case.evidence_commands import DisputeEvidence, ObjectToEvidence, SupplyElements
from domain.case.message_commands import SendMessage
from domain.service.definition import EvidenceNeed, Question, ServiceDefinition
from domain.values import AnswerValue


class WordsAcross(NamedTuple):
    """A text, and its place in the request as the API spells it."""

    field: str
    text: str


_TEXTS: Final[Mapping[type[commands.Command], tuple[str, ...]]] = MappingProxyType(
    {
        commands.RecordStep: ("note",),
        commands.AskApplicant: ("question",),
        commands.AnswerQuestion: ("answer",),
        ExtendTerm: ("ground", "reason"),
        commands.DecideCase: ("legal_basis", "reasons"),
        commands.WithdrawCase: ("reason",),
        commands.ReopenCase: ("order", "reason"),
        ObjectToEvidence: ("reason",),
        DisputeEvidence: ("statement",),
        SendMessage: ("words",),
    }
)


def words_across(command: commands.Command) -> Iterator[WordsAcross]:
    """Yield the words that the other side will read; not the answers that no official is shown."""
    for name in _TEXTS.get(type(command), ()):
        text = getattr(command, name)
        if text is not None:
            yield WordsAcross(to_camel(name), text)
    match command:
        case commands.SubmitCase():
            yield from _answers_across(command.answers, command.service.definition)
        case commands.AnswerQuestion() | SupplyElements():
            yield from _answers_across(command.answers, command.service)
        case _:
            pass


def _answers_across(answers: Mapping[str, AnswerValue], service: ServiceDefinition) -> Iterator[WordsAcross]:
    asked: Sequence[Question | EvidenceNeed] = [*service.questions, *service.evidence]
    free = {element.element for element in asked if element.type == "text" and element.shown_to_official}
    for element, value in sorted(answers.items()):
        if element in free and isinstance(value, str):
            yield WordsAcross(f"answers.{element}", value)
