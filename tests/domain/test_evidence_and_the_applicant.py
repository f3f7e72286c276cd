"""What the applicant says about evidence: agrees, objects, disputes, supplies; and what becomes of it when they go."""

from uuid import UUID

import pytest

from domain.case.decisions import decide
from domain.case.evidence_commands import EvidenceCommand
from domain.case.evidence_events import (
    ApplicantAwaited,
    EvidenceAccepted,
    EvidenceAskedOfApplicant,
    EvidenceDisputeAnswered,
    EvidenceDisputed,
    EvidenceDisputeSent,
    EvidenceObjected,
    EvidencePreviewAsked,
    EvidenceRemarked,
    EvidenceReviewAsked,
    EvidenceSettled,
    EvidenceSupplied,
    WhyAsked,
)
from domain.case.evidence_ids import dispute_id_of
from domain.case.refusals import (
    AnswerMissing,
    AnswerOfWrongType,
    ApplicantErased,
    CaseAwaitsEvidence,
    CaseAwaitsNoEvidence,
    ElementNotAsked,
    ElementUnknown,
    EvidenceInDispute,
    EvidenceNotAnswered,
    EvidenceNotAsked,
    EvidenceNotToBeSeen,
    NothingMissing,
    NotTheApplicant,
    NotTheResource,
    QuestionNotOpen,
    TextMissing,
    TextTooLong,
)
from domain.case.stage import Stage
from domain.envelope import Actor
from domain.event import Event
from domain.evidence.progress import EvidenceState, Remark
from domain.service.refusals import NotTheWindow
from domain.text import TextClosesItsBidirectionalMarks
from tests.domain.evidence_town import (
    GIVEN,
    HASH,
    LAND_ID,
    LAND_REGISTER,
    LOCATION,
    OTHER_HASH,
    POPULATION_ID,
    POPULATION_REGISTER,
    SECOND,
    accept,
    dispute,
    dispute_sent,
    hear_about,
    hear_answer,
    hear_owner,
    land_answered,
    needing,
    object_to,
    past_of,
    population_answered,
    population_ended,
    register_events,
    run_out,
    supply,
    was_sent,
)
from tests.domain.given_when_then import fold, given
from tests.domain.town import (
    AGENCY,
    APPLICANT,
    ASSIGNED,
    AT,
    CASE_ID,
    CLOSED,
    DECIDED,
    OFFICIAL,
    OVERDUE,
    REPRESENTATIVE,
    TODAY,
    WITHDRAWN,
    answer,
    ask,
    assign,
    close,
    erase,
    mark_overdue,
    record,
    settle,
    withdraw,
)
from tests.mandates.examples import ADDED

ALL = ("person.birth_date", "person.address")
SENT = (*past_of(), was_sent(), was_sent(LAND_ID))
SHOWN = EvidencePreviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT, location=LOCATION)
ALSO_SHOWN = EvidencePreviewAsked(local_date=TODAY, request_id=LAND_ID, since=AT, location=LOCATION)
ACCEPTED = EvidenceAccepted(local_date=TODAY, request_id=POPULATION_ID, since=AT)
OBJECTED = EvidenceObjected(local_date=TODAY, request_id=POPULATION_ID)
SETTLED = EvidenceSettled(local_date=TODAY)
HER_TURN = ApplicantAwaited(local_date=TODAY)
SUPPLIED = EvidenceSupplied(
    local_date=TODAY, supplied=("person.birth_date",), sealed_answers={"person.birth_date": "1990-02-28"}
)
REVIEWED = (
    *past_of(needing(birth_date="required")),
    was_sent(),
    population_answered(*ALL),
    EvidenceReviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT),
)
POSSIBLE = (*past_of(needing(birth_date="possible")), was_sent(), population_answered(*ALL))
DISPUTE_ID = dispute_id_of(CASE_ID, 1, AT)
DISPUTED = EvidenceDisputed(
    request_id=POPULATION_ID,
    dispute_id=DISPUTE_ID,
    resource=POPULATION_REGISTER,
    elements=("person.birth_date",),
    statement="A day later.",
)


