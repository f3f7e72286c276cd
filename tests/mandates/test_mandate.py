"""A mandate: who gives it, accepts it and ends it, what it is for, and what its events show."""

from datetime import date

import pytest

from domain.envelope import Actor
from domain.event import Event, UnknownEventError
from domain.mandate.refusals import (
    MandateAlreadyAccepted,
    MandateAlreadyGiven,
    MandateBackwards,
    MandateForNothing,
    MandateNotAccepted,
    MandateNotForThis,
    MandateNotGiven,
    MandateNotInForce,
    MandateOver,
    MandateToOneself,
    NotAPartyOfTheMandate,
)
from domain.mandate.right import Use, check_right
from domain.mandate.state import MandateState, MandateStatus, evolve
from domain.refusals import Refusal
from domain.text import TextHasSomethingToSee
from ledger.published.codec import values_to_seal
from tests.domain.town import CASE_ID
from tests.mandates.examples import (
    ACCEPTED,
    CONTENT,
    DECLINED,
    ERASED,
    ERASURE,
    GIVEN,
    GIVEN_BACK,
    GIVER,
    OTHER,
    RECEIVER,
    SISTER,
    TAKEN_BACK,
    accept,
    content,
    decline,
    give,
    given,
    mandate_after,
    revoke,
)

TODAY = date(2026, 11, 24)
PERMIT = Use("building-permit", CASE_ID, TODAY)
STANDING = (GIVEN, ACCEPTED)


def test_a_mandate_is_given_once() -> None:
    given().when(give()).then(GIVEN)
    given(GIVEN).when(give()).is_refused(MandateAlreadyGiven)


def test_a_mandate_is_for_some_services_or_some_cases() -> None:
    given().when(give(services=())).is_refused(MandateForNothing, "services")
    given().when(give(services=(), cases=(CASE_ID,))).then(
        GIVEN.model_copy(update={"content": content(services=(), cases=(CASE_ID,))})
    )


def test_a_mandate_ends_on_the_day_it_begins_or_later() -> None:
    given().when(give(last_day=date(2026, 10, 31))).is_refused(MandateBackwards, "lastDay")
    given().when(give(last_day=CONTENT.first_day)).then(
        GIVEN.model_copy(update={"content": content(last_day=CONTENT.first_day)})
    )


@pytest.mark.parametrize("spelt", ["AZE 11", " aze 11 "])
def test_nobody_gives_a_mandate_to_themselves(spelt: str) -> None:
    receiver = SISTER.model_copy(update={"value": spelt})

    given().when(give(receiver=receiver)).is_refused(MandateToOneself, "receiver")


def test_whoever_is_named_can_be_seen() -> None:
    unseen = SISTER.model_copy(update={"value": "\u200b"})

    given().when(give(receiver=unseen)).is_refused(TextHasSomethingToSee, "receiver.value")


def test_only_a_mandate_that_was_given_can_be_answered_or_ended() -> None:
    for command in (accept(), decline(), revoke()):
        given().when(command).is_refused(MandateNotGiven)


def test_a_mandate_is_accepted_by_one() -> None:
    given(GIVEN).when(accept()).then(ACCEPTED)
    given(*STANDING).when(accept()).then()
    given(*STANDING).when(accept(OTHER)).is_refused(MandateAlreadyAccepted)
    given(*STANDING).when(decline()).is_refused(MandateAlreadyAccepted)


def test_what_is_declined_is_over() -> None:
    given(GIVEN).when(decline()).then(DECLINED)
    given(GIVEN, DECLINED).when(decline()).then()
    given(GIVEN, DECLINED).when(accept()).is_refused(MandateOver)


@pytest.mark.parametrize("past", [(GIVEN,), STANDING])
def test_the_giver_takes_a_mandate_back_whether_it_was_accepted_or_not(past: tuple[Event, ...]) -> None:
    given(*past).when(revoke()).then(TAKEN_BACK)
    given(*past, TAKEN_BACK).when(revoke()).then()
    given(*past, TAKEN_BACK).when(decline()).is_refused(MandateOver)
    given(*past, TAKEN_BACK).when(accept()).is_refused(MandateOver)


