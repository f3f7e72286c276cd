"""Who acts for the applicant of a case: whom the case has as their representative, and nobody else."""

from typing import Any

import pytest

from domain.case.commands import Command
from domain.case.events import SubjectErased
from domain.case.message_commands import SendMessage
from domain.case.refusals import (
    ApplicantErased,
    MandateMissing,
    NotASideOfTheCase,
    NotTheApplicant,
    NotTheRepresentative,
    RepresentativeAlreadyAdded,
    RepresentativeNotAdded,
    SubjectAlreadyErased,
)
from domain.case.representation_decisions import RIGHT_OVER
from domain.case.representation_events import RepresentativeAdded, RepresentativeRemoved
from domain.case.stage import Stage
from domain.envelope import Actor
from domain.event import Event
from tests.domain.given_when_then import fold, given
from tests.domain.message_examples import SENT, WITH_FORMS
from tests.domain.town import (
    ANSWERED,
    APPLICANT,
    ASKED,
    ASSIGNED,
    AT,
    CLOSED,
    DECIDED,
    OFFICIAL,
    REPRESENTATIVE,
    SUBMITTED,
    TODAY,
    WITHDRAWN,
    answer,
    erase,
    submit,
    withdraw,
)
from tests.mandates.examples import ADDED, LEFT, MANDATE_ID, OTHER, add, remove

WAITING = (SUBMITTED, ASSIGNED, ASKED)
OVER = RepresentativeRemoved(representative=REPRESENTATIVE.pseudonym, why="right_over")
BY_LOGIN = RepresentativeAdded(representative=REPRESENTATIVE.pseudonym, mandate=None)
OF_ORGANISATION = SUBMITTED.model_copy(update={"party": "organisation"})
ERASED, HER_ERASED = (SubjectErased(pseudonym=who.pseudonym, local_date=TODAY) for who in (APPLICANT, REPRESENTATIVE))


def message(actor: Actor) -> SendMessage:
    return SendMessage(AT, TODAY, actor, WITH_FORMS, words="When?")


def test_a_representative_acts_once_the_case_has_them_and_until_they_are_removed() -> None:
    for removed in (LEFT, OVER):
        given(*WAITING, ADDED).when(answer(actor=REPRESENTATIVE)).then(ANSWERED)
        given(*WAITING).when(answer(actor=REPRESENTATIVE)).then(NotTheApplicant)
        given(*WAITING, ADDED, removed).when(answer(actor=REPRESENTATIVE)).then(NotTheApplicant)
        given(*WAITING, ADDED, removed, ADDED).when(answer(actor=REPRESENTATIVE)).then(ANSWERED)


def test_a_representative_leaves_the_applicant_their_own_right() -> None:
    given(*WAITING, ADDED).when(answer()).then(ANSWERED)


@pytest.mark.parametrize(
    "actor",
    [
        OTHER,
        Actor(role="applicant", pseudonym=REPRESENTATIVE.pseudonym),
        Actor(role="official", pseudonym=REPRESENTATIVE.pseudonym),
        Actor(role="representative", pseudonym=APPLICANT.pseudonym),
    ],
)
def test_nobody_passes_for_the_applicant_but_themselves_and_their_representative(actor: Actor) -> None:
    given(*WAITING, ADDED).when(answer(actor=actor)).then(NotTheApplicant)
    given(*WAITING, ADDED).when(withdraw(actor=actor)).then(NotTheApplicant)


def test_a_representative_writes_on_the_applicants_side() -> None:
    given(SUBMITTED, ADDED).when(message(REPRESENTATIVE)).then(SENT)
    given(SUBMITTED, ADDED).when(message(OTHER)).then(NotASideOfTheCase)
    given(SUBMITTED, ADDED, LEFT).when(message(REPRESENTATIVE)).then(NotASideOfTheCase)


def test_people_become_representatives_by_themselves_alone() -> None:
    given(SUBMITTED).when(add()).then(ADDED)
    for actor in (APPLICANT, OFFICIAL, Actor(role="representative", pseudonym=APPLICANT.pseudonym)):
        given(SUBMITTED).when(add(actor)).then(NotTheRepresentative)