def asked(resource: str, why: WhyAsked, *elements: str, is_exception: bool = False) -> EvidenceAskedOfApplicant:
    return EvidenceAskedOfApplicant(
        local_date=TODAY, resource=resource, elements=elements, why=why, is_exception=is_exception
    )


def birth_date_asked(why: WhyAsked, *, is_exception: bool = False) -> EvidenceAskedOfApplicant:
    return asked(POPULATION_REGISTER, why, "person.birth_date", is_exception=is_exception)


def stage_after(*events: Event) -> Stage:
    case = fold(events)
    assert case is not None
    return case.stage


NOT_FOUND = (population_ended("NotFound"), birth_date_asked(EvidenceState.NOT_FOUND))

# --- agreeing and objecting to a preview


def test_whoever_agrees_to_a_preview_lets_the_resource_be_asked_again() -> None:
    given(*SENT, SHOWN).when(accept()).then(ACCEPTED)

    assert stage_after(*SENT, SHOWN) is Stage.AWAITING_APPLICANT
    assert stage_after(*SENT, SHOWN, ACCEPTED) is Stage.AWAITING_EVIDENCE


def test_one_agrees_once_and_can_take_it_back_no_more() -> None:
    for past in ((*SENT, SHOWN, ACCEPTED), (*SENT, SHOWN, ACCEPTED, was_sent(digest=OTHER_HASH))):
        given(*past).when(accept()).then(EvidenceNotToBeSeen)
        given(*past).when(object_to()).then(EvidenceNotToBeSeen)


def test_an_objection_to_a_preview_ends_the_request_and_the_applicant_is_asked() -> None:
    given(*SENT, SHOWN).when(object_to(reason="That is not me.")).then(
        (
            OBJECTED.model_copy(update={"reason": "That is not me."}),
            population_ended("PreviewRejected"),
            birth_date_asked(EvidenceState.PREVIEW_REJECTED),
        )
    )


@pytest.mark.parametrize("command", [accept(), object_to()])
def test_nobody_agrees_or_objects_where_nothing_is_shown(command: EvidenceCommand) -> None:
    given(*SENT).when(command).then(EvidenceNotToBeSeen)
    given(*SENT, population_answered(*ALL)).when(command).then(EvidenceNotToBeSeen)
    given(*SENT, *NOT_FOUND).when(command).then(EvidenceNotToBeSeen)
    given(*SENT, WITHDRAWN).when(command).then(CaseAwaitsNoEvidence)


# --- reviewing an answer


def test_an_answer_that_the_applicant_agrees_to_is_used() -> None:
    given(*REVIEWED).when(accept()).then(ACCEPTED)
    given(*REVIEWED, ACCEPTED).when(hear_owner()).then((land_answered(), SETTLED))
    given(*REVIEWED, land_answered()).when(accept()).then((ACCEPTED, SETTLED))
    assert stage_after(*REVIEWED, ACCEPTED) is Stage.AWAITING_EVIDENCE


def test_an_answer_that_the_applicant_objects_to_counts_as_not_answered() -> None:
    given(*REVIEWED).when(object_to()).then((OBJECTED, birth_date_asked(EvidenceState.PREVIEW_REJECTED)))


def test_while_one_answer_is_reviewed_the_case_does_not_go_to_its_desk() -> None:
    given(*REVIEWED).when(hear_owner()).then(land_answered())
    given(*REVIEWED, land_answered()).when(assign()).then(CaseAwaitsEvidence)


def test_where_a_preview_is_possible_one_may_object_once_while_the_case_waits() -> None:
    events = (OBJECTED, birth_date_asked(EvidenceState.PREVIEW_REJECTED))

    given(*POSSIBLE).when(object_to()).then(events)
    given(*POSSIBLE).when(accept()).then(EvidenceNotToBeSeen)
    given(*POSSIBLE, *events).when(object_to()).then(EvidenceNotToBeSeen)
    given(*POSSIBLE, land_answered(), SETTLED).when(object_to()).then(CaseAwaitsNoEvidence)


