"""Two auditors open identities over HTTP; the applicant is blind to it until the seal expires, officials for ever."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import httpx2
import pytest

from application.access.callers import Role
from application.clock import system_clock
from tests.api.conftest import settled
from tests.api.people import ANSWERS, People, Person, address_of, assert_problem, position_of
from tests.api.running import RunningWindow
from tests.mandates.family import Days
from tests.openings.examples import REASON, SECOND_REASON

ASKED = {"reason": REASON, "days": 14, "sealedDays": 90}
AGREED = {"reason": SECOND_REASON}
FAMILY = "identities."


class Inquiry(NamedTuple):
    """A case, the people of it, two auditors and a third, the window and its clock."""

    window: RunningWindow
    days: Days
    people: People
    case: str
    first: Person
    second: Person
    third: Person

    def asks(self, **changes: Any) -> httpx2.Response:
        """Let the first auditor ask."""
        asked = self.first.sends(f"{self.case}/openings", ASKED | changes)
        assert asked.status_code == 201, asked.text
        return asked

    def opens(self, **changes: Any) -> httpx2.Response:
        """Let the first auditor ask, and the second agree."""
        number = self.asks(**changes).json()["number"]
        opened = self.second.sends(f"{self.case}/openings/{number}/second", AGREED)
        assert opened.status_code == 200, opened.text
        return opened

    def told(self, reader: Person) -> list[dict[str, Any]]:
        """Return the events of openings in the history, as somebody reads it."""
        position = self.window.everything_recorded()
        answer = reader.asks(f"{self.case}/history", position=position)
        assert answer.status_code == 200, answer.text
        return [item for item in answer.json()["items"] if item["type"].startswith(FAMILY)]


@pytest.fixture(scope="module")
def days() -> Days:
    """The clock of the window that looks ahead."""
    return Days()


@pytest.fixture(scope="module")
def ahead(window: RunningWindow, days: Days) -> Iterator[RunningWindow]:
    """Another process of the window, whose clock can be moved on."""
    where, data = window.where, window.settings.data
    with RunningWindow(where, data, projecting=False, clock=days, tokens_last=timedelta(days=365)) as running:
        yield running


@pytest.fixture
def inquiry(ahead: RunningWindow, days: Days) -> Iterator[Inquiry]:
    days.ahead = timedelta()
    with settled(ahead) as people:
        serial = people.citizen.subject.rpartition("-")[2]
        auditors = [ahead.somebody(Role.AUDITOR, f"secret-auditor-{number}-{serial}") for number in range(3)]
        submitted = people.citizen.submits(people.service)
        people.official.is_drawn_for(submitted)
        yield Inquiry(ahead, days, people, address_of(submitted), *auditors)
        for auditor in auditors:
            auditor.http.close()


def test_two_auditors_open_and_read_who_the_applicant_is(inquiry: Inquiry) -> None:
    asked = inquiry.asks()
    assert asked.json()["status"] == "asked"
    assert_problem(inquiry.first.asks(f"{inquiry.case}/identities"), 403, "identities-not-opened")
    opened = inquiry.second.sends(f"{inquiry.case}/openings/1/second", AGREED).json()

    assert (opened["status"], opened["firstReason"], opened["secondReason"]) == ("opened", REASON, SECOND_REASON)
    assert opened["firstAuditor"] == asked.json()["firstAuditor"] != opened["secondAuditor"]
    for reader in (inquiry.first, inquiry.second):
        read = reader.asks(f"{inquiry.case}/identities")
        assert read.status_code == 200, read.text
        assert read.json()["applicant"]["elements"] == {name: ANSWERS[name] for name in ("person.name", "person.phone")}
        assert read.json()["until"] == opened["until"]
    assert_problem(inquiry.third.asks(f"{inquiry.case}/identities"), 403, "identities-not-opened")
    [listed] = inquiry.third.asks(f"{inquiry.case}/openings").json()["items"]
    assert listed["looks"] in {2, 3}  # three if a new hour began in between
    inquiry.days.ahead = timedelta(days=14)
    assert_problem(inquiry.first.asks(f"{inquiry.case}/identities"), 403, "identities-not-opened")


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        ({"days": 31}, "opening-too-long", "days"),
        ({"days": 0}, "opening-too-long", "days"),
        ({"sealedDays": 181}, "seal-too-long", "sealedDays"),
        ({"reason": "Because."}, "reason-too-short", "reason"),
        ({"reason": "x" * 2001}, "reason-too-long", "reason"),
        ({"reason": "Ask the neighbour at ana@example.org about it."}, "contact-in-words", "reason"),
    ],
)
def test_a_refusal_names_the_rule_and_the_field(
    inquiry: Inquiry, changes: dict[str, object], rule: str, field: str
) -> None:
    refused = inquiry.first.sends(f"{inquiry.case}/openings", ASKED | changes)

    assert assert_problem(refused, 400, rule)["field"] == field


def test_who_has_no_part_in_an_opening_is_told_which_rule_forbids_it(inquiry: Inquiry) -> None:
    opening = f"{inquiry.case}/openings/1"
    assert_problem(inquiry.second.sends(f"{opening}/second", AGREED), 404, "no-such-opening")
    assert_problem(inquiry.second.sends(f"{opening}/withdrawal"), 404, "no-such-opening")
    inquiry.asks()

    assert_problem(inquiry.first.sends(f"{opening}/second", AGREED), 409, "second-auditor-is-the-first")
    assert_problem(inquiry.second.sends(f"{opening}/withdrawal"), 403, "not-the-first-auditor")
    assert inquiry.second.sends(f"{opening}/second", AGREED).status_code == 200
    assert_problem(inquiry.third.sends(f"{opening}/second", AGREED), 409, "opening-agreed-already")
    assert inquiry.first.sends(f"{opening}/withdrawal").json()["status"] == "taken_back"
    assert_problem(inquiry.second.asks(f"{inquiry.case}/identities"), 403, "identities-not-opened")
    with_role = inquiry.window.somebody(Role.AUDITOR, inquiry.people.citizen.subject)
    assert_problem(with_role.asks(f"{inquiry.case}/openings"), 403, "auditor-is-party")
    with_role.http.close()


def test_a_repeat_gets_the_same_opening(inquiry: Inquiry) -> None:
    path = f"{inquiry.case}/openings"
    first, again = (inquiry.first.sends(path, ASKED, key="ask") for _ in range(2))
    one, two = (inquiry.second.sends(f"{path}/1/second", AGREED, key="agree") for _ in range(2))

    assert (again.status_code, again.json(), position_of(again)) == (201, first.json(), position_of(first))
    assert (two.status_code, two.json(), position_of(two)) == (200, one.json(), position_of(one))
    other = inquiry.first.sends(path, ASKED | {"days": 3}, key="ask")
    assert_problem(other, 422, "idempotency-key-reused")


def test_two_logins_of_one_person_are_not_two_auditors(inquiry: Inquiry) -> None:
    serial = inquiry.people.citizen.subject
    logins = [
        inquiry.window.somebody(Role.AUDITOR, f"{name}-{serial}", identifiers={"person.number": f"AUD-{serial}"})
        for name in ("one", "other")
    ]
    assert logins[0].sends(f"{inquiry.case}/openings", ASKED).status_code == 201

    refused = logins[1].sends(f"{inquiry.case}/openings/1/second", AGREED)

    assert_problem(refused, 409, "second-auditor-is-the-first")
    for login in logins:
        login.http.close()


# --- the applicant, and officials


def seen_by(inquiry: Inquiry, reader: Person) -> dict[str, tuple[int, Any, dict[str, str]]]:
    """Return everything that somebody is answered about the case: status, body and headers."""
    position = inquiry.window.everything_recorded()
    paths = [inquiry.case, f"{inquiry.case}/history", f"{inquiry.case}/openings", f"{inquiry.case}/identities"]
    head = int(position)
    paths += [f"{inquiry.case}/receipt?version={version}" for version in (1, 2, 3)]
    paths += [f"{inquiry.case}/history?asOf={at}" for at in (head, system_clock().isoformat()[:10])]
    paths += ["/v1/my/cases", "/v1/events?limit=1000"]
    answers = {}
    for path in paths:
        answer = reader.http.get(path, headers={"Position-Token": position, "Prefer": "wait=9"})
        headers = {name: value for name, value in answer.headers.items() if name not in {"date", "request-id"}}
        body = answer.json()
        if path.startswith("/v1/events") and answer.is_success:  # of its own looks an agency is told
            body = [item for item in body["items"] if item["type"] != "look.recorded"]
            del headers["content-length"], headers["link"]
        answers[path.replace(f"asOf={head}", "asOf=now")] = (answer.status_code, body, headers)
    return answers


@pytest.mark.parametrize("reader", ["citizen", "official", "colleague", "system"])
def test_nobody_of_the_case_learns_anything_of_a_sealed_opening(inquiry: Inquiry, reader: str) -> None:
    person = getattr(inquiry.people, reader)
    before = seen_by(inquiry, person)

    inquiry.opens(sealedDays=90)
    for auditor in (inquiry.first, inquiry.second):
        assert auditor.asks(f"{inquiry.case}/identities").status_code == 200
        assert auditor.asks(f"{inquiry.case}/history").status_code == 200
    inquiry.asks(sealedDays=90)
    assert inquiry.first.sends(f"{inquiry.case}/openings/2/withdrawal").status_code == 200
    inquiry.days.ahead = timedelta(days=90) - timedelta(hours=1)

    assert len(inquiry.third.asks(f"{inquiry.case}/openings").json()["items"]) == 2
    after = seen_by(inquiry, person)
    for path, answer in before.items():
        assert after[path] == answer, path


def test_the_applicant_is_told_when_the_seal_expires(inquiry: Inquiry) -> None:
    opened = inquiry.opens(sealedDays=10).json()
    assert inquiry.second.asks(f"{inquiry.case}/identities").status_code == 200
    assert inquiry.first.asks(inquiry.case).status_code == 200
    assert inquiry.told(inquiry.people.citizen) == []
    version = inquiry.people.citizen.asks(inquiry.case).headers["ETag"]
    inquiry.days.ahead = timedelta(days=10)

    asked, agreed, read, looked = inquiry.told(inquiry.people.citizen)

    assert [asked["type"], agreed["type"]] == ["identities.opening_asked", "identities.opened"]
    assert [asked["opened"], agreed["opened"]] == [{"reason": REASON}, {"reason": SECOND_REASON}]
    assert asked["actor"] == {"role": "auditor", "pseudonym": opened["firstAuditor"]}
    assert agreed["actor"] == {"role": "auditor", "pseudonym": opened["secondAuditor"]}
    assert asked["data"]["until"] == opened["until"]
    assert "number" not in asked["data"]
    assert [one["data"]["looked_at"] for one in (read, looked)] == ["identities", "case"]
    assert inquiry.people.citizen.asks(inquiry.case).headers["ETag"] == version
    for other in (inquiry.people.official, inquiry.people.system, inquiry.third):
        assert inquiry.told(other) == []


def test_an_opening_without_a_seal_is_told_at_once(inquiry: Inquiry) -> None:
    inquiry.opens(sealedDays=0)

    assert len(inquiry.told(inquiry.people.citizen)) == 2


def test_an_opening_that_is_told_shows_nothing_of_one_that_is_still_sealed(inquiry: Inquiry) -> None:
    inquiry.opens(sealedDays=90)
    inquiry.opens(sealedDays=10)
    inquiry.days.ahead = timedelta(days=10)

    told = inquiry.told(inquiry.people.citizen)

    assert [(one["type"], one["version"]) for one in told] == [
        ("identities.opening_asked", 1),
        ("identities.opened", 2),
    ]
    assert all("number" not in one["data"] for one in told)


def test_the_applicant_is_told_of_what_was_asked_and_taken_back_too(inquiry: Inquiry) -> None:
    inquiry.asks(sealedDays=1)
    inquiry.first.sends(f"{inquiry.case}/openings/1/withdrawal")
    inquiry.days.ahead = timedelta(days=1)

    assert [one["type"] for one in inquiry.told(inquiry.people.citizen)] == [
        "identities.opening_asked",
        "identities.opening_dropped",
    ]


def test_who_acts_for_the_applicant_is_told_when_they_are(inquiry: Inquiry) -> None:
    serial = inquiry.people.citizen.subject
    said = {"person.number": f"SISTER-{serial}"}
    sister = inquiry.window.somebody(Role.CITIZEN, f"sister-{serial}", identifiers=said)
    today = str(system_clock().date())
    body = {
        "receiver": {"element": "person.number", "value": said["person.number"]},
        "services": [inquiry.people.service],
        "firstDay": today,
        "lastDay": str(system_clock().date() + timedelta(days=60)),
    }
    mandate = inquiry.people.citizen.sends("/v1/mandates", body).headers["Location"]
    assert sister.sends(f"{mandate}/acceptance").status_code == 200
    joined = sister.sends(f"{inquiry.case}/representation", {"mandate": mandate.rpartition("/")[2]})
    assert joined.status_code == 200, joined.text
    inquiry.opens(sealedDays=10)

    [seen] = inquiry.first.asks(f"{inquiry.case}/identities").json()["representatives"]
    assert seen["knownBy"] == [{"element": "person.number", "value": said["person.number"]}]
    assert inquiry.told(sister) == []
    inquiry.days.ahead = timedelta(days=10)
    assert len(inquiry.told(sister)) == 3
    sister.http.close()


def test_auditors_find_an_opening_in_the_whole_feed_without_its_reasons(inquiry: Inquiry) -> None:
    opened = inquiry.opens()
    position = int(position_of(opened))

    [event] = inquiry.third.asks(f"/v1/events?after={position - 1}&limit=1").json()["items"]

    assert event["type"] == "identities.opened"
    assert event["data"]["agencies"] == []
    assert "reason" not in event["data"]["data"]
