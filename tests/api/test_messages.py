"""Messages over HTTP: the other side is shown one after the time in which it can be taken back, and never before."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from application.clock import system_clock
from domain.case.message_decisions import SHOWN_AFTER, TAKEN_BACK_WITHIN
from tests.api.conftest import settled
from tests.api.people import People, Person, address_of, assert_problem, permit, position_of
from tests.api.running import RunningWindow, Where

FORMS = [
    {"name": "when", "by": "applicant", "text": {"en": "When will it be decided?"}},
    {"name": "soon", "by": "official", "text": {"en": "Soon."}},
]


class Clock:
    """A clock that runs as the system's, and can be moved on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.ahead

    def moves_on(self, by: timedelta) -> None:
        self.ahead += by


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def window(where: Where, issuer_folder: Path, clock: Clock) -> Iterator[RunningWindow]:
    with RunningWindow(where, issuer_folder, clock=clock) as running:
        yield running


class Case:
    """An assigned case, and what its sides say in it; each request is made by somebody who has seen the last one."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.last = people.citizen.submits(people.service)
        self.address = address_of(self.last)
        self.last = people.official.is_drawn_for(self.last)

    def told(self, by: Person, path: str, body: object) -> httpx2.Response:
        """Send something that is done."""
        done = self.tried(by, path, body)
        assert done.status_code == 200, done.text
        self.last = done
        return done

    def tried(self, by: Person, path: str, body: object) -> httpx2.Response:
        """Send something that may be refused."""
        return by.sends(f"{self.address}/{path}", body, seen=self.last)

    def seen_by(
        self, who: Person, kind: str = "case.message_sent", *, as_of: str | None = None
    ) -> list[dict[str, Any]]:
        """Return what somebody is shown of the events of a kind."""
        asked = f"{self.address}/history" + (f"?asOf={as_of}" if as_of else "")
        history = who.asks(asked, position=position_of(self.last))
        assert history.status_code == 200, history.text
        return [item for item in history.json()["items"] if item["type"] == kind]

    def words_for(self, who: Person, *, as_of: str | None = None) -> list[str | None]:
        """Return the words, or the form, of each message as somebody is shown them; None where they are not shown."""
        opened = [item.get("opened") or {} for item in self.seen_by(who, as_of=as_of)]
        return [each.get("words", each.get("form")) for each in opened]


@pytest.fixture
def case(people: People) -> Case:
    return Case(people)


def test_the_other_side_is_shown_a_message_only_after_it_can_be_taken_back_no_more(case: Case, clock: Clock) -> None:
    citizen, official = case.people.citizen, case.people.official
    case.told(citizen, "messages", {"words": "When?"})
    assert (case.words_for(citizen), case.words_for(official)) == (["When?"], [None])

    clock.moves_on(SHOWN_AFTER)
    assert case.words_for(official) == ["When?"]
    case.told(official, "messages", {"words": "On Monday."})
    assert (case.words_for(citizen), case.words_for(official)) == (["When?", None], ["When?", "On Monday."])

    clock.moves_on(SHOWN_AFTER)
    assert case.words_for(citizen) == ["When?", "On Monday."]


def test_what_is_taken_back_is_never_shown_to_the_other_side(case: Case, clock: Clock) -> None:
    citizen, official = case.people.citizen, case.people.official
    sent = case.told(citizen, "messages", {"words": "I did not mean this."})
    case.told(citizen, "messages/taking-back", {"number": 1})

    clock.moves_on(2 * SHOWN_AFTER)
    assert case.words_for(citizen) == ["I did not mean this."]
    assert case.words_for(official) == [None]
    assert case.words_for(official, as_of=sent.headers["Position-Token"].split(".")[-1]) == [None]
    assert "mean this" not in official.asks(f"{case.address}/history").text


def test_the_time_to_take_back_ends(case: Case, clock: Clock) -> None:
    case.told(case.people.citizen, "messages", {"words": "When?"})
    clock.moves_on(TAKEN_BACK_WITHIN + timedelta(seconds=1))

    assert_problem(case.tried(case.people.citizen, "messages/taking-back", {"number": 1}), 409, "message-already-shown")
    assert case.words_for(case.people.official) == [None], "there is a while between both"


def test_a_contact_is_refused_in_words_and_reported_in_a_statement(case: Case, clock: Clock) -> None:
    citizen, official = case.people.citizen, case.people.official
    phone = "Call 050 213 45 67"
    for who in (citizen, official):
        refused = case.tried(who, "messages", {"words": phone})
        assert assert_problem(refused, 400, "contact-in-words")["field"] == "words"

    case.told(official, "messages", {"words": "Come to the tea house."})
    clock.moves_on(SHOWN_AFTER)
    case.told(citizen, "contact-reports", {"message": 1, "statement": f"It says: {phone}"})
    reports = "case.contact_reported"
    assert [item["opened"] for item in case.seen_by(citizen, reports)] == [{"statement": f"It says: {phone}"}]
    assert [item.get("opened") for item in case.seen_by(official, reports)] == [None]
    assert [item["data"]["message"] for item in case.seen_by(case.people.auditor, reports)] == [1]


def test_nobody_else_writes_or_is_shown_anything(case: Case, clock: Clock) -> None:
    people = case.people
    case.told(people.citizen, "messages", {"words": "When?"})
    clock.moves_on(SHOWN_AFTER)
    for who in (people.neighbour, people.colleague, people.stranger):
        assert_problem(case.tried(who, "messages", {"words": "x"}), 404, "no-such-case")
    for who in (people.system, people.auditor, people.coordinator):
        assert_problem(case.tried(who, "messages", {"words": "x"}), 403, "role-may-not")
    assert case.words_for(people.auditor) == [None]
    assert case.words_for(people.system) == ["When?"], "the agency is the official's side"


def test_forms_are_those_of_the_service(window: RunningWindow, clock: Clock) -> None:
    with settled(window) as people:
        definition = permit(people.service, people.agency, "north", messageForms=FORMS)
        drafted = people.coordinator.sends("/v1/services", {"definition": definition})
        assert drafted.status_code == 201, drafted.text
        published = people.coordinator.sends(f"/v1/services/{people.service}/publication", {"version": 2})
        assert published.status_code == 200, published.text
        case = Case(people)

        case.told(people.citizen, "messages", {"form": "when"})
        case.told(people.official, "messages", {"form": "soon"})
        clock.moves_on(SHOWN_AFTER)

        assert case.words_for(people.citizen) == case.words_for(people.official) == ["when", "soon"]
        refused = case.tried(people.official, "messages", {"form": "when"})
        assert assert_problem(refused, 400, "form-not-offered")["field"] == "form"
        refused = case.tried(people.official, "messages", {})
        assert assert_problem(refused, 400, "form-and-words")["field"] == "words"


def test_two_forms_of_one_name_are_refused(people: People) -> None:
    definition = permit(people.service, people.agency, "north", messageForms=[FORMS[0], FORMS[0]])

    refused = people.coordinator.sends("/v1/services", {"definition": definition})

    assert assert_problem(refused, 400, "form-named-twice")["field"] == "definition.messageForms"


def test_a_message_sent_twice_with_one_key_is_one(case: Case) -> None:
    body, address = {"words": "When?"}, f"{case.address}/messages"
    first = case.people.citizen.sends(address, body, seen=case.last, key="once")
    again = case.people.citizen.sends(address, body, seen=case.last, key="once")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.headers["ETag"] == again.headers["ETag"]