def test_an_objection_asks_for_nothing_that_was_asked_for_before() -> None:
    answered = population_answered("person.address")
    past = (*past_of(needing(birth_date="possible")), was_sent(), answered, birth_date_asked("NotInAnswer"))

    given(*past).when(object_to()).then((OBJECTED, HER_TURN))
    given(*past, SUPPLIED).when(object_to()).then(OBJECTED)


@pytest.mark.parametrize("command", [accept, object_to, supply, lambda **who: dispute("person.birth_date", **who)])
@pytest.mark.parametrize(
    "actor", [OFFICIAL, AGENCY, REPRESENTATIVE, Actor(role="applicant", pseudonym=OFFICIAL.pseudonym)]
)
def test_nobody_speaks_for_the_applicant_but_a_representative(command: type, actor: Actor) -> None:
    given(*REVIEWED).when(command(actor=actor)).then(NotTheApplicant)


def test_a_representative_agrees_objects_supplies_and_disputes_like_the_applicant() -> None:
    given(*SENT, SHOWN, ADDED).when(accept(actor=REPRESENTATIVE)).then(ACCEPTED)
    given(*REVIEWED, ADDED).when(object_to(actor=REPRESENTATIVE)).then(
        (OBJECTED, birth_date_asked(EvidenceState.PREVIEW_REJECTED))
    )
    given(*SENT, *NOT_FOUND, ADDED).when(supply("person.birth_date", actor=REPRESENTATIVE)).then(SUPPLIED)
    given(*REVIEWED, ADDED).when(dispute("person.birth_date", actor=REPRESENTATIVE)).then(DISPUTED)


def test_words_of_an_objection_are_words() -> None:
    given(*SENT, SHOWN).when(object_to(reason=" ")).then(TextMissing, field="reason")
    given(*SENT, SHOWN).when(object_to(reason="x" * 10_001)).then(TextTooLong, field="reason")
    given(*SENT, SHOWN).when(object_to(reason="\u202e")).then(TextClosesItsBidirectionalMarks, field="reason")


@pytest.mark.parametrize("command", [accept(UUID(int=1)), object_to(UUID(int=1))])
def test_what_was_not_asked_is_unknown(command: EvidenceCommand) -> None:
    given(*REVIEWED).when(command).then(EvidenceNotAsked)


# --- whose turn it is


def test_with_two_previews_it_is_the_applicants_turn_until_both_are_answered() -> None:
    given(*SENT, SHOWN, ALSO_SHOWN).when(accept()).then((ACCEPTED, HER_TURN))
    past = (*SENT, SHOWN, ALSO_SHOWN, ACCEPTED, HER_TURN)

    assert stage_after(*past) is Stage.AWAITING_APPLICANT
    given(*past).when(accept(LAND_ID)).then(ACCEPTED.model_copy(update={"request_id": LAND_ID}))


def test_after_the_resource_has_answered_it_is_still_the_applicants_turn_if_something_is_missing() -> None:
    past = (*SENT, *NOT_FOUND, ALSO_SHOWN)

    given(*past).when(accept(LAND_ID)).then((ACCEPTED.model_copy(update={"request_id": LAND_ID}), HER_TURN))
    given(*past).when(supply("person.birth_date")).then((SUPPLIED, HER_TURN))


def test_when_the_applicant_has_given_what_is_missing_it_is_the_other_resources_turn() -> None:
    given(*SENT, *NOT_FOUND).when(supply("person.birth_date")).then(SUPPLIED)
    assert stage_after(*SENT, *NOT_FOUND, SUPPLIED) is Stage.AWAITING_EVIDENCE
    given(*SENT, *NOT_FOUND, SUPPLIED).when(hear_owner()).then((land_answered(), SETTLED))
    given(*SENT, *NOT_FOUND, land_answered()).when(supply("person.birth_date")).then((SUPPLIED, SETTLED))


# --- supplying


