"""The table of faults of the exchange, over HTTP and over Kafka.

Whatever happens, a request is answered once, its case goes on, the resource hears the same bytes under the same id, and
nothing about the person is in clear anywhere (`conftest.py`).
"""

import hashlib
from contextlib import ExitStack

import httpx2
import pytest
from kafka import KafkaAdminClient, KafkaProducer

from application.evidence.sealing import said_raw
from application.evidence.signing import MEDIA_TYPE
from consumers.kafka_settings import KafkaSettings
from ledger.published.channels import answers_topic, requests_topic
from tests.evidence.asking import ask, running
from tests.evidence.dying import Death, Overtaken
from tests.evidence.exchanging import AREA, Town, need
from tests.evidence.outcomes import (
    ANSWERED,
    ASKED,
    SUPPLIED,
    asking,
    ended,
    goes_on_by_the_applicant,
    kept,
    only,
    payload_of,
    quickly,
    remarks,
    service,
    until,
)

_MOST_STEPS = 60


def without_remarks(town: Town, case: str) -> list[str]:
    """Return the topics of what has happened to a case, but for what changes nothing."""
    return [topic for topic in town.topics(case) if topic != "evidence_remarked"]


def answered_by_the_register(town: Town) -> set[str]:
    """Return the hashes of the requests that the population register has answered."""
    return {file.stem for file in (town.folder / "population" / "answers").glob("*.jws")}


# --- what a resource does


def test_a_resource_that_answers_twice_is_heard_once(town: Town) -> None:
    town.register.switch(twice=True)
    case = town.submits()

    until(lambda: remarks(town, case) == [("Duplicate", None)])

    assert without_remarks(town, case) == [*ASKED, "evidence_sent", *ANSWERED]
    assert town.stage(case) == "Submitted"


def test_a_resource_that_answers_too_late_is_counted_and_its_answer_changes_nothing(town: Town) -> None:
    town.register.switch(later_ms=4000)
    with town.asked(**quickly()):
        case = town.submits()
        history = town.until(case, "evidence_asked_of_applicant")
        assert ended(history) == ("TimedOut", None, True, "TimedOut", True)
        until(lambda: remarks(town, case) == [("Late", None)])

    assert "evidence_answered" not in town.topics(case)
    goes_on_by_the_applicant(town, case)


