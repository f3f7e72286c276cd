"""The judge finds nothing in an honest history of evidence, and everything in it that nobody can have decided."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import orjson
import pytest

from domain.case.evidence_events import (
    ApplicantAwaited,
    EvidenceAccepted,
    EvidenceAcknowledged,
    EvidenceAskedOfApplicant,
    EvidenceDeferred,
    EvidenceDisputeAnswered,
    EvidenceDisputed,
    EvidenceObjected,
    EvidencePreviewAsked,
    EvidenceRemarked,
    EvidenceReviewAsked,
    EvidenceSettled,
    EvidenceSupplied,
)
from domain.case.evidence_ids import dispute_id_of
from domain.envelope import Actor
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault
from domain.evidence.progress import Happening, Remark
from tests.domain.evidence_town import (
    DAY,
    LAND_ID,
    LAND_REGISTER,
    LOCATION,
    POPULATION_ID,
    POPULATION_REGISTER,
    SECOND,
    WINDOW,
    accept,
    dispute,
    dispute_sent,
    hear,
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
    sent,
    supply,
    was_sent,
)
from tests.domain.town import APPLICANT, ASSIGNED, AT, CASE_ID, CLOCK, OFFICIAL, TODAY, assign, erase, mark_overdue
from tests.domain.town import WINDOW as DESK
from tests.verifying.evidence_history import History, population

ALL = ("person.birth_date", "person.address")
REQUIRED = needing(birth_date="required")
LAND = Actor(role="resource", pseudonym=LAND_REGISTER)
SETTLED = EvidenceSettled(local_date=TODAY)
DISPUTE_ID = dispute_id_of(CASE_ID, 1, AT)
ERASURE = Actor(role="window", pseudonym="erasure")


def sent_history() -> History:
    history = History()
    history.submit()
    history.do(sent())
    return history


def reviewed_history() -> History:
    history = History(REQUIRED)
    history.submit()
    history.do(sent())
    history.do(hear_answer(*ALL, service=REQUIRED))
    return history


def asked(why: str, *, is_exception: bool) -> EvidenceAskedOfApplicant:
    return EvidenceAskedOfApplicant.model_validate(
        {
            "local_date": TODAY,
            "resource": POPULATION_REGISTER,
            "elements": ("person.birth_date",),
            "why": why,
            "is_exception": is_exception,
        }
    )


def says(history: History) -> str:
    """Return what the judge finds first."""
    found = history.findings()
    assert found, "nothing is found"
    return found[0].says


# --- honest histories


def test_a_case_whose_resources_answer_is_honest() -> None:
    history = sent_history()
    for command in (
        hear(Happening.ACKNOWLEDGED),
        hear(Happening.DEFERRED, available_at=AT + 3 * DAY),
        hear(Happening.DEFERRED, available_at=AT + 3 * DAY),
        hear(Happening.UNACCEPTABLE, fault=Fault.OTHER_SIGNER),
        hear_answer("person.address"),
        hear_answer(*ALL),
        hear(Happening.FAILED, fault=Fault.WRONG_TYPE),
        dispute("person.address"),
        dispute_sent(DISPUTE_ID),
        hear_about(DISPUTE_ID, "examining"),
        hear_about(DISPUTE_ID, "corrected", source_version="13"),
        hear_owner(),
        supply("person.birth_date"),
        assign(),
    ):
        history.do(command)

    assert history.findings() == []
    assert history.replayed() == history.case


def test_a_case_with_previews_reviews_silence_and_errors_is_honest() -> None:
    history = History(REQUIRED)
    history.submit()
    for command in (
        sent(),
        hear(Happening.PREVIEW_ASKED),
        accept(),
        sent(digest="0" * 64),
        hear(Happening.PREVIEW_ASKED),
        hear(Happening.NOT_FOUND, code=ErrorCode.AMBIGUOUS_SUBJECT, service=REQUIRED),
        run_out(LAND_ID, AT + 4 * DAY, local_date=TODAY + 4 * DAY, service=REQUIRED),
        mark_overdue(at=AT + 8 * DAY, service=REQUIRED),
        supply("person.birth_date", "plot.owner", service=REQUIRED),
    ):
        history.do(command)

    assert history.findings() == []
    assert [entry.topic for entry in history.stored][-2:] == ["case.evidence_supplied", "case.evidence_settled"]


@pytest.mark.parametrize(
    "ends", [accept, object_to, lambda **_: run_out(POPULATION_ID, AT + 15 * DAY, local_date=TODAY + 15 * DAY)]
)
def test_every_end_of_a_review_is_honest(ends: Callable[..., object]) -> None:
    history = reviewed_history()
    command = ends(service=REQUIRED)
    history.do(command)  # type: ignore[arg-type] # one of three commands

    assert history.findings() == []


def test_an_answer_that_makes_it_the_other_resources_turn_is_honest() -> None:
    history = sent_history()
    for command in (hear(Happening.PREVIEW_ASKED), hear_answer(*ALL), hear_owner()):
        history.do(command)

    assert "case.evidence_awaited" in [entry.topic for entry in history.stored]
    assert history.findings() == []


@pytest.mark.parametrize("before", ["prepared", "sent", "reviewed", "nothing integrated"])
def test_an_erasure_at_any_time_is_honest(before: str) -> None:
    history = reviewed_history() if before == "reviewed" else History()
    if before == "nothing integrated":
        history = History(register=register_events(integrated=()))
    if before != "reviewed":
        history.submit()
    if before == "sent":
        history.do(sent())
    history.do(erase(actor=ERASURE))
    history.do(assign())

    assert history.findings() == []


def test_an_import_of_a_service_that_needs_evidence_is_honest() -> None:
    history = History()
    history.submit(origin="import", answers={}, identifiers={}, last_day=None)

    assert history.findings() == []


def test_an_erasure_of_the_first_version_is_honest_and_pins_no_date() -> None:
    history = sent_history()
    history.do(erase(pseudonym=OFFICIAL.pseudonym, actor=ERASURE))
    place, last = len(history.entries) - 1, history.entries[-1]
    document = orjson.loads(last.open)
    del document["data"]["local_date"]
    old = last._replace(open=orjson.dumps({**document, "schema": 1}, option=orjson.OPT_SORT_KEYS))
    history.entries[place] = old

    assert history.findings() == []


def test_answers_that_told_of_the_entry_in_clear_are_still_honest() -> None:
    history = sent_history()
    history.do(hear_answer(*ALL))
    _as_version_1(history, {"document": None, "source_version": "12", "valid_from": "1990-02-28"}, "is_document")
    for command in (
        dispute("person.address"),
        dispute_sent(DISPUTE_ID),
        hear_about(DISPUTE_ID, "corrected", source_version="13"),
    ):
        history.do(command)
    _as_version_1(history, {"source_version": "13"})

    assert history.findings() == []


def _as_version_1(history: History, in_clear: dict[str, object], *new: str) -> None:
    """Write the last event as its first version was written: with these members in clear, and without the new ones."""
    document = orjson.loads(history.entries[-1].open)
    data = {name: value for name, value in document["data"].items() if name not in new} | in_clear
    old = {**document, "data": data, "schema": 1}
    history.entries[-1] = history.entries[-1]._replace(open=orjson.dumps(old, option=orjson.OPT_SORT_KEYS))


# --- planted faults


PLANTED: dict[str, tuple[Callable[[History], None], str]] = {
    "an answer by another resource": (
        lambda it: it.plant(population_answered(*ALL), actor=LAND),
        "the rule not-the-resource",
    ),
    "an answer by an official": (
        lambda it: it.plant(population_answered(*ALL), actor=OFFICIAL),
        "the rule not-the-resource",
    ),
    "an answer by the window": (
        lambda it: it.plant(population_answered(*ALL), actor=WINDOW),
        "the rule not-the-resource",
    ),
    "an answer that nothing explains": (
        lambda it: it.plant(population_answered(*ALL), actor=population(), is_explained=False),
        "nobody has asked for it",
    ),
    "an answer that says it was live": (
        lambda it: it.plant(population_answered(*ALL), actor=population(), origin="live"),
        "the rule not-the-resource",
    ),
    "an answer to another request": (
        lambda it: it.plant(
            population_answered(*ALL).model_copy(update={"request_id": UUID(int=7)}), actor=population()
        ),
        "the rule evidence-not-asked",
    ),
    "an answer as of another day": (
        lambda it: it.plant(
            population_answered(*ALL).model_copy(update={"as_of": TODAY - timedelta(days=1)}), actor=population()
        ),
        "as_of is not what the rules give",
    ),
    "an answer that seals another element": (
        lambda it: it.plant(
            population_answered(*ALL).model_copy(update={"sealed_answers": {"person.address": "x"}}),
            actor=population(),
        ),
        "what was answered is not what is sealed",
    ),
    "an answer of what was not asked": (
        lambda it: it.plant(
            population_answered().model_copy(
                update={"answered": ("plot.owner",), "sealed_answers": {"plot.owner": True}}
            ),
            actor=population(),
        ),
        "the rule element-not-asked",
    ),
    "an answer with a question about what it has answered": (
        lambda it: it.plant(population_answered(*ALL), asked("NotInAnswer", is_exception=False), actor=population()),
        "follows from other events",
    ),
    "an exception without its end": (
        lambda it: it.plant(asked("TimedOut", is_exception=True), actor=CLOCK, at=AT + DAY),
        "follows from other events",
    ),
    "an end without its exception": (
        lambda it: it.plant(population_ended("TimedOut", against=True), SETTLED, actor=CLOCK, at=AT + DAY),
        "a case.evidence_asked_of_applicant is due here",
    ),
    "silence that is not counted against the resource": (
        lambda it: it.plant(population_ended("TimedOut"), actor=CLOCK, at=AT + DAY),
        "against_resource is not what the rules give",
    ),
    "an exception that is said to be none": (
        lambda it: it.plant(
            population_ended("TimedOut", against=True),
            asked("TimedOut", is_exception=False),
            actor=CLOCK,
            at=AT + DAY,
        ),
        "is_exception is not what the rules give",
    ),
    "a person who is not found, counted against the resource": (
        lambda it: it.plant(population_ended("NotFound", against=True), actor=population()),
        "against_resource is not what the rules give",
    ),
    "an error that means another end": (
        lambda it: it.plant(population_ended("NotFound", code=ErrorCode.QUERY_FAILED), actor=population()),
        "leads to another end",
    ),
    "a fault that proves nothing and fails the request": (
        lambda it: it.plant(population_ended("Failed", against=True, fault=Fault.OTHER_SIGNER), actor=population()),
        "leads to another end",
    ),
    "a clock that had not run out": (
        lambda it: it.plant(population_ended("TimedOut", against=True), actor=CLOCK, at=AT + 60 * SECOND),
        "the rule evidence-clock-runs",
    ),
    "a clock that an official has called": (
        lambda it: it.plant(population_ended("TimedOut", against=True), actor=OFFICIAL, at=AT + DAY),
        "the rule not-the-resource",
    ),
    "a settled event too early": (
        lambda it: it.plant(SETTLED, actor=population()),
        "follows from other events",
    ),
    "a settled event after the first of two answers": (
        lambda it: it.plant(population_answered(*ALL), SETTLED, actor=population()),
        "follows from other events",
    ),
    "an assignment while evidence is owed": (
        lambda it: it.plant(ASSIGNED, actor=DESK, is_explained=False),
        "the rule case-awaits-evidence",
    ),
    "a turn that nobody took": (
        lambda it: it.plant(ApplicantAwaited(local_date=TODAY), actor=APPLICANT),
        "follows from other events",
    ),
    "an agreement to what was not shown": (
        lambda it: it.plant(EvidenceAccepted(local_date=TODAY, request_id=POPULATION_ID, since=AT), actor=APPLICANT),
        "the rule evidence-not-to-be-seen",
    ),
    "a remark that nothing leads to": (
        lambda it: it.plant(
            EvidenceRemarked(request_id=POPULATION_ID, remark=Remark.DUPLICATE, fault=None), actor=population()
        ),
        "nothing that the resource may say is remarked upon in this way",
    ),
    "an unproven message with which nothing is wrong": (
        lambda it: it.plant(
            EvidenceRemarked(request_id=POPULATION_ID, remark=Remark.UNACCEPTABLE, fault=None), actor=population()
        ),
        "nothing is said to be wrong with it",
    ),
    "a deferral beyond the longest wait": (
        lambda it: it.plant(EvidenceDeferred(request_id=POPULATION_ID, available_at=AT + 91 * DAY), actor=population()),
        "available_at is not what the rules give",
    ),
    "a second sending without an agreement": (
        lambda it: it.plant(was_sent(digest="0" * 64), actor=WINDOW),
        "it changes nothing",
    ),
    "a sending by an applicant": (
        lambda it: it.plant(was_sent(LAND_ID), actor=APPLICANT),
        "the rule not-the-window",
    ),
    "a preview since another time": (
        lambda it: it.plant(
            EvidencePreviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT + DAY, location=LOCATION),
            actor=population(),
        ),
        "since is not what the rules give",
    ),
    "a preview at no place": (
        lambda it: it.plant(
            EvidencePreviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT), actor=population()
        ),
        "the rule evidence-not-answered",
    ),
    "a review of what needs none": (
        lambda it: it.plant(
            population_answered(*ALL),
            EvidenceReviewAsked(local_date=TODAY, request_id=POPULATION_ID, since=AT),
            actor=population(),
        ),
        "follows from other events",
    ),
    "a supply of what nobody asked for": (
        lambda it: it.plant(
            EvidenceSupplied(
                local_date=TODAY,
                supplied=("person.birth_date",),
                sealed_answers={"person.birth_date": "1990-02-28"},
            ),
            actor=APPLICANT,
        ),
        "the rule nothing-missing",
    ),
    "a dispute about what was not answered": (
        lambda it: it.plant(
            EvidenceDisputed(
                request_id=POPULATION_ID,
                dispute_id=DISPUTE_ID,
                resource=POPULATION_REGISTER,
                elements=("person.address",),
                statement="No.",
            ),
            actor=APPLICANT,
        ),
        "the rule evidence-not-answered",
    ),
    "a reply to a dispute that there is not": (
        lambda it: it.plant(
            EvidenceDisputeAnswered(dispute_id=DISPUTE_ID, outcome="corrected", source_version=None),
            actor=population(),
        ),
        "the rule evidence-not-asked",
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_nobody_can_have_decided_is_found(name: str) -> None:
    plant, rule = PLANTED[name]
    history = sent_history()
    plant(history)

    assert rule in says(history)


@pytest.mark.parametrize(
    ("plant", "rule"),
    [
        (lambda it: it.plant(land_answered(), SETTLED, actor=LAND), "follows from other events"),
        (
            lambda it: it.plant(
                EvidenceObjected(local_date=TODAY + 14 * DAY, request_id=POPULATION_ID),
                actor=CLOCK,
                at=AT + 14 * DAY,
            ),
            "the rule evidence-clock-runs",
        ),
        (
            lambda it: it.plant(EvidenceAccepted(local_date=TODAY, request_id=POPULATION_ID, since=AT), actor=OFFICIAL),
            "the rule not-the-applicant",
        ),
    ],
)
def test_a_review_is_not_gone_round(plant: Callable[[History], None], rule: str) -> None:
    history = reviewed_history()
    plant(history)

    assert rule in says(history)


def test_an_acknowledgement_that_came_twice_is_a_remark() -> None:
    history = sent_history()
    for _ in range(2):
        history.plant(EvidenceAcknowledged(request_id=POPULATION_ID), actor=population())

    assert "a case.evidence_remarked is due here" in says(history)


def test_a_last_answer_that_does_not_send_the_case_to_its_desk_is_found_at_the_next_event() -> None:
    history = sent_history()
    history.plant(population_answered(*ALL), actor=population())
    history.plant(land_answered(), actor=LAND)
    history.plant(ASSIGNED, actor=DESK, is_explained=False)

    assert "a case.evidence_settled is due here" in says(history)


def test_an_erasure_after_which_the_case_still_waits_is_found() -> None:
    history = sent_history()
    erased, *_ = History.do(other := sent_history(), erase(actor=ERASURE))
    history.plant(erased, actor=ERASURE, is_explained=False)
    history.plant(was_sent(LAND_ID), actor=WINDOW)

    assert "a case.evidence_ended is due here" in says(history)
    assert other.findings() == []


# --- submissions


def planted_submission(**changes: object) -> History:
    """Return the history of a submission whose first event is changed; the others stay as they were decided."""
    history = History()
    events = past_of(events=history.register)
    history.plant(events[0].model_copy(update=changes), *events[1:], actor=APPLICANT)
    return history


def test_an_unchanged_submission_is_honest() -> None:
    assert planted_submission().findings() == []


@pytest.mark.parametrize("version", [0, 3])
def test_a_submission_that_does_not_know_the_register_is_found(version: int) -> None:
    assert "a register that had changed since" in says(planted_submission(register_version=version))


def test_a_submission_that_knows_a_later_register_is_found() -> None:
    assert "a register that was not there yet" in says(planted_submission(register_version=99))


@pytest.mark.parametrize(
    ("identifiers", "rule"),
    [
        (
            {"person.number": "1", "person.land_number": "2", "person.tax_number": "3"},
            "identifiers by which no resource is asked",
        ),
        ({"person.number": "1"}, "the rule identifier-missing"),
        (None, "the rule identifier-missing"),
    ],
)
def test_a_submission_seals_the_identifiers_that_are_needed_and_no_others(
    identifiers: dict[str, str] | None, rule: str
) -> None:
    assert rule in says(planted_submission(sealed_identifiers=identifiers))


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": AT + 365 * DAY},
        {"elements": ("person.birth_date",)},
        {"previewed_within": 1},
        {"as_of": TODAY - timedelta(days=365)},
        {"request_id": UUID("019abcde-f012-7345-8678-000000000001")},
        {"resource": LAND_REGISTER},
    ],
)
def test_a_request_that_asks_otherwise_than_the_service_and_the_register_say_is_found(
    changes: dict[str, object],
) -> None:
    history = History()
    first, land, people = past_of(events=history.register)
    history.plant(first, land, people.model_copy(update=changes), actor=APPLICANT)

    assert f"{next(iter(changes))} is not what the rules give" in says(history)


def test_a_submission_that_asks_only_one_of_two_resources_is_found_at_the_next_event() -> None:
    history = History()
    history.plant(*past_of(events=history.register)[:2], actor=APPLICANT)
    history.plant(was_sent(LAND_ID), actor=WINDOW)

    assert "a case.evidence_requested is due here" in says(history)


def test_a_submission_that_asks_the_applicant_although_the_resource_is_integrated_is_found() -> None:
    history = History()
    first, land, _ = past_of(events=history.register)
    history.plant(first, land, asked("NotIntegrated", is_exception=True), actor=APPLICANT)

    assert "a case.evidence_requested is due here" in says(history)
