"""The table of a case's commands has everything that a command needs."""

from dataclasses import fields
from typing import get_args

import pytest

from application.cases.case_commands import CASE_COMMANDS, CaseCommand
from application.cases.casework import Acting
from domain.case import commands
from domain.case.assignment_commands import LeaveCaseWaiting, MoveCase, ReleaseCase
from domain.case.clock_commands import (
    CountTerm,
    EscalateCase,
    GrantBySilence,
    LapseCase,
    NoteUnpublishedGrant,
    WarnOfLastDay,
)
from domain.case.evidence_commands import (
    HearAboutDispute,
    HearResource,
    RecordDisputeSent,
    RecordEvidenceSent,
    RunOutEvidence,
)
from domain.case.representation_commands import AddRepresentative, RemoveRepresentative

NOT_ASKED_BY_A_BODY = {
    *(commands.SubmitCase, commands.AssignCase, commands.EraseSubject, commands.MarkOverdue),
    *(RecordEvidenceSent, RecordDisputeSent, HearResource, HearAboutDispute, RunOutEvidence),
    *(AddRepresentative, RemoveRepresentative),
    *(ReleaseCase, LeaveCaseWaiting, MoveCase),
    *(CountTerm, WarnOfLastDay, EscalateCase, GrantBySilence, NoteUnpublishedGrant, LapseCase),
}
"""Commands outside of the table: requests make cases, draws assign; the clock, the window and resources act alone.

Who acts for an applicant does not have to have seen the case before, so `application/mandates/joining.py` has it.
"""


@pytest.mark.parametrize("command", CASE_COMMANDS, ids=lambda command: command.name)
def test_every_field_of_a_command_comes_from_its_body_or_from_who_acts(command: CaseCommand) -> None:
    wanted = {field.name for field in fields(command.becomes)} - {"origin"}
    said = set(command.takes.model_fields)

    assert said <= wanted, "a member of the body that the command has no field for would be lost"
    assert wanted - said <= set(Acting._fields)


def test_no_member_of_a_body_takes_the_place_of_who_acts_or_when() -> None:
    for command in CASE_COMMANDS:
        assert not set(command.takes.model_fields) & (set(Acting._fields) | {"origin"})


def test_every_command_of_the_domain_that_people_ask_for_has_a_line() -> None:
    assert {command.becomes for command in CASE_COMMANDS} == set(get_args(commands.Command)) - NOT_ASKED_BY_A_BODY