def test_all_that_is_missing_is_given_at_once_each_of_its_type() -> None:
    past = past_of(events=register_events(integrated=()))
    both = ("person.birth_date", "plot.owner")

    given(*past).when(supply("plot.owner")).then(AnswerMissing, field="answers.person.birth_date")
    given(*past).when(supply()).then(AnswerMissing, field="answers.person.birth_date")
    given(*past).when(supply(*both, answers={**GIVEN})).then(ElementUnknown, field="answers.person.address")
    wrong = {"person.birth_date": "yesterday", "plot.owner": True}
    given(*past).when(supply(answers=wrong)).then(AnswerOfWrongType, field="answers.person.birth_date")
    unreadable = {"person.birth_date": "1990-02-28", "plot.owner": "yes"}
    given(*past).when(supply(answers=unreadable)).then(AnswerOfWrongType, field="answers.plot.owner")
    supplied = EvidenceSupplied(local_date=TODAY, supplied=both, sealed_answers={name: GIVEN[name] for name in both})
    given(*past).when(supply(*both)).then((supplied, SETTLED))


def test_nothing_is_supplied_that_nobody_asked_for() -> None:
    given(*SENT).when(supply("person.birth_date")).then(NothingMissing)
    given(*SENT, *NOT_FOUND, SUPPLIED).when(supply("person.birth_date")).then(NothingMissing)
    given(*SENT, *NOT_FOUND, WITHDRAWN).when(supply("person.birth_date")).then(CaseAwaitsNoEvidence)
    settled = (*SENT, *NOT_FOUND, land_answered(), SUPPLIED, SETTLED)
    given(*settled).when(supply("person.birth_date")).then(CaseAwaitsNoEvidence)


def test_what_is_missing_is_supplied_and_no_open_question_is_answered() -> None:
    given(*SENT, *NOT_FOUND).when(answer()).then(QuestionNotOpen)
    assert stage_after(*SENT, *NOT_FOUND) is Stage.AWAITING_APPLICANT


def test_an_answer_that_comes_after_the_applicant_was_asked_is_late_and_they_are_still_asked() -> None:
    timed_out = (
        population_ended("TimedOut", against=True),
        birth_date_asked(EvidenceState.TIMED_OUT, is_exception=True),
    )
    late = EvidenceRemarked(request_id=POPULATION_ID, remark=Remark.LATE, fault=None)

    given(*SENT, *timed_out).when(hear_answer(*ALL)).then(late)
    given(*SENT, *timed_out, late).when(supply("person.birth_date")).then(SUPPLIED)


# --- the desk


@pytest.mark.parametrize("past", [SENT, (*SENT, SHOWN), (*SENT, *NOT_FOUND), REVIEWED])
def test_nobody_is_given_the_case_or_works_on_it_while_evidence_is_owed(past: tuple[Event, ...]) -> None:
    for command in (assign(), record(), ask(), settle(), settle(origin="import"), close(origin="import")):
        given(*past).when(command).then(CaseAwaitsEvidence)


@pytest.mark.parametrize("past", [SENT, (*SENT, SHOWN), (*SENT, *NOT_FOUND), REVIEWED])
def test_the_applicant_may_withdraw_and_the_clock_may_call_it_overdue_while_evidence_is_owed(
    past: tuple[Event, ...],
) -> None:
    case = fold(past)
    assert case is not None

    given(*past).when(withdraw()).then(WITHDRAWN)
    given(*past).when(mark_overdue()).then(OVERDUE)
    assert stage_after(*past, OVERDUE) is case.stage
    given(*past, OVERDUE).when(withdraw()).then(WITHDRAWN)


def test_a_case_whose_evidence_is_settled_is_worked_on_like_every_other() -> None:
    past = (*SENT, population_answered(*ALL), land_answered(), SETTLED)

    given(*past).when(assign()).then(ASSIGNED)
    given(*past, ASSIGNED).when(settle()).then(DECIDED)
    given(*past, ASSIGNED, DECIDED).when(close()).then(CLOSED)


# --- erasure


