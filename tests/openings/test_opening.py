"""Two auditors open identities together, each with a reason, for a time; one of them cannot be both."""

from datetime import timedelta

import pytest

from domain.envelope import Actor
from domain.event import Event, UnknownEventError
from domain.opening.commands import Command
from domain.opening.refusals import (
    FirstAuditorErased,
    IdentitiesNotOpened,
    NotAnAuditor,
    NotTheFirstAuditor,
    OpeningAgreedAlready,
    OpeningAskedAlready,
    OpeningNotAsked,
    OpeningOver,
    OpeningTooLong,
    ReasonTooLong,
    ReasonTooShort,
    SealTooLong,
    SecondAuditorIsTheFirst,
)
from domain.opening.state import OpeningStatus, evolve
from domain.text import TextHasNoControlCharacters
from tests.domain.town import AT, SUBMITTED
from tests.openings.examples import (
    ASKED,
    DAY,
    DROPPED,
    FIRST,
    OPENED,
    REASON,
    SECOND,
    THIRD,
    agree,
    ask,
    drop,
    given,
    look,
    looked,
    opening_after,
)

A_MOMENT = timedelta(microseconds=1)


def test_one_auditor_asks_and_another_one_agrees() -> None:
    given().when(ask()).then(ASKED)
    given(ASKED).when(agree()).then(OPENED)


def test_identities_are_opened_for_thirty_days_and_sealed_for_a_hundred_and_eighty_at_most() -> None:
    longest = ASKED.model_copy(update={"until": AT + 30 * DAY, "sealed_until": AT + 180 * DAY})

    given().when(ask(days=30, sealed_days=180)).then(longest)
    for days in (0, 31):
        given().when(ask(days=days)).is_refused(OpeningTooLong, "days")
    for days in (-1, 181):
        given().when(ask(sealed_days=days)).is_refused(SealTooLong, "sealedDays")


def test_an_opening_may_be_told_at_once() -> None:
    given().when(ask(sealed_days=0)).then(ASKED.model_copy(update={"sealed_until": AT}))


def test_an_opening_for_less_than_a_week_lapses_with_its_time() -> None:
    short = ASKED.model_copy(update={"until": AT + 2 * DAY, "lapses_at": AT + 2 * DAY})

    given().when(ask(days=2)).then(short)
    given(short).when(agree(at=AT + 2 * DAY)).is_refused(OpeningOver)


@pytest.mark.parametrize("reason", ["x" * 19, " " * 30 + "x", ""])
def test_a_reason_says_something(reason: str) -> None:
    given().when(ask(reason=reason)).is_refused(ReasonTooShort, "reason")
    given(ASKED).when(agree(reason=reason)).is_refused(ReasonTooShort, "reason")


def test_a_reason_has_two_thousand_characters_at_most() -> None:
    given().when(ask(reason="x" * 2000)).then(ASKED.model_copy(update={"reason": "x" * 2000}))
    given().when(ask(reason="x" * 2001)).is_refused(ReasonTooLong, "reason")
    given(ASKED).when(agree(reason="x" * 2001)).is_refused(ReasonTooLong, "reason")


def test_people_can_read_a_reason() -> None:
    given().when(ask(reason=f"{REASON}\x07")).is_refused(TextHasNoControlCharacters, "reason")
    given(ASKED).when(agree(reason=f"{REASON}\x07")).is_refused(TextHasNoControlCharacters, "reason")


def test_the_second_auditor_is_not_the_first() -> None:
    given(ASKED).when(agree(FIRST)).is_refused(SecondAuditorIsTheFirst)


def test_nobody_is_the_second_auditor_by_another_login_of_the_first() -> None:
    given(ASKED).when(agree(is_the_first=True)).is_refused(SecondAuditorIsTheFirst)


def test_nobody_agrees_once_the_vault_cannot_tell_who_was_the_first() -> None:
    given(ASKED).when(agree(first_is_known=False)).is_refused(FirstAuditorErased)


def test_an_opening_is_agreed_to_once() -> None:
    given(ASKED, OPENED).when(agree(THIRD)).is_refused(OpeningAgreedAlready)
    given(ASKED, OPENED).when(agree(SECOND)).is_refused(OpeningAgreedAlready)


def test_an_opening_that_nobody_agrees_to_for_a_week_lapses() -> None:
    given(ASKED).when(agree(at=AT + 7 * DAY - A_MOMENT)).then(OPENED)
    given(ASKED).when(agree(at=AT + 7 * DAY)).is_refused(OpeningOver)


