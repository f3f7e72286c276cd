"""The Commission's test list of the once-only system, TC01 to TC10, over HTTP and over Kafka.

Each case says what has happened to it, where it stands, and what counts against the resource. After each, nobody finds
anything about the person in the database, in a topic or in the log (`conftest.py`).
"""

import html
import re
from datetime import timedelta

import pytest

from application.access.callers import Role
from tests.evidence.examples import OTHER, public
from tests.evidence.exchanging import AREA, BIRTH_DATE, Town, done, need, registering
from tests.evidence.in_clear import found_in
from tests.evidence.outcomes import (
    ANSWERED,
    ASKED,
    SUPPLIED,
    asking,
    ended,
    goes_on_by_the_applicant,
    only,
    quickly,
    service,
    until,
)


def test_tc01_basic(town: Town) -> None:
    case = town.submits()

    history = town.until(case, "evidence_settled")

    assert town.topics(case) == [*ASKED, "evidence_sent", *ANSWERED]
    assert only(history, "evidence_answered")["answers"] == SUPPLIED
    assert only(history, "evidence_answered")["data"]["resource"] == "population"
    assert town.stage(case) == "Submitted"


def test_tc02_no_match(town: Town) -> None:
    nobody = town.window.somebody(Role.CITIZEN, "nobody", identifiers={"person.identifier": "AA19999"})
    case = town.submits(who=nobody)

    history = town.until(case, "evidence_asked_of_applicant", nobody)

    assert town.topics(case, nobody) == [*ASKED, "evidence_sent", "evidence_ended", "evidence_asked_of_applicant"]
    assert ended(history) == ("NotFound", "NotFound", False, "NotFound", False)
    goes_on_by_the_applicant(town, case, nobody)
    nobody.http.close()


def test_tc03_directory_error_before_the_submission(town: Town) -> None:
    with town.joined_by("land-tc03a"):
        slug = service(town, evidence=[need(AREA, "land-tc03a")])
        town.retires("land-tc03a")
    case = town.submits(slug)

    history = town.history(case)

    assert town.topics(case) == ["submitted", "evidence_asked_of_applicant"]
    asked = only(history, "evidence_asked_of_applicant")["data"]
    assert (asked["why"], asked["is_exception"]) == ("NotIntegrated", True)
    assert town.stage(case) == "AwaitingApplicant"
    done(town.does(case, "answers", {"answers": {AREA: 412}}))
    assert town.stage(case) == "Submitted"


def test_tc03_directory_error_between_submission_and_sending(silent_town: Town) -> None:
    town = silent_town
    with town.joined_by("land-tc03b", **quickly()) as land:
        case = town.submits(service(town, evidence=[need(AREA, "land-tc03b")]))
        town.retires("land-tc03b")
        with asking(town):
            history = town.until(case, "evidence_asked_of_applicant")

        assert land.heard() == 0
    assert town.topics(case) == [*ASKED, "evidence_ended", "evidence_asked_of_applicant"]
    assert ended(history) == ("Failed", None, False, "Failed", False)
    assert town.stage(case) == "AwaitingApplicant"


def test_tc04_access_point_error_that_passes(town: Town) -> None:
    town.loses_the_register()
    case = town.submits()
    town.until(case, "evidence_sent")
    assert town.stage(case) == "AwaitingEvidence"
    town.has_the_register_back()

    town.until(case, "evidence_settled")

    assert town.topics(case) == [*ASKED, "evidence_sent", *ANSWERED]
    assert town.stage(case) == "Submitted"


def test_tc04_access_point_error_that_stays(town: Town) -> None:
    town.loses_the_register()
    try:
        with town.asked(**quickly()):
            case = town.submits()
            history = town.until(case, "evidence_asked_of_applicant")
    finally:
        town.has_the_register_back()

    assert town.topics(case) == [*ASKED, "evidence_sent", "evidence_ended", "evidence_asked_of_applicant"]
    assert ended(history) == ("TimedOut", None, True, "TimedOut", True)
    goes_on_by_the_applicant(town, case)