@pytest.mark.parametrize(
    ("past", "ended"),
    [
        (past_of(), [population_ended("Failed")]),
        (SENT, [population_ended("Failed")]),
        ((*SENT, SHOWN), [population_ended("Failed")]),
        ((*SENT, SHOWN, ACCEPTED), [population_ended("Failed")]),
        (REVIEWED, [OBJECTED]),
        ((*SENT, *NOT_FOUND), []),
        ((*SENT, population_answered(*ALL)), []),
    ],
)
def test_the_case_of_an_erased_applicant_waits_for_nothing_and_goes_to_its_desk(
    past: tuple[Event, ...], ended: list[Event]
) -> None:
    events = decide(erase(), fold(past))
    land = population_ended("Failed", request_id=LAND_ID, resource=LAND_REGISTER)

    assert events[1:] == (land, *ended, SETTLED)
    assert stage_after(*past, *events) is Stage.SUBMITTED
    given(*past, *events).when(assign()).then(ASSIGNED)
    given(*past, *events, ASSIGNED).when(settle(reasons=None)).then(DECIDED.model_copy(update={"reasons": None}))


def test_a_case_that_waits_only_for_an_erased_applicant_goes_to_its_desk() -> None:
    past = past_of(events=register_events(integrated=()))

    given(*past).when(erase()).then((*decide(erase(), fold(past))[:1], SETTLED))
    assert stage_after(*past, *decide(erase(), fold(past))) is Stage.SUBMITTED


def test_after_an_erasure_whatever_comes_is_late() -> None:
    past = (*SENT, *decide(erase(), fold(SENT)))

    given(*past).when(hear_answer(*ALL)).then(
        EvidenceRemarked(request_id=POPULATION_ID, remark=Remark.LATE, fault=None)
    )
    given(*past).when(supply("person.birth_date")).then(CaseAwaitsNoEvidence)
    given(*past).when(run_out(POPULATION_ID, AT + SECOND)).then(CaseAwaitsNoEvidence)


def test_the_erasure_of_an_official_or_in_an_ended_case_ends_no_request() -> None:
    assert len(decide(erase(pseudonym=OFFICIAL.pseudonym), fold(SENT))) == 1
    assert len(decide(erase(), fold((*SENT, WITHDRAWN)))) == 1
    assert len(decide(erase(), fold((*SENT, population_answered(*ALL), land_answered(), SETTLED)))) == 1


# --- disputes


def test_the_applicant_says_that_the_register_is_wrong_about_what_it_has_answered() -> None:
    for past in (REVIEWED, POSSIBLE, (*POSSIBLE, land_answered(), SETTLED, ASSIGNED, DECIDED, CLOSED)):
        given(*past).when(dispute("person.birth_date")).then(DISPUTED)
        case = fold((*past, DISPUTED))
        assert case is not None
        assert case.stage is stage_after(*past)


def test_what_was_not_answered_is_not_disputed() -> None:
    given(*SENT).when(dispute("person.birth_date")).then(EvidenceNotAnswered)
    given(*SENT, *NOT_FOUND).when(dispute("person.birth_date")).then(EvidenceNotAnswered)
    given(*REVIEWED).when(dispute("plot.owner")).then(ElementNotAsked, field="elements")
    given(*REVIEWED).when(dispute()).then(ElementNotAsked, field="elements")
    given(*REVIEWED).when(dispute("person.birth_date", request_id=UUID(int=1))).then(EvidenceNotAsked)
    partly = (*SENT, population_answered("person.birth_date"))
    given(*partly).when(dispute("person.address")).then(ElementNotAsked, field="elements")


def test_a_document_is_disputed_about_all_that_was_asked() -> None:
    past = (*SENT, population_answered().model_copy(update={"is_document": True}))

    given(*past).when(dispute(*ALL)).then(DISPUTED.model_copy(update={"elements": ALL}))


def test_an_element_is_named_once_in_a_dispute_however_often_it_is_given() -> None:
    given(*REVIEWED).when(dispute("person.birth_date", "person.birth_date")).then(DISPUTED)


def test_a_dispute_says_what_is_wrong() -> None:
    given(*REVIEWED).when(dispute("person.birth_date", statement=" ")).then(TextMissing, field="statement")
    given(*REVIEWED).when(dispute("person.birth_date", statement="x" * 10_001)).then(TextTooLong, field="statement")
    erased = (*REVIEWED, *decide(erase(), fold(REVIEWED)))
    given(*erased).when(dispute("person.birth_date")).then(ApplicantErased, field="statement")