def test_nobody_agrees_to_what_nobody_has_asked_for_or_has_taken_back() -> None:
    given().when(agree()).is_refused(OpeningNotAsked)
    given(ASKED, DROPPED).when(agree()).is_refused(OpeningOver)


def test_an_opening_is_asked_for_once() -> None:
    given(ASKED).when(ask(THIRD)).is_refused(OpeningAskedAlready)


@pytest.mark.parametrize("past", [(ASKED,), (ASKED, OPENED)])
def test_the_first_auditor_takes_an_opening_back_and_nobody_else(past: tuple[Event, ...]) -> None:
    given(*past).when(drop()).then(DROPPED)
    for other in (SECOND, THIRD):
        given(*past).when(drop(other)).is_refused(NotTheFirstAuditor)


def test_taking_back_twice_changes_nothing_and_what_is_over_is_not_taken_back() -> None:
    given(ASKED, DROPPED).when(drop()).then()
    given(ASKED).when(drop(at=AT + 7 * DAY)).is_refused(OpeningOver)
    given(ASKED, OPENED).when(drop(at=AT + 14 * DAY)).is_refused(OpeningOver)


@pytest.mark.parametrize("actor", [FIRST, SECOND])
def test_both_auditors_read_the_identities_until_the_time_is_over(actor: Actor) -> None:
    last = AT + 14 * DAY - A_MOMENT

    given(ASKED, OPENED).when(look(actor)).then(looked(actor))
    given(ASKED, OPENED).when(look(actor, at=last)).then(looked(actor, at=last))
    given(ASKED, OPENED).when(look(actor, at=AT + 14 * DAY)).is_refused(IdentitiesNotOpened)


def test_nobody_else_reads_them_and_nobody_before_two_agree_or_after_it_was_taken_back() -> None:
    given(ASKED, OPENED).when(look(THIRD)).is_refused(IdentitiesNotOpened)
    given(ASKED).when(look(FIRST)).is_refused(IdentitiesNotOpened)
    given(ASKED, OPENED, DROPPED).when(look(FIRST)).is_refused(IdentitiesNotOpened)
    given().when(look(FIRST)).is_refused(OpeningNotAsked)


def test_all_reads_of_one_auditor_in_one_hour_are_one_look() -> None:
    past = (ASKED, OPENED, looked())

    given(*past).when(look()).then()
    given(*past).when(look(at=AT + timedelta(hours=1))).then(looked(at=AT + timedelta(hours=1)))
    given(*past).when(look(SECOND)).then(looked(SECOND))
    given(*past).when(look(what="case")).then(looked(what="case"))


def test_a_look_of_theirs_at_the_case_is_hidden_until_the_seal_expires() -> None:
    later = AT + 90 * DAY - A_MOMENT

    given(ASKED, OPENED).when(look(SECOND, "case", later)).then(looked(SECOND, "case", later))
    given(ASKED, OPENED).when(look(SECOND, "case", AT + 90 * DAY)).is_refused(IdentitiesNotOpened)
    given(ASKED, OPENED).when(look(THIRD, "case")).is_refused(IdentitiesNotOpened)


def test_one_auditor_alone_hides_no_look() -> None:
    given(ASKED).when(look(FIRST, "case")).is_refused(IdentitiesNotOpened)


@pytest.mark.parametrize("command", [ask, agree, drop, look])
@pytest.mark.parametrize("role", ["official", "applicant", "coordinator", "agency", "clock"])
def test_only_auditors_open_identities(command: type[Command], role: str) -> None:
    actor = Actor.model_validate({"role": role, "pseudonym": FIRST.pseudonym})

    given(ASKED, OPENED).when(command(actor)).is_refused(NotAnAuditor)  # type: ignore[call-arg, arg-type]


def test_the_passing_of_time_changes_what_has_become_of_an_opening() -> None:
    asked, opened, dropped = opening_after(ASKED), opening_after(ASKED, OPENED), opening_after(ASKED, DROPPED)
    assert asked is not None
    assert opened is not None
    assert dropped is not None

    assert (asked.status(AT), asked.status(AT + 7 * DAY)) == (OpeningStatus.ASKED, OpeningStatus.LAPSED)
    assert (opened.status(AT), opened.status(AT + 14 * DAY)) == (OpeningStatus.OPENED, OpeningStatus.ENDED)
    assert dropped.status(AT) is OpeningStatus.TAKEN_BACK


def test_an_opening_knows_its_own_events_only() -> None:
    for past in ((), (ASKED,)):
        with pytest.raises(UnknownEventError):
            evolve(opening_after(*past), SUBMITTED)
