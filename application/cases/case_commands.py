"""Lists the changes of an existing case in one table, and makes them.

A row names the path, the right that it needs, the body, and the domain's command. The members of the body become fields
of the command; the other fields come from `Acting`.
"""

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Final, NamedTuple
from uuid import UUID

from application.access.authorisation import Action
from application.access.callers import Caller
from application.cases.casework import Acting, Written, carry_out
from application.cases.requests import (
    AnswerToQuestion,
    Closing,
    ContactReport,
    Decision,
    EvidenceAcceptance,
    EvidenceDisputeRequest,
    EvidenceObjection,
    EvidenceSupply,
    GrantPublication,
    MessageToSend,
    MessageToTakeBack,
    QuestionToApplicant,
    ReopeningOrder,
    StepRecord,
    TermExtension,
    Withdrawal,
)
from application.idempotency import Idempotency
from application.request_document import RequestDocument
from application.window import Window
from domain.case import commands
from domain.case.clock_commands import ExtendTerm, PublishSilentGrant
from domain.case.evidence_commands import AcceptEvidence, DisputeEvidence, ObjectToEvidence, SupplyElements
from domain.case.message_commands import ReportContact, SendMessage, TakeBackMessage


class CaseCommand(NamedTuple):
    """A change of a case: its path under the case, who may ask for it, its body, its command and its summary."""

    path: str
    action: Action
    takes: type[RequestDocument]
    becomes: type[commands.Command]
    name: str
    summary: str

    def build(self, document: RequestDocument, acting: Acting) -> commands.Command:
        """Return the command that the document asks for."""
        wanted = {field.name for field in fields(self.becomes)}
        known = {name: value for name, value in acting._asdict().items() if name in wanted}
        said = {name: getattr(document, name) for name in self.takes.model_fields}
        return self.becomes(**known, **said)


_WORK, _ANSWER, _WITHDRAW, _REOPEN = Action.WORK_ON_CASE, Action.ANSWER, Action.WITHDRAW, Action.REOPEN
_WRITE, _PUBLISH = Action.WRITE_MESSAGE, Action.PUBLISH_GRANT
CASE_COMMANDS: Final = (
    CaseCommand("/steps", _WORK, StepRecord, commands.RecordStep, "record_step", "Record a step of the service"),
    CaseCommand(
        "/questions", _WORK, QuestionToApplicant, commands.AskApplicant, "ask_applicant", "Ask the applicant a question"
    ),
    CaseCommand(
        "/answers", _ANSWER, AnswerToQuestion, commands.AnswerQuestion, "answer_question", "Answer the open question"
    ),
    CaseCommand(
        "/evidence/acceptance",
        _ANSWER,
        EvidenceAcceptance,
        AcceptEvidence,
        "accept_evidence",
        "Agree to what a resource answers",
    ),
    CaseCommand(
        "/evidence/objection",
        _ANSWER,
        EvidenceObjection,
        ObjectToEvidence,
        "object_to_evidence",
        "Object to what a resource answers",
    ),
    CaseCommand(
        "/evidence/dispute",
        _ANSWER,
        EvidenceDisputeRequest,
        DisputeEvidence,
        "dispute_evidence",
        "Say that a register is wrong",
    ),
    CaseCommand(
        "/evidence/answers",
        _ANSWER,
        EvidenceSupply,
        SupplyElements,
        "supply_elements",
        "Give what a resource did not",
    ),
    CaseCommand("/messages", _WRITE, MessageToSend, SendMessage, "send_message", "Write to the other side"),
    CaseCommand(
        "/messages/taking-back",
        _WRITE,
        MessageToTakeBack,
        TakeBackMessage,
        "take_back_message",
        "Take a message back before it is shown",
    ),
    CaseCommand(
        "/contact-reports",
        _WRITE,
        ContactReport,
        ReportContact,
        "report_contact",
        "Report that the other side sought contact",
    ),
    CaseCommand("/extension", _WORK, TermExtension, ExtendTerm, "extend_term", "Extend the term, once"),
    CaseCommand(
        "/publication",
        _PUBLISH,
        GrantPublication,
        PublishSilentGrant,
        "publish_silent_grant",
        "Say where a grant by silence is made public",
    ),
    CaseCommand("/decision", _WORK, Decision, commands.DecideCase, "decide_case", "Decide the case"),
    CaseCommand("/closing", _WORK, Closing, commands.CloseCase, "close_case", "Close the decided case"),
    CaseCommand("/withdrawal", _WITHDRAW, Withdrawal, commands.WithdrawCase, "withdraw_case", "Take the request back"),
    CaseCommand(
        "/reopening", _REOPEN, ReopeningOrder, commands.ReopenCase, "reopen_case", "Open a closed case by order"
    ),
)
_BY_DOCUMENT: Final[Mapping[type[RequestDocument], CaseCommand]] = MappingProxyType(
    {command.takes: command for command in CASE_COMMANDS}
)


async def change_case(
    window: Window,
    caller: Caller,
    case_id: UUID,
    expected_version: int,
    document: RequestDocument,
    idempotency: Idempotency | None = None,
) -> Written:
    """Make the change that the document asks for; raises as `carry_out` does."""
    command = _BY_DOCUMENT[type(document)]

    def build(acting: Acting) -> commands.Command:
        return command.build(document, acting)

    return await carry_out(window, caller, command.action, case_id, expected_version, build, idempotency)