def test_the_receiver_gives_a_mandate_back() -> None:
    given(*STANDING).when(revoke(RECEIVER)).then(GIVEN_BACK)


def test_an_erasure_ends_a_mandate() -> None:
    given(*STANDING).when(revoke(ERASURE)).then(ERASED)
    given(GIVEN, DECLINED).when(revoke(ERASURE)).then()


@pytest.mark.parametrize(
    "actor",
    [
        OTHER,
        Actor(role="applicant", pseudonym=RECEIVER.pseudonym),
        Actor(role="representative", pseudonym=GIVER.pseudonym),
        Actor(role="window", pseudonym="sweep"),
        Actor(role="official", pseudonym=GIVER.pseudonym),
    ],
)
def test_nobody_else_ends_a_mandate(actor: Actor) -> None:
    given(*STANDING).when(revoke(actor)).is_refused(NotAPartyOfTheMandate)
    given(GIVEN).when(revoke(RECEIVER)).is_refused(NotAPartyOfTheMandate)


@pytest.mark.parametrize(
    ("past", "use", "refusal"),
    [
        ((GIVEN,), PERMIT, MandateNotAccepted),
        ((GIVEN, DECLINED), PERMIT, MandateOver),
        ((*STANDING, TAKEN_BACK), PERMIT, MandateOver),
        ((*STANDING, GIVEN_BACK), PERMIT, MandateOver),
        ((*STANDING, ERASED), PERMIT, MandateOver),
        (STANDING, PERMIT._replace(day=date(2026, 10, 31)), MandateNotInForce),
        (STANDING, PERMIT._replace(day=date(2027, 1, 1)), MandateOver),
        (STANDING, PERMIT._replace(service="passport"), MandateNotForThis),
        (STANDING, Use("passport", None, TODAY), MandateNotForThis),
    ],
)
def test_a_mandate_gives_a_right_only_while_it_holds_and_for_what_it_says(
    past: tuple[Event, ...], use: Use, refusal: type[Refusal]
) -> None:
    state = mandate_after(*past)
    assert state is not None

    with pytest.raises(refusal) as caught:
        check_right(state, CONTENT, use)
    assert caught.type is refusal


@pytest.mark.parametrize("day", [CONTENT.first_day, TODAY, CONTENT.last_day])
def test_a_mandate_holds_on_its_first_and_its_last_day(day: date) -> None:
    state = MandateState(GIVER.pseudonym, RECEIVER.pseudonym, MandateStatus.ACCEPTED)

    check_right(state, CONTENT, PERMIT._replace(day=day))
    check_right(state, CONTENT, Use("building-permit", None, day))
    check_right(state, content(services=(), cases=(CASE_ID,)), PERMIT._replace(service="passport", day=day))


def test_a_mandate_for_cases_is_for_no_new_one() -> None:
    state = MandateState(GIVER.pseudonym, RECEIVER.pseudonym, MandateStatus.ACCEPTED)

    with pytest.raises(MandateNotForThis):
        check_right(state, content(services=(), cases=(CASE_ID,)), Use("building-permit", None, TODAY))


def test_what_a_mandate_says_is_sealed_as_one_so_that_not_even_its_parts_are_seen() -> None:
    assert GIVEN.model_dump(mode="json", exclude={"content"}) == {"giver": GIVER.pseudonym}
    assert set(values_to_seal(GIVEN)) == {"content"}
    assert type(CONTENT).model_validate(values_to_seal(GIVEN)["content"]) == CONTENT
    assert "AZE" not in repr(GIVEN) + repr(give())


def test_a_mandate_begins_with_its_giving_and_has_no_other_events() -> None:
    with pytest.raises(UnknownEventError):
        evolve(None, ACCEPTED)
    with pytest.raises(UnknownEventError):
        evolve(MandateState(GIVER.pseudonym), GIVEN)