def test_a_representative_is_added_once() -> None:
    given(SUBMITTED, ADDED).when(add()).then(RepresentativeAlreadyAdded)
    given(SUBMITTED, ADDED).when(add(OTHER)).then(
        RepresentativeAdded(representative=OTHER.pseudonym, mandate=str(MANDATE_ID))
    )


def test_only_for_an_organisation_somebody_acts_without_a_mandate() -> None:
    given(SUBMITTED).when(add(mandate=None)).then(MandateMissing, field="mandate")
    given(OF_ORGANISATION).when(add(mandate=None)).then(BY_LOGIN)


def test_a_case_can_be_joined_when_it_has_ended_too() -> None:
    given(SUBMITTED, ASSIGNED, DECIDED, CLOSED).when(add()).then(ADDED)


def test_nobody_acts_for_an_erased_applicant() -> None:
    given(SUBMITTED, ERASED).when(add()).then(ApplicantErased)
    given(SUBMITTED, ADDED, ERASED).when(withdraw(actor=REPRESENTATIVE)).then(NotTheApplicant)


def test_an_erased_representative_acts_for_nobody() -> None:
    given(SUBMITTED, ADDED).when(erase(pseudonym=REPRESENTATIVE.pseudonym)).then(HER_ERASED)
    given(SUBMITTED, ADDED, HER_ERASED).when(withdraw(actor=REPRESENTATIVE)).then(NotTheApplicant)
    given(SUBMITTED, ADDED, HER_ERASED).when(add()).then(SubjectAlreadyErased)


def test_a_representative_leaves_or_is_removed_by_the_window() -> None:
    given(SUBMITTED, ADDED).when(remove()).then(LEFT)
    given(SUBMITTED, ADDED).when(remove(RIGHT_OVER)).then(OVER)
    given(SUBMITTED).when(remove()).then(RepresentativeNotAdded)
    given(SUBMITTED, ADDED, LEFT).when(remove(RIGHT_OVER)).then(RepresentativeNotAdded)
    for actor in (APPLICANT, OFFICIAL, OTHER, Actor(role="window", pseudonym="desk")):
        given(SUBMITTED, ADDED).when(remove(actor)).then(NotTheRepresentative)


@pytest.mark.parametrize("past", [WAITING, (SUBMITTED, WITHDRAWN), (SUBMITTED, ASSIGNED, DECIDED)])
def test_representatives_leave_a_case_in_its_stage(past: tuple[Event, ...]) -> None:
    before, joined, left = (fold((*past, *more)) for more in ((), (ADDED,), (ADDED, LEFT)))
    assert before is not None
    assert joined is not None
    assert left is not None

    assert joined == before._replace(representatives=frozenset({REPRESENTATIVE.pseudonym}))
    assert left == before
    assert before.stage in Stage


def by_representative(**changes: Any) -> Command:
    return submit(actor=REPRESENTATIVE, **changes)


def test_whoever_submits_for_another_represents_them_from_the_first_moment() -> None:
    given().when(by_representative(mandate=str(MANDATE_ID))).then((SUBMITTED, ADDED))
    given().when(by_representative(party="organisation")).then((OF_ORGANISATION, BY_LOGIN))
    given().when(by_representative(party="organisation", mandate=str(MANDATE_ID))).then((OF_ORGANISATION, ADDED))


def test_nobody_submits_for_a_person_without_a_mandate() -> None:
    given().when(by_representative()).then(MandateMissing, field="mandate")


def test_an_organisation_has_nobody_but_representatives() -> None:
    given().when(submit(party="organisation")).then(NotTheApplicant)


def test_a_representative_has_another_pseudonym_than_the_applicant() -> None:
    same = Actor(role="representative", pseudonym=APPLICANT.pseudonym)

    given().when(submit(actor=same, mandate=str(MANDATE_ID))).then(NotTheApplicant)


def test_the_mandate_is_sealed_and_no_text_of_a_command_shows_it() -> None:
    assert "mandate" not in ADDED.model_dump(exclude={"mandate"})
    assert str(MANDATE_ID) not in repr(ADDED) + repr(add()) + repr(by_representative(mandate=str(MANDATE_ID)))
