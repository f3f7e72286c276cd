"""Decides the commands about who acts for the applicant of a case."""

from typing import Final, assert_never

from domain.case.refusals import (
    ApplicantErased,
    MandateMissing,
    NotTheRepresentative,
    RepresentativeAlreadyAdded,
    RepresentativeNotAdded,
    SubjectAlreadyErased,
)
from domain.case.representation_commands import AddRepresentative, RemoveRepresentative, RepresentationCommand
from domain.case.representation_events import RepresentativeAdded, RepresentativeRemoved
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.event import Event

RIGHT_OVER: Final = Actor(role="window", pseudonym="mandate")
"""As whom the window removes a representative whose right is over."""


def decide_representation(command: RepresentationCommand, case: CaseState) -> Event:
    """Return the event that the command leads to.

    Raises:
        Refusal: the rule that forbids it.
    """
    match command:
        case AddRepresentative():
            return _added(command, case)
        case RemoveRepresentative():
            return _removed(command, case)
        case _:
            assert_never(command)


def _added(command: AddRepresentative, case: CaseState) -> RepresentativeAdded:
    who = command.actor
    if who.role != "representative" or who.pseudonym == case.applicant:
        raise NotTheRepresentative
    if case.applicant_is_erased:
        raise ApplicantErased
    if who.pseudonym in case.erased:
        raise SubjectAlreadyErased
    if who.pseudonym in case.representatives:
        raise RepresentativeAlreadyAdded
    if command.mandate is None and case.party != "organisation":
        raise MandateMissing(field="mandate")
    return RepresentativeAdded(representative=who.pseudonym, mandate=command.mandate)


def _removed(command: RemoveRepresentative, case: CaseState) -> RepresentativeRemoved:
    is_over = command.actor == RIGHT_OVER
    if not is_over and command.actor != Actor(role="representative", pseudonym=command.representative):
        raise NotTheRepresentative
    if command.representative not in case.representatives:
        raise RepresentativeNotAdded
    return RepresentativeRemoved(representative=command.representative, why="right_over" if is_over else "left")
