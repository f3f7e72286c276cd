"""What a resource's messages and the clocks lead to, in every state of a request."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from domain.case.decisions import decide
from domain.case.evidence_events import (
    EvidenceAccepted,
    EvidenceAcknowledged,
    EvidenceAskedOfApplicant,
    EvidenceAwaited,
    EvidenceDeferred,
    EvidenceObjected,
    EvidencePreviewAsked,
    EvidenceRemarked,
    EvidenceRequested,
    EvidenceReviewAsked,
    EvidenceSettled,
    WhyAsked,
)
from domain.case.refusals import (
    CaseAwaitsNoEvidence,
    ElementNotAsked,
    EvidenceClockRuns,
    EvidenceNotAnswered,
    EvidenceNotAsked,
    EvidenceTimeOver,
    NotTheClock,
    NotTheResource,
)
from domain.case.stage import Stage
from domain.envelope import Actor
from domain.event import Event
from domain.evidence.errors import MEANINGS, ErrorCode
from domain.evidence.faults import Fault
from domain.evidence.progress import ENDS, EvidenceState, Happening, Remark
from domain.evidence.values import EvidenceDocument, SourceEntry
from domain.service.refusals import NotTheWindow
from tests.domain.evidence_town import (
    DAY,
    HASH,
    LAND_ASKED,
    LAND_ID,
    LOCATION,
    MINUTE,
    OTHER_HASH,
    POPULATION_ASKED,
    POPULATION_ID,
    POPULATION_REGISTER,
    RESPONSE_ID,
    SECOND,
    SERVICE_NEEDING,
    accept,
    hear,
    hear_answer,
    hear_owner,
    land_answered,
    needing,
    past_of,
    population_answered,
    population_ended,
    run_out,
    sent,
    was_sent,
)
from tests.domain.given_when_then import fold, given
from tests.domain.town import APPLICANT, AT, OFFICIAL, TODAY, WITHDRAWN, withdraw

H = Happening
PAST = past_of()
SENT = (*PAST, was_sent())
ACKNOWLEDGED = (*SENT, EvidenceAcknowledged(request_id=POPULATION_ID))
UNTIL = AT + 3 * DAY
DEFERRED = (*ACKNOWLEDGED, EvidenceDeferred(request_id=POPULATION_ID, available_at=UNTIL))
PREVIEWED = (*SENT, EvidencePreviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT, location=LOCATION))
AGREED = (*PREVIEWED, EvidenceAccepted(local_date=TODAY, request_id=POPULATION_ID, since=AT))
SECOND_TIME = (*AGREED, was_sent(digest=OTHER_HASH))
OPEN = {
    "Prepared": PAST,
    "Sent": SENT,
    "Acknowledged": ACKNOWLEDGED,
    "Deferred": DEFERRED,
    "PreviewPending": PREVIEWED,
    "agreed": AGREED,
    "Sent again": SECOND_TIME,
}
THIRD_HASH = "3" * 64
ALL = ("person.birth_date", "person.address")
ANSWERED = (*SENT, population_answered(*ALL))
ENDS_OF_RESOURCE = [end for end in ENDS if end in {H.NOT_FOUND, H.REFUSED, H.PREVIEW_REJECTED, H.TIMED_OUT, H.FAILED}]


def asked(why: WhyAsked, *elements: str, is_exception: bool = False) -> EvidenceAskedOfApplicant:
    return EvidenceAskedOfApplicant(
        local_date=TODAY,
        resource=POPULATION_REGISTER,
        elements=elements or ("person.birth_date",),
        why=why,
        is_exception=is_exception,
    )


def remarked(remark: Remark, fault: Fault | None = None) -> EvidenceRemarked:
    return EvidenceRemarked(request_id=POPULATION_ID, remark=remark, fault=fault)


# --- the window's own acts


def test_the_window_says_once_which_bytes_were_sent() -> None:
    given(*PAST).when(sent()).then(was_sent())
    for past in (SENT, ACKNOWLEDGED, DEFERRED, PREVIEWED, SECOND_TIME, ANSWERED):
        given(*past).when(sent(digest=OTHER_HASH)).then(())


def test_after_an_agreement_the_same_request_is_sent_a_second_time_and_its_time_begins_anew() -> None:
    later = AT + DAY
    given(*AGREED).when(sent(digest=OTHER_HASH, at=later)).then(was_sent(at=later, digest=OTHER_HASH))

    case = fold((*AGREED, was_sent(at=later, digest=OTHER_HASH)))
    assert case is not None
    request = case.evidence.requests[POPULATION_ID]
    assert (request.hashes, request.progress.owed_since) == ((HASH, OTHER_HASH), later)


def test_only_the_window_says_what_was_sent() -> None:
    given(*PAST).when(sent(actor=APPLICANT)).then(NotTheWindow)
    given(*PAST).when(sent(UUID(int=1))).then(EvidenceNotAsked)


def test_a_request_can_be_sent_as_long_as_it_is_owed_and_not_any_longer() -> None:
    owed = timedelta(days=1)

    given(*PAST).when(sent(at=AT + owed)).then(was_sent(at=AT + owed))
    given(*PAST).when(sent(at=AT + owed + SECOND)).then(EvidenceTimeOver)


def test_nothing_is_sent_for_a_case_that_has_ended() -> None:
    given(*PAST, WITHDRAWN).when(sent()).then(CaseAwaitsNoEvidence)


# --- messages


@pytest.mark.parametrize("state", ["Prepared", "Sent", "Sent again"])
def test_an_acknowledgement_is_recorded_once(state: str) -> None:
    acknowledged = EvidenceAcknowledged(request_id=POPULATION_ID)

    given(*OPEN[state]).when(hear(H.ACKNOWLEDGED)).then(acknowledged)
    given(*OPEN[state], acknowledged).when(hear(H.ACKNOWLEDGED)).then(remarked(Remark.DUPLICATE))
    given(*OPEN[state], acknowledged, remarked(Remark.DUPLICATE)).when(hear(H.ACKNOWLEDGED)).then(())


@pytest.mark.parametrize("state", ["Prepared", "Sent", "Acknowledged", "Sent again"])
def test_a_deferral_says_until_when(state: str) -> None:
    deferred = EvidenceDeferred(request_id=POPULATION_ID, available_at=UNTIL)

    given(*OPEN[state]).when(hear(H.DEFERRED, available_at=UNTIL)).then(deferred)


def test_the_same_deferral_changes_nothing_and_another_one_does() -> None:
    later = UNTIL + DAY

    given(*DEFERRED).when(hear(H.DEFERRED, available_at=UNTIL)).then(remarked(Remark.DUPLICATE))
    given(*DEFERRED, remarked(Remark.DUPLICATE)).when(hear(H.DEFERRED, available_at=UNTIL)).then(())
    given(*DEFERRED).when(hear(H.DEFERRED, available_at=later)).then(
        EvidenceDeferred(request_id=POPULATION_ID, available_at=later)
    )


def test_nobody_waits_longer_than_the_longest_wait_whatever_is_promised() -> None:
    forever = datetime.max.replace(tzinfo=AT.tzinfo)
    end = AT + 90 * DAY
    deferred = EvidenceDeferred(request_id=POPULATION_ID, available_at=end)

    given(*SENT).when(hear(H.DEFERRED, available_at=forever)).then(deferred)
    given(*SENT, deferred).when(hear(H.DEFERRED, available_at=forever)).then(remarked(Remark.DUPLICATE))
    given(*SENT, deferred).when(run_out(POPULATION_ID, end)).then(EvidenceClockRuns)
    given(*SENT, deferred).when(run_out(POPULATION_ID, end + SECOND)).then(
        (population_ended("TimedOut", against=True), asked(EvidenceState.TIMED_OUT, is_exception=True))
    )


def test_a_deferral_without_a_time_promises_the_service_level_anew() -> None:
    given(*SENT).when(hear(H.DEFERRED)).then(EvidenceDeferred(request_id=POPULATION_ID, available_at=AT + DAY))


@pytest.mark.parametrize("state", OPEN)
def test_an_answer_is_sealed_with_where_it_came_from_and_the_case_waits_for_the_other_resource(state: str) -> None:
    given(*OPEN[state]).when(hear_answer(*ALL)).then(
        (population_answered(*ALL), EvidenceAwaited(local_date=TODAY))
        if state == "PreviewPending"
        else population_answered(*ALL)
    )


def test_the_last_answer_sends_the_case_to_its_desk() -> None:
    given(*ANSWERED).when(hear_owner()).then((land_answered(), EvidenceSettled(local_date=TODAY)))
    case = fold((*ANSWERED, land_answered(), EvidenceSettled(local_date=TODAY)))

    assert case is not None
    assert (case.stage, case.evidence.is_settled, case.evidence.waits) == (Stage.SUBMITTED, True, False)


def test_the_applicant_is_asked_for_what_an_answer_leaves_out_if_it_is_required() -> None:
    given(*SENT).when(hear_answer("person.birth_date")).then(population_answered("person.birth_date"))
    given(*SENT).when(hear_answer("person.address")).then((population_answered("person.address"), asked("NotInAnswer")))


def test_a_document_stands_for_all_that_was_asked() -> None:
    document = EvidenceDocument(sha256=HASH, size=1000, media_type="application/pdf")
    answer = hear_answer().answer
    assert answer is not None
    entry = SourceEntry(source_version="12", valid_from=date(1990, 2, 28), document=document)
    expected = population_answered().model_copy(update={"is_document": True, "source_entry": entry})

    given(*SENT).when(hear_answer(answer=answer._replace(source_entry=entry))).then(expected)
    given(*SENT, expected).when(hear_owner()).then((land_answered(), EvidenceSettled(local_date=TODAY)))


def test_an_answer_says_something_and_only_what_was_asked() -> None:
    given(*SENT).when(hear_answer()).then(EvidenceNotAnswered)
    given(*SENT).when(hear(H.ANSWERED, values={"person.address": "Old road 1"})).then(EvidenceNotAnswered)
    given(*SENT).when(hear_answer("plot.owner")).then(ElementNotAsked, field="answers.plot.owner")
    given(*SENT).when(hear(H.PREVIEW_ASKED, location=None)).then(EvidenceNotAnswered)


@pytest.mark.parametrize("happening", ENDS_OF_RESOURCE)
@pytest.mark.parametrize("state", ["Prepared", "Sent", "Acknowledged", "Deferred", "Sent again"])
def test_an_end_without_an_answer_asks_the_applicant_and_only_some_count_against_the_resource(
    state: str, happening: Happening
) -> None:
    end = ENDS[happening]
    is_exception = happening in {H.TIMED_OUT, H.FAILED}

    assert end.counts_against_resource is is_exception
    given(*OPEN[state]).when(hear(happening)).then(
        (
            population_ended(end.state, against=is_exception),
            asked(end.state, is_exception=is_exception),  # type: ignore[arg-type] # one of the ends
        )
    )


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_of_a_resource_leads_to_its_end(code: ErrorCode) -> None:
    happening = MEANINGS[code].leads_to
    first, *_ = decide(hear(happening, code=code, location=LOCATION), fold(SENT))

    if happening is H.PREVIEW_ASKED:
        assert first == EvidencePreviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT, location=LOCATION)
    else:
        end = ENDS[happening]
        assert first == population_ended(end.state, against=end.counts_against_resource, code=code)


def test_a_signed_message_that_cannot_be_used_fails_the_request_with_its_fault() -> None:
    given(*SENT).when(hear(H.FAILED, fault=Fault.WRONG_TYPE)).then(
        (
            population_ended("Failed", against=True, fault=Fault.WRONG_TYPE),
            asked(EvidenceState.FAILED, is_exception=True),
        )
    )


def test_nobody_is_asked_for_what_only_would_have_been_nice() -> None:
    past = (*past_of(needing(only=("person.address",))), was_sent())
    address = needing(only=("person.address",))

    given(*past).when(hear(H.NOT_FOUND, service=address)).then(
        (population_ended("NotFound"), EvidenceSettled(local_date=TODAY))
    )


# --- late, repeated, unproven


@pytest.mark.parametrize("end", [*ENDS_OF_RESOURCE, H.ANSWERED])
@pytest.mark.parametrize("comes", [H.ACKNOWLEDGED, H.DEFERRED, H.PREVIEW_ASKED, H.ANSWERED, *ENDS_OF_RESOURCE])
def test_what_comes_after_the_end_is_remarked_once_and_changes_nothing(end: Happening, comes: Happening) -> None:
    ending = hear_answer(*ALL) if end is H.ANSWERED else hear(end)
    past = (*SENT, *decide(ending, fold(SENT)))
    again = hear_answer(*ALL) if comes is H.ANSWERED else hear(comes)
    remarks = decide(again, fold(past))
    before, after = fold(past), fold((*past, *remarks))

    assert len(remarks) == 1
    assert isinstance(remarks[0], EvidenceRemarked)
    assert remarks[0].remark in {Remark.LATE, Remark.DUPLICATE}
    assert before is not None
    assert after is not None
    kept = after.evidence.requests[POPULATION_ID]._replace(remarks=frozenset())
    assert kept == before.evidence.requests[POPULATION_ID]
    assert after.stage is before.stage
    given(*past, *remarks).when(again).then(())


@pytest.mark.parametrize("state", OPEN)
def test_an_unproven_message_changes_nothing_and_each_of_its_faults_is_recorded_once(state: str) -> None:
    unproven = hear(H.UNACCEPTABLE, fault=Fault.OTHER_SIGNER)
    first, other = (remarked(Remark.UNACCEPTABLE, fault) for fault in (Fault.OTHER_SIGNER, Fault.NOT_A_JWS))

    given(*OPEN[state]).when(unproven).then(first)
    given(*OPEN[state], first).when(unproven).then(())
    given(*OPEN[state], first).when(hear(H.UNACCEPTABLE, fault=Fault.NOT_A_JWS)).then(other)


def test_what_comes_after_the_applicant_has_withdrawn_is_late() -> None:
    given(*SENT, WITHDRAWN).when(hear_answer(*ALL)).then(remarked(Remark.LATE))
    given(*SENT, WITHDRAWN).when(hear(H.ACKNOWLEDGED)).then(remarked(Remark.LATE))
    given(*SENT, WITHDRAWN).when(run_out(POPULATION_ID, AT + 99 * DAY)).then(CaseAwaitsNoEvidence)
    given(*SENT).when(withdraw()).then(WITHDRAWN)


def test_what_the_first_request_has_led_to_is_not_taken_for_an_answer_to_the_second_one() -> None:
    for past in (SECOND_TIME, (*SECOND_TIME, EvidenceAcknowledged(request_id=POPULATION_ID))):
        for happening in (H.ACKNOWLEDGED, H.PREVIEW_ASKED):
            given(*past).when(hear(happening, repeats=True)).then(remarked(Remark.DUPLICATE))
        given(*past).when(hear_answer(*ALL, repeats=True)).then(decide(hear_answer(*ALL), fold(past)))


def test_an_applicant_who_has_not_decided_at_the_preview_must_look_again() -> None:
    asked_again = EvidencePreviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT, location=LOCATION)
    agreed = EvidenceAccepted(local_date=TODAY, request_id=POPULATION_ID, since=AT)

    given(*SECOND_TIME).when(hear(H.PREVIEW_ASKED)).then(asked_again)
    given(*SECOND_TIME, asked_again).when(hear(H.PREVIEW_ASKED)).then(remarked(Remark.DUPLICATE))
    given(*SECOND_TIME, asked_again, agreed).when(sent(digest=THIRD_HASH)).then(was_sent(digest=THIRD_HASH))


@pytest.mark.parametrize("happening", [H.SENT, H.NOT_SENT, H.PREVIEW_LAPSED, H.DISPUTED])
@pytest.mark.parametrize("state", OPEN)
def test_a_resource_does_not_speak_for_window_applicant_or_clock(state: str, happening: Happening) -> None:
    given(*OPEN[state]).when(hear(happening)).then(NotTheResource)


@pytest.mark.parametrize(
    "actor",
    [
        Actor(role="resource", pseudonym="land-register"),
        Actor(role="window", pseudonym=POPULATION_REGISTER),
        OFFICIAL,
        APPLICANT,
    ],
)
def test_nobody_answers_but_the_resource_that_was_asked(actor: Actor) -> None:
    given(*SENT).when(hear_answer(*ALL, actor=actor)).then(NotTheResource)
    given(*SENT).when(hear_answer(*ALL, origin="live")).then(NotTheResource)


def test_an_answer_to_what_was_not_asked_is_refused() -> None:
    given(*SENT).when(hear_answer(*ALL, request_id=UUID(int=1))).then(EvidenceNotAsked)


# --- clocks


@pytest.mark.parametrize(
    ("state", "last"),
    [
        ("Prepared", DAY),
        ("Sent", MINUTE),
        ("Acknowledged", DAY),
        ("Deferred", 3 * DAY + MINUTE),
        ("PreviewPending", 14 * DAY),
        ("agreed", 14 * DAY),
        ("Sent again", MINUTE),
    ],
)
def test_a_clock_has_run_out_after_its_last_instant(state: str, last: timedelta) -> None:
    given(*OPEN[state]).when(run_out(POPULATION_ID, AT + last)).then(EvidenceClockRuns)
    first, *_ = decide(run_out(POPULATION_ID, AT + last + timedelta(microseconds=1)), fold(OPEN[state]))

    expected = {"Prepared": "Failed", "PreviewPending": "PreviewRejected", "agreed": "Failed"}.get(state, "TimedOut")
    assert first == population_ended(expected, against=expected == "TimedOut")


def test_silence_after_the_request_was_sent_is_an_exception_counted_against_the_resource() -> None:
    given(*SENT).when(run_out(POPULATION_ID, AT + DAY)).then(
        (population_ended("TimedOut", against=True), asked(EvidenceState.TIMED_OUT, is_exception=True))
    )


@pytest.mark.parametrize("state", ["Prepared", "agreed"])
def test_what_never_left_the_window_is_neither_the_resources_doing_nor_the_applicants(state: str) -> None:
    given(*OPEN[state]).when(run_out(POPULATION_ID, AT + 15 * DAY)).then(
        (population_ended("Failed"), asked(EvidenceState.FAILED))
    )


def test_who_does_not_look_has_not_agreed() -> None:
    given(*PREVIEWED).when(run_out(POPULATION_ID, AT + 15 * DAY)).then(
        (population_ended("PreviewRejected"), asked(EvidenceState.PREVIEW_REJECTED))
    )


def test_a_preview_that_lapses_for_what_nobody_requires_leaves_the_case_to_the_other_resource() -> None:
    service = needing().model_copy(
        update={
            "evidence": tuple(need for need in SERVICE_NEEDING.evidence if need.element != "person.birth_date"),
        }
    )
    past = (*past_of(service), was_sent(), PREVIEWED[-1])

    given(*past).when(run_out(POPULATION_ID, AT + 15 * DAY, service=service)).then(
        (population_ended("PreviewRejected"), EvidenceAwaited(local_date=TODAY))
    )


def test_the_agreement_gives_the_window_as_long_as_the_applicant_had() -> None:
    late = AT + 14 * DAY
    past = (*PREVIEWED, EvidenceAccepted(local_date=TODAY, request_id=POPULATION_ID, since=late))

    given(*PREVIEWED).when(accept(at=late)).then(past[-1])
    given(*past).when(run_out(POPULATION_ID, late + SECOND)).then(EvidenceClockRuns)
    given(*past).when(sent(at=late + SECOND)).then(was_sent(at=late + SECOND))


def test_only_the_clock_says_that_time_has_run_out() -> None:
    given(*SENT).when(run_out(POPULATION_ID, AT + DAY, actor=OFFICIAL)).then(NotTheClock)
    given(*SENT).when(run_out(POPULATION_ID, AT + DAY, origin="live")).then(NotTheClock)
    given(*SENT).when(run_out(UUID(int=1), AT + DAY)).then(EvidenceNotAsked)


def test_no_clock_runs_for_a_settled_request() -> None:
    given(*ANSWERED).when(run_out(POPULATION_ID, AT + 99 * DAY)).then(EvidenceClockRuns)
    settled = (*ANSWERED, land_answered(), EvidenceSettled(local_date=TODAY))
    given(*settled).when(run_out(POPULATION_ID, AT + 99 * DAY)).then(CaseAwaitsNoEvidence)


# --- reviews: the window shows what the resource did not


def reviewed_past() -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    past = (*past_of(needing(birth_date="required")), was_sent())
    return past, decide(hear_answer(*ALL), fold(past))


def test_an_answer_that_must_be_previewed_and_was_not_is_shown_before_it_is_used() -> None:
    past, events = reviewed_past()

    assert events == (
        population_answered(*ALL),
        EvidenceReviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT),
    )
    case = fold((*past, *events))
    assert case is not None
    assert (case.stage, case.evidence.awaits_applicant) == (Stage.AWAITING_APPLICANT, True)


def test_an_answer_after_an_agreed_preview_is_not_shown_again() -> None:
    shown = EvidencePreviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT, location=LOCATION)
    agreed = EvidenceAccepted(local_date=TODAY, request_id=POPULATION_ID, since=AT)
    past = (*past_of(needing(birth_date="required")), was_sent(), shown, agreed, was_sent(digest=OTHER_HASH))

    given(*past).when(hear_answer(*ALL)).then(population_answered(*ALL))


def test_a_resource_that_answers_without_waiting_for_the_agreement_is_shown_too() -> None:
    shown = EvidencePreviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT, location=LOCATION)
    past = (*past_of(needing(birth_date="required")), was_sent(), shown)

    given(*past).when(hear_answer(*ALL)).then(
        (population_answered(*ALL), EvidenceReviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT))
    )


def test_a_review_that_nobody_looks_at_lapses_after_the_applicants_time() -> None:
    past, events = reviewed_past()
    past = (*past, *events)

    given(*past).when(run_out(POPULATION_ID, AT + 14 * DAY)).then(EvidenceClockRuns)
    given(*past).when(run_out(POPULATION_ID, AT + 14 * DAY + SECOND)).then(
        (EvidenceObjected(local_date=TODAY, request_id=POPULATION_ID), asked(EvidenceState.PREVIEW_REJECTED))
    )


def test_messages_change_nothing_while_an_answer_is_reviewed() -> None:
    past, events = reviewed_past()

    given(*past, *events).when(hear_answer(*ALL)).then(remarked(Remark.DUPLICATE))
    given(*past, *events).when(hear(H.NOT_FOUND)).then(remarked(Remark.DUPLICATE))


def test_the_requests_of_these_tests_are_the_population_registers_and_the_land_registers() -> None:
    assert isinstance(POPULATION_ASKED, EvidenceRequested)
    assert isinstance(LAND_ASKED, EvidenceRequested)
    assert (POPULATION_ASKED.request_id, LAND_ASKED.request_id) == (POPULATION_ID, LAND_ID)
    assert population_answered().response_id == RESPONSE_ID