def test_an_element_in_dispute_is_disputed_again_only_after_the_last_word() -> None:
    examining = EvidenceDisputeAnswered(dispute_id=DISPUTE_ID, outcome="examining", source_version=None)
    confirmed = EvidenceDisputeAnswered(dispute_id=DISPUTE_ID, outcome="confirmed", source_version=None)
    second = dispute_id_of(CASE_ID, 2, AT)

    given(*REVIEWED, DISPUTED).when(dispute("person.birth_date")).then(EvidenceInDispute, field="elements")
    given(*REVIEWED, DISPUTED, examining).when(dispute(*ALL)).then(EvidenceInDispute, field="elements")
    given(*REVIEWED, DISPUTED).when(dispute("person.address")).then(
        DISPUTED.model_copy(update={"dispute_id": second, "elements": ("person.address",)})
    )
    given(*REVIEWED, DISPUTED, examining, confirmed).when(dispute("person.birth_date")).then(
        DISPUTED.model_copy(update={"dispute_id": second})
    )


def test_the_window_says_once_which_dispute_was_sent() -> None:
    said = EvidenceDisputeSent(dispute_id=DISPUTE_ID, dispute_hash=HASH)

    given(*REVIEWED, DISPUTED).when(dispute_sent(DISPUTE_ID)).then(said)
    given(*REVIEWED, DISPUTED, said).when(dispute_sent(DISPUTE_ID, dispute_hash=OTHER_HASH)).then(())
    given(*REVIEWED, DISPUTED).when(dispute_sent(DISPUTE_ID, actor=APPLICANT)).then(NotTheWindow)
    given(*REVIEWED).when(dispute_sent(DISPUTE_ID)).then(EvidenceNotAsked)


@pytest.mark.parametrize("last", ["corrected", "confirmed", "refused"])
def test_a_resource_says_twice_what_it_makes_of_a_dispute_and_then_nothing_more(last: str) -> None:
    past = (*REVIEWED, DISPUTED)
    looks = EvidenceDisputeAnswered(dispute_id=DISPUTE_ID, outcome="examining", source_version=None)
    found = EvidenceDisputeAnswered(dispute_id=DISPUTE_ID, outcome=last, source_version=None, corrected_version="13")

    given(*past).when(hear_about(DISPUTE_ID, "examining")).then(looks)
    given(*past, looks).when(hear_about(DISPUTE_ID, "examining")).then(())
    given(*past, looks).when(hear_about(DISPUTE_ID, last, source_version="13")).then(found)
    for outcome in ("examining", "corrected", "confirmed", "refused"):
        given(*past, looks, found).when(hear_about(DISPUTE_ID, outcome)).then(())


def test_the_version_of_a_corrected_entry_is_not_kept_for_an_erased_applicant_who_cannot_read_it() -> None:
    past = (*REVIEWED, DISPUTED)
    erased = (*past, *decide(erase(), fold(past)))
    corrected = EvidenceDisputeAnswered(dispute_id=DISPUTE_ID, outcome="corrected", source_version=None)

    given(*erased).when(hear_about(DISPUTE_ID, "corrected", source_version="13")).then(corrected)


def test_only_the_resource_that_answered_says_what_it_makes_of_a_dispute() -> None:
    other = Actor(role="resource", pseudonym=LAND_REGISTER)

    given(*REVIEWED, DISPUTED).when(hear_about(DISPUTE_ID, "corrected", actor=other)).then(NotTheResource)
    given(*REVIEWED, DISPUTED).when(hear_about(DISPUTE_ID, "corrected", origin="live")).then(NotTheResource)
    given(*REVIEWED).when(hear_about(DISPUTE_ID, "corrected")).then(EvidenceNotAsked)


def test_a_dispute_changes_nothing_of_the_case() -> None:
    before, after = fold(REVIEWED), fold((*REVIEWED, DISPUTED))
    assert before is not None
    assert after is not None

    assert after.evidence.requests == before.evidence.requests
