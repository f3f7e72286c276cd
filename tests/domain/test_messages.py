"""Both sides of a case may write to each other at any open stage, and take back what was not shown yet."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.case.events import SubjectErased
from domain.case.message_commands import ReportContact, SendMessage, TakeBackMessage
from domain.case.message_decisions import MOST_A_DAY, SHOWN_AFTER
from domain.case.message_events import MessageSent, MessageTakenBack
from domain.case.refusals import (
    ApplicantErased,
    CaseAlreadyClosed,
    CaseAlreadyWithdrawn,
    FormAndWords,
    FormNotOffered,
    MessageAlreadyShown,
    MessageAlreadyTakenBack,
    MessageUnknown,
    NotASideOfTheCase,
    NotTheSender,
    TextMissing,
    TextTooLong,
    TooManyMessages,
)
from domain.envelope import Actor
from domain.event import Event
from domain.refusals import Refusal
from tests.domain.given_when_then import given
from tests.domain.message_examples import (
    IN_TIME,
    REPLIED,
    REPORTED,
    SENT,
    SENT_BY_FORM,
    SHOWN,
    TAKEN_BACK,
    TOO_LATE_FOR_IT,
    WITH_FORMS,
)
from tests.domain.town import (
    AGENCY,
    APPLICANT,
    ASKED,
    ASSIGNED,
    AT,
    CLOCK,
    CLOSED,
    COLLEAGUE,
    DECIDED,
    OFFICIAL,
    REPRESENTATIVE,
    SUBMITTED,
    TODAY,
    WITHDRAWN,
)
from tests.mandates.examples import ADDED

ASSIGNED_CASE = (SUBMITTED, ASSIGNED)
ERASED = SubjectErased(pseudonym=APPLICANT.pseudonym, local_date=TODAY)


def send(by: Actor = APPLICANT, **more: Any) -> SendMessage:
    said = more or {"words": "When?"}
    return SendMessage(at=AT, local_date=TODAY, actor=by, service=WITH_FORMS, **said)


def take_back(number: int = 1, by: Actor = APPLICANT, at: datetime = IN_TIME) -> TakeBackMessage:
    return TakeBackMessage(at=at, actor=by, number=number)


def report(by: Actor = APPLICANT, message: int | None = None, at: datetime = SHOWN, **more: Any) -> ReportContact:
    return ReportContact(at=at, actor=by, message=message, **({"statement": "It tells me to come by."} | more))


@pytest.mark.parametrize(
    "past", [(SUBMITTED,), ASSIGNED_CASE, (*ASSIGNED_CASE, ASKED), (*ASSIGNED_CASE, DECIDED)], ids=len
)
def test_an_applicant_writes_at_any_open_stage(past: tuple[Event, ...]) -> None:
    given(*past).when(send()).then(SENT)


def test_an_official_answers_and_numbers_go_on() -> None:
    given(*ASSIGNED_CASE, SENT).when(send(OFFICIAL, words="Soon.")).then(REPLIED)


def test_whoever_represents_the_applicant_writes_for_their_side() -> None:
    given(*ASSIGNED_CASE, ADDED).when(send(REPRESENTATIVE)).then(SENT)
    given(*ASSIGNED_CASE).when(send(REPRESENTATIVE)).then(NotASideOfTheCase)


def test_a_form_of_the_service_needs_no_words() -> None:
    given(*ASSIGNED_CASE).when(send(form="when")).then(SENT_BY_FORM)


@pytest.mark.parametrize(
    ("by", "said", "refusal", "field"),
    [
        (APPLICANT, {"form": "soon"}, FormNotOffered, "form"),
        (OFFICIAL, {"form": "when"}, FormNotOffered, "form"),
        (APPLICANT, {"form": "never"}, FormNotOffered, "form"),
        (APPLICANT, {"form": "when", "words": "x"}, FormAndWords, "words"),
        (APPLICANT, {"form": None, "words": None}, FormAndWords, "words"),
        (APPLICANT, {"words": " "}, TextMissing, "words"),
        (APPLICANT, {"words": "x" * 10_001}, TextTooLong, "words"),
        *((who, {"words": "x"}, NotASideOfTheCase, None) for who in (COLLEAGUE, AGENCY, CLOCK)),
    ],
)
def test_what_is_no_message_is_refused(
    by: Actor, said: dict[str, Any], refusal: type[Refusal], field: str | None
) -> None:
    given(*ASSIGNED_CASE).when(send(by, **said)).then(refusal, field)


@pytest.mark.parametrize("command", [send(OFFICIAL), report(OFFICIAL)])
def test_an_official_without_the_case_is_no_side_of_it(command: SendMessage | ReportContact) -> None:
    given(SUBMITTED).when(command).then(NotASideOfTheCase)


@pytest.mark.parametrize(
    ("end", "refusal"), [((DECIDED, CLOSED), CaseAlreadyClosed), ((WITHDRAWN,), CaseAlreadyWithdrawn)]
)
def test_nobody_writes_in_a_case_that_has_ended(end: tuple[Event, ...], refusal: type[Refusal]) -> None:
    given(*ASSIGNED_CASE, *end).when(send()).then(refusal)


@pytest.mark.parametrize(("said", "field"), [({"words": "x"}, "words"), ({"form": "soon"}, "form")])
def test_nobody_writes_to_an_erased_applicant(said: dict[str, Any], field: str) -> None:
    given(*ASSIGNED_CASE, ERASED).when(send(OFFICIAL, **said)).then(ApplicantErased, field)


def test_a_side_sends_so_many_a_day_and_the_other_side_its_own() -> None:
    many = tuple(SENT.model_copy(update={"number": number}) for number in range(1, MOST_A_DAY + 1))
    another_day = send()
    tomorrow = SendMessage(AT + timedelta(days=1), TODAY + timedelta(days=1), APPLICANT, WITH_FORMS, words="When?")

    given(*ASSIGNED_CASE, *many).when(another_day).then(TooManyMessages)
    given(*ASSIGNED_CASE, *many).when(send(OFFICIAL, words="Soon.")).then(REPLIED.model_copy(update={"number": 21}))
    given(*ASSIGNED_CASE, *many).when(tomorrow).then(
        MessageSent(
            number=21,
            side="applicant",
            local_date=tomorrow.local_date,
            shown_from=tomorrow.at + SHOWN_AFTER,
            words="When?",
        )
    )


def test_a_message_can_be_taken_back_for_a_minute() -> None:
    given(*ASSIGNED_CASE, SENT).when(take_back()).then(TAKEN_BACK)
    given(*ASSIGNED_CASE, SENT).when(take_back(at=TOO_LATE_FOR_IT)).then(MessageAlreadyShown, "number")


def test_a_message_can_be_taken_back_after_the_case_has_ended() -> None:
    given(*ASSIGNED_CASE, SENT, DECIDED, CLOSED).when(take_back()).then(TAKEN_BACK)


@pytest.mark.parametrize(
    ("past", "command", "refusal"),
    [
        ((SENT,), take_back(by=OFFICIAL), NotTheSender),
        ((SENT, REPLIED), take_back(2), NotTheSender),
        ((SENT, TAKEN_BACK), take_back(), MessageAlreadyTakenBack),
        ((SENT,), take_back(2), MessageUnknown),
        ((SENT,), take_back(0), MessageUnknown),
        ((SENT,), take_back(-1), MessageUnknown),
    ],
)
def test_only_the_sender_takes_back_and_only_once(
    past: tuple[Event, ...], command: TakeBackMessage, refusal: type[Refusal]
) -> None:
    given(*ASSIGNED_CASE, *past).when(command).then(refusal, "number")


def test_a_message_that_was_taken_back_counts_among_those_of_the_day() -> None:
    many = tuple(SENT.model_copy(update={"number": number}) for number in range(1, MOST_A_DAY + 1))
    back = tuple(MessageTakenBack(number=number) for number in range(1, MOST_A_DAY + 1))

    given(*ASSIGNED_CASE, *many, *back).when(send()).then(TooManyMessages)


def test_a_contact_is_reported_with_the_message_or_without_one() -> None:
    given(*ASSIGNED_CASE, SENT, REPLIED).when(report(message=2)).then(REPORTED)
    given(*ASSIGNED_CASE).when(report()).then(REPORTED.model_copy(update={"message": None}))


def test_both_sides_report_also_after_the_case_has_ended() -> None:
    by_official = REPORTED.model_copy(update={"side": "official", "message": 1})

    given(*ASSIGNED_CASE, SENT, DECIDED, CLOSED).when(report(OFFICIAL, 1)).then(by_official)


@pytest.mark.parametrize(
    ("past", "command", "refusal", "field"),
    [
        ((SENT,), report(message=1), MessageUnknown, "message"),
        ((SENT,), report(message=2), MessageUnknown, "message"),
        ((SENT, REPLIED), report(message=2, at=IN_TIME), MessageUnknown, "message"),
        ((REPLIED.model_copy(update={"number": 1}), TAKEN_BACK), report(message=1), MessageUnknown, "message"),
        ((), report(statement=" "), TextMissing, "statement"),
        ((), report(COLLEAGUE), NotASideOfTheCase, None),
        ((ERASED,), report(OFFICIAL), ApplicantErased, "statement"),
    ],
)
def test_only_what_the_other_side_has_sent_and_shown_is_reported(
    past: tuple[Event, ...], command: ReportContact, refusal: type[Refusal], field: str | None
) -> None:
    given(*ASSIGNED_CASE, *past).when(command).then(refusal, field)


def test_the_words_are_in_no_repr() -> None:
    for fact in (
        send(words="secret words"),
        report(statement="secret words"),
        SENT.model_copy(update={"words": "secret words"}),
    ):
        assert "secret" not in repr(fact)