def test_tc05_extra_directory_conversation_before_sending(
    silent_town: Town, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The register has moved: the window asks the new place, and seals for the new key."""
    town = silent_town
    case = town.submits()
    heard = town.register.heard()
    if town.kafka is not None:
        town.loses_the_register()  # both would read one topic
    folder = tmp_path_factory.mktemp("moved")
    with registering(folder, town.window, town.kafka, "population", "population") as (moved, integration):
        with town.asked(**dict(integration)), asking(town):
            history = town.until(case, "evidence_settled")
        assert moved.heard() == 1
    if town.kafka is not None:
        town.has_the_register_back()
    else:
        assert town.register.heard() == heard

    assert town.topics(case) == [*ASKED, "evidence_sent", *ANSWERED]
    assert only(history, "evidence_answered")["answers"] == SUPPLIED


def test_tc05_extra_directory_conversation_before_the_answer(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """What is signed with a key that is not registered any more is nobody's word; the register's time runs on."""
    town.register.switch(later_ms=1500)
    with town.asked(acknowledged_within=8, answered_within=8):
        case = town.submits()
        town.until(case, "evidence_acknowledged")
        with town.asked(signing_key=public(OTHER)):
            until(lambda: is_left_out(town, case, caplog))
            assert town.stage(case) == "AwaitingEvidence"
            history = town.until(case, "evidence_asked_of_applicant")

    assert ended(history) == ("TimedOut", None, True, "TimedOut", True)


def is_left_out(town: Town, case: str, caplog: pytest.LogCaptureFixture) -> bool:
    """Return whether an answer was found not to be the register's: in its topic nobody knows what it is about."""
    if town.kafka is not None:
        return "a message in the topic of population is left out: OtherSigner" in caplog.text
    remarks = [item["data"] for item in town.history(case) if item["type"] == "case.evidence_remarked"]
    return [(remark["remark"], remark["fault"]) for remark in remarks] == [("Unacceptable", "OtherSigner")]


def preview_of(town: Town, case: str, times: int = 1) -> str:
    """Return where the applicant sees what the register would answer."""
    history = town.until(case, "evidence_preview_asked", times=times)
    asked = [item for item in history if item["type"] == "case.evidence_preview_asked"][-1]
    assert town.stage(case) == "AwaitingApplicant"
    location = str(asked["opened"]["location"])
    assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/preview/[A-Za-z0-9_-]{43}", location)
    assert list(found_in(location.encode())) == []
    return location


def decides(town: Town, location: str, decision: str) -> None:
    """Have the applicant decide on the register's page."""
    done(town.register.http.post(location, data={"decision": decision}))


def request_of(town: Town, case: str) -> dict[str, str]:
    """Return the body that names the one request of a case."""
    return {"requestId": only(town.history(case), "evidence_requested")["data"]["request_id"]}


def test_tc06_preview(town: Town) -> None:
    town.register.switch(preview=True)
    case = town.submits()
    decides(town, preview_of(town, case), "agreed")
    done(town.does(case, "acceptance", request_of(town, case)))

    history = town.until(case, "evidence_settled")

    again = ["evidence_accepted", "evidence_sent"]
    assert town.topics(case) == [*ASKED, "evidence_sent", "evidence_preview_asked", *again, *ANSWERED]
    sent = [item["data"] for item in history if item["type"] == "case.evidence_sent"]
    assert sent[0]["request_id"] == sent[1]["request_id"], "a second request with the same id"
    assert sent[0]["request_hash"] != sent[1]["request_hash"]
    assert only(history, "evidence_answered")["answers"] == SUPPLIED
    assert town.stage(case) == "Submitted"


def test_tc06_what_the_resource_has_shown_is_not_shown_again_by_the_window(town: Town) -> None:
    town.register.switch(preview=True)
    case = town.submits(service(town, need={"preview": "required"}))
    decides(town, preview_of(town, case), "agreed")
    done(town.does(case, "acceptance", request_of(town, case)))

    town.until(case, "evidence_answered")

    assert town.topics(case)[-2:] == ANSWERED
    assert "evidence_review_asked" not in town.topics(case)


def test_tc07_two_providers(town: Town) -> None:
    with town.joined_by("land-tc07") as land:
        slug = service(town, evidence=[need(), need(AREA, "land-tc07")])
        case = town.submits(slug)
        history = town.until(case, "evidence_settled")

        assert land.heard() == 1
    assert town.topics(case).count("evidence_requested") == 2
    assert history[-1]["type"] == "case.evidence_settled"
    answered = [item for item in history if item["type"] == "case.evidence_answered"]
    assert {item["data"]["resource"]: item["answers"] for item in answered} == {
        "population": SUPPLIED,
        "land-tc07": {AREA: 412},
    }
    asked = [item["data"] for item in history if item["type"] == "case.evidence_requested"]
    assert asked[0]["conversation_id"] != asked[1]["conversation_id"], "neither learns of the other"
    assert town.stage(case) == "Submitted"


def test_tc07_two_providers_of_which_one_is_silent(town: Town) -> None:
    with town.joined_by("land-tc07b", **quickly()) as land:
        land.switch(silent=True)
        case = town.submits(service(town, evidence=[need(), need(AREA, "land-tc07b")]))
        history = town.until(case, "evidence_asked_of_applicant")

    assert ended(history) == ("TimedOut", None, True, "TimedOut", True)
    assert only(history, "evidence_ended")["data"]["resource"] == "land-tc07b"
    assert only(history, "evidence_answered")["answers"] == SUPPLIED
    assert town.stage(case) == "AwaitingApplicant"
    done(town.does(case, "answers", {"answers": {AREA: 412}}))
    assert town.stage(case) == "Submitted"


def test_tc08_preview_rejected_on_the_registers_page(town: Town) -> None:
    town.register.switch(preview=True)
    case = town.submits()
    decides(town, preview_of(town, case), "rejected")
    done(town.does(case, "acceptance", request_of(town, case)))

    history = town.until(case, "evidence_asked_of_applicant")

    assert ended(history) == ("PreviewRejected", "PreviewRejected", False, "PreviewRejected", False)
    goes_on_by_the_applicant(town, case)


def test_tc08_preview_rejected_at_the_window(town: Town) -> None:
    town.register.switch(preview=True)
    case = town.submits()
    preview_of(town, case)
    heard = town.register.heard()
    done(town.does(case, "objection", {**request_of(town, case), "reason": "I would rather not."}))

    assert ended(town.history(case)) == ("PreviewRejected", None, False, "PreviewRejected", False)
    goes_on_by_the_applicant(town, case)
    assert town.register.heard() == heard, "the register is not asked again"


def test_tc09_preview_closed(town: Town) -> None:
    """Who comes back without a decision is sent to the page once more."""
    town.register.switch(preview=True)
    case = town.submits()
    first = preview_of(town, case)
    done(town.does(case, "acceptance", request_of(town, case)))

    second = preview_of(town, case, times=2)

    assert first == second
    decides(town, second, "agreed")
    done(town.does(case, "acceptance", request_of(town, case)))
    history = town.until(case, "evidence_settled")
    assert only(history, "evidence_answered")["answers"] == SUPPLIED
    assert town.topics(case).count("evidence_sent") == 3


def test_tc09_preview_timed_out(town: Town) -> None:
    town.register.switch(preview=True)
    case = town.submits()
    preview_of(town, case)
    town.ahead = timedelta(days=15)

    history = town.until(case, "evidence_asked_of_applicant")

    assert ended(history) == ("PreviewRejected", None, False, "PreviewRejected", False), "the person's time, not its"
    goes_on_by_the_applicant(town, case)


def test_tc10_preview_with_human_readable_rendering(town: Town) -> None:
    town.register.switch(preview=True)
    case = town.submits()
    location = preview_of(town, case)

    page = done(town.register.http.get(location))

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="en">' in page.text
    assert f"<dt>{BIRTH_DATE}<dd>1990-02-28" in html.unescape(page.text)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    decides(town, location, "agreed")
    done(town.does(case, "acceptance", request_of(town, case)))
    town.until(case, "evidence_settled")


def test_tc10_the_window_shows_what_a_resource_does_not(town: Town) -> None:
    case = town.submits(service(town, need={"preview": "required"}))

    history = town.until(case, "evidence_review_asked")

    assert town.stage(case) == "AwaitingApplicant"
    assert only(history, "evidence_answered")["answers"] == SUPPLIED, "the applicant sees what would be used"
    done(town.does(case, "acceptance", request_of(town, case)))
    reviewed = ["evidence_answered", "evidence_review_asked", "evidence_accepted", "evidence_settled"]
    assert town.topics(case) == [*ASKED, "evidence_sent", *reviewed]
    assert town.stage(case) == "Submitted"


def test_tc10_what_the_window_has_shown_is_not_used_against_the_applicants_will(town: Town) -> None:
    case = town.submits(service(town, need={"preview": "required"}))
    town.until(case, "evidence_review_asked")

    done(town.does(case, "objection", request_of(town, case)))

    asked = only(town.history(case), "evidence_asked_of_applicant")["data"]
    assert (asked["why"], asked["is_exception"]) == ("PreviewRejected", False)
    goes_on_by_the_applicant(town, case)