def test_a_resource_that_never_answers_is_counted(town: Town) -> None:
    town.register.switch(silent=True)
    with town.asked(**quickly()):
        case = town.submits()
        history = town.until(case, "evidence_asked_of_applicant")

    assert ended(history) == ("TimedOut", None, True, "TimedOut", True)
    goes_on_by_the_applicant(town, case)


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("malformed", "NotAJws"),
        ("unsealed", "NotSealed"),
        ("unsigned", "OtherAlgorithm"),
        ("other_signer", "OtherSigner"),
        ("other_request", "OtherRequest"),
        ("other_hash", "OtherHash"),
    ],
)
def test_what_is_not_proven_to_be_the_resources_word_changes_nothing(
    town: Town, planted: str, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Over Kafka nobody knows which request most of it is about: the log has it."""
    town.register.switch(fault=planted)
    town.is_betrayed |= planted == "unsealed"
    with town.asked(**quickly()):
        case = town.submits()
        if town.kafka is None or planted == "other_hash":
            until(lambda: remarks(town, case) == [("Unacceptable", fault)])
        else:
            left_out = f"a message in the topic of population is left out: {fault}"
            said = "answers what was not asked" if planted == "other_request" else left_out
            until(lambda: said in caplog.text)
        history = town.until(case, "evidence_asked_of_applicant")

    assert ended(history) == ("TimedOut", None, True, "TimedOut", True)
    goes_on_by_the_applicant(town, case)


@pytest.mark.parametrize(("planted", "fault"), [("other_element", "ElementNotAsked"), ("wrong_type", "WrongType")])
def test_what_a_resource_has_signed_and_nobody_can_use_fails_its_request(town: Town, planted: str, fault: str) -> None:
    town.register.switch(fault=planted)
    case = town.submits()

    history = town.until(case, "evidence_asked_of_applicant")

    assert ended(history) == ("Failed", None, True, "Failed", True)
    assert only(history, "evidence_ended")["data"]["fault"] == fault
    goes_on_by_the_applicant(town, case)


def test_an_answer_to_another_case_is_no_answer_to_this_one(town: Town) -> None:
    first = town.submits()
    town.until(first, "evidence_settled")
    [(raw, _)] = kept(town, first)
    answer = (town.folder / "population" / "answers" / f"{hashlib.sha256(raw).hexdigest()}.jws").read_bytes()
    again = said_raw(answer, town.window.exchange.keys.sealing)
    town.register.switch(silent=True)
    second = town.submits()
    until(lambda: [next_try for _, next_try in kept(town, second)] == [None])

    if town.kafka is None:
        token = payload_of(kept(town, second)[0][0])["replyTo"]["token"]
        headers = {"authorization": f"Bearer {token}", "content-type": MEDIA_TYPE}
        posted = httpx2.post(f"{town.window.base_url}/v1/evidence/replies", content=again, headers=headers)
        assert posted.status_code == 204
        assert remarks(town, second) == [("Unacceptable", "OtherRequest")]
    else:
        producer = KafkaProducer(**town.kafka.client())
        producer.send(answers_topic("population"), value=again).get(20)
        producer.close()
        until(lambda: remarks(town, first) == [("Duplicate", None)])
        assert remarks(town, second) == []
    assert town.stage(second) == "AwaitingEvidence"
    assert without_remarks(town, first) == [*ASKED, "evidence_sent", *ANSWERED]


def test_a_resource_that_hangs_holds_no_other_up(town: Town) -> None:
    """Over HTTP each of its requests waits as long as the window lets it, over Kafka for a topic that is missing."""
    with town.joined_by("land-hangs") as land:
        if town.kafka is None:
            land.switch(delay_ms=86_400_000)
        else:
            lose_topics(town.kafka, "land-hangs")
        slow = service(town, evidence=[need(AREA, "land-hangs")])
        waiting = [town.submits(slow) for _ in range(20)]
        until(lambda: all(town.topics(case)[-1] == "evidence_sent" for case in waiting))
        for _ in range(3):
            town.until(town.submits(), "evidence_settled")
        assert all(town.topics(case) == [*ASKED, "evidence_sent"] for case in waiting)


def lose_topics(kafka: KafkaSettings, resource: str) -> None:
    """Delete a resource's topics, as if `kafka setup` had not been run for it."""
    admin = KafkaAdminClient(**kafka.client())
    try:
        admin.delete_topics([requests_topic(resource), answers_topic(resource)])
    finally:
        admin.close()


# --- the process that asks


def test_whoever_asks_may_die_at_any_step(silent_town: Town) -> None:
    steps = 0
    while is_answered_once_after_a_death(silent_town, steps):
        steps += 1
        assert steps < _MOST_STEPS
    assert steps > 12, "before and after each call to a database and to the resource"


def is_answered_once_after_a_death(town: Town, steps: int) -> bool:
    """Have a process ask that dies after so many steps, and then another one; return False where it was done before."""
    case, before, death = town.submits(), answered_by_the_register(town), Death(steps)
    with running(town.window, lambda: ask(town.window, town.kafka, death)):
        until(lambda: death.has_come.is_set() or is_over(town, case))
    with asking(town):
        until(lambda: is_over(town, case))

    assert without_remarks(town, case) == [*ASKED, "evidence_sent", *ANSWERED], steps
    assert {remark for remark, _ in remarks(town, case)} <= {"Duplicate"}, steps
    history = town.history(case)
    assert only(history, "evidence_answered")["answers"] == SUPPLIED
    [(raw, _)] = kept(town, case)
    its_hash = hashlib.sha256(raw).hexdigest()
    assert only(history, "evidence_sent")["data"]["request_hash"] == its_hash
    assert answered_by_the_register(town) - before == {its_hash}, "however often it was sent, these were the bytes"
    return death.has_come.is_set()


def is_over(town: Town, case: str) -> bool:
    """Return whether the case has its answer, and its request is not sent again."""
    return "evidence_settled" in town.topics(case) and all(next_try is None for _, next_try in kept(town, case))


def test_a_case_that_somebody_changes_meanwhile_is_asked_for_all_the_same(
    silent_town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town, overtaken = silent_town, Overtaken(2)  # when the message is kept, and when it is to be sent
    with running(town.window, lambda: ask(town.window, town.kafka, overtaken)):
        case = town.submits()
        town.until(case, "evidence_settled")

    assert overtaken.left == 0
    assert without_remarks(town, case) == [*ASKED, "evidence_sent", *ANSWERED]
    assert "cannot be" not in caplog.text


def test_of_two_processes_one_asks_and_the_other_one_takes_over(silent_town: Town) -> None:
    town = silent_town
    heard = town.register.heard()
    with ExitStack() as first:
        first.enter_context(asking(town))
        town.until(town.submits(), "evidence_settled")
        with asking(town):
            for case in [town.submits() for _ in range(5)]:
                town.until(case, "evidence_settled")
            assert town.register.heard() == heard + 6, "only one of them asks"
            first.close()
            town.until(town.submits(), "evidence_settled")
    assert town.register.heard() == heard + 7
