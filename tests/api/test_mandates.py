"""Mandates over HTTP: a citizen authorises a sister, who asks, reads and writes for her until the mandate is over."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import httpx2
import pytest

from application.access.callers import Role
from application.clock import system_clock
from tests.api.people import ANSWERS, People, Person, address_of, assert_problem, position_of
from tests.api.running import RunningWindow

FIRM = ("organisation.number", "FIRM-77-SECRET")
AS_FIRM = {"element": FIRM[0], "value": FIRM[1]}


class Family(NamedTuple):
    """A citizen, a sister, a stranger, and two who may act for a firm by law."""

    people: People
    giver: Person
    sister: Person
    stranger: Person
    director: Person
    accountant: Person
    number: str

    def mandate(self, **changes: Any) -> dict[str, Any]:
        """Return the body of a mandate for the sister, with the given changes."""
        return {
            "receiver": {"element": "person.number", "value": self.number},
            "services": [self.people.service],
            "firstDay": str(today()),
            "lastDay": str(today() + timedelta(days=30)),
        } | changes

    def gives(self, **changes: Any) -> str:
        """Let the citizen give it; return its address."""
        given = self.giver.sends("/v1/mandates", self.mandate(**changes))
        assert given.status_code == 201, given.text
        return str(given.headers["Location"])

    def accepted(self, **changes: Any) -> str:
        """Let the sister accept it too; return its address."""
        mandate = self.gives(**changes)
        assert self.sister.sends(f"{mandate}/acceptance").status_code == 200
        return mandate


def today() -> date:
    return system_clock().date()


@pytest.fixture
def family(people: People, window: RunningWindow) -> Iterator[Family]:
    serial = people.citizen.subject.rpartition("-")[2]
    number = f"SISTER-{serial}"

    def citizen(name: str, said: str, *organisations: tuple[str, str]) -> Person:
        subject = f"secret-subject-{name}-{serial}"
        return window.somebody(Role.CITIZEN, subject, identifiers={"person.number": said}, organisations=organisations)

    made = Family(
        people,
        citizen("giver", f"GIVER-{serial}"),
        citizen("sister", number),
        citizen("no-sister", f"STRANGER-{serial}"),
        citizen("director", f"DIRECTOR-{serial}", FIRM),
        citizen("accountant", f"ACCOUNTANT-{serial}", FIRM),
        number,
    )
    yield made
    for person in (made.giver, made.sister, made.stranger, made.director, made.accountant):
        person.http.close()


def id_of(mandate: str) -> str:
    return mandate.rpartition("/")[2]


def test_a_sister_asks_reads_writes_and_withdraws_until_the_mandate_is_taken_back(family: Family) -> None:
    giver, sister, official = family.giver, family.sister, family.people.official
    mandate = family.accepted()
    submitted = asks(family, mandate)
    case = address_of(submitted)

    for who in (giver, sister):
        history = who.asks(f"{case}/history", position=position_of(submitted)).json()["items"]
        assert [item["type"] for item in history] == ["case.submitted", "case.representative_added"]
        assert history[0]["actor"]["role"] == history[1]["actor"]["role"] == "representative"
        assert history[0]["answers"]["person.name"] == ANSWERS["person.name"]
        assert history[1]["opened"] == {"mandate": id_of(mandate)}
        listed = who.asks("/v1/my/cases").json()["items"]
        assert [item["caseId"] for item in listed] == [submitted.json()["caseId"]]
    assert_problem(family.stranger.asks(f"{case}/history"), 404, "no-such-case")
    written = sister.sends(f"{case}/messages", {"words": "When will it be done?"}, seen=submitted)
    assert written.status_code == 200, written.text
    official.is_drawn_for(submitted)
    assert sister.asks(f"{case}/receipt?version=1", Prefer="wait=0").status_code == 404  # the log has no keeper here

    assert giver.sends(f"{mandate}/revocation").status_code == 204
    seen = giver.asks(case, position=position_of(written))

    assert_problem(sister.sends(f"{case}/withdrawal", {}, seen=seen), 404, "no-such-case")
    assert_problem(sister.asks(f"{case}/history"), 404, "no-such-case")
    assert sister.asks("/v1/my/cases").json()["items"] == []
    assert_problem(asks(family, mandate), 409, "mandate-over")
    assert giver.sends(f"{mandate}/revocation").status_code == 204


def asks(family: Family, mandate: str, **more: Any) -> httpx2.Response:
    """Let the sister ask for the service by a mandate."""
    body = {"service": family.people.service, "answers": ANSWERS, "mandate": id_of(mandate)}
    return family.sister.sends("/v1/cases", body | more)


def test_a_mandate_is_shown_to_those_whom_it_concerns(family: Family) -> None:
    case = family.giver.submits(family.people.service).json()["caseId"]
    mandate = family.gives(cases=[case])

    by_giver = family.giver.asks(mandate).json()
    offered = family.sister.asks("/v1/my/mandates").json()["items"]

    assert by_giver == {
        "mandateId": id_of(mandate),
        "part": "giver",
        "status": "offered",
        "party": "person",
        "givers": [{"element": "person.number", "value": family.number.replace("SISTER", "GIVER")}],
        "receiver": {"element": "person.number", "value": family.number},
        "services": [family.people.service],
        "cases": [case],
        "firstDay": str(today()),
        "lastDay": str(today() + timedelta(days=30)),
    }
    assert offered == [{**by_giver, "part": "offered", "cases": None}]
    assert family.stranger.asks("/v1/my/mandates").json()["items"] == []
    assert_problem(family.stranger.asks(mandate), 404, "no-such-mandate")
    accepted = family.sister.sends(f"{mandate}/acceptance")
    assert accepted.json() == {**by_giver, "part": "receiver", "status": "accepted"}
    assert family.sister.sends(f"{mandate}/acceptance").json() == accepted.json()
    assert family.giver.sends(f"{mandate}/revocation").status_code == 204
    over = family.sister.asks(mandate).json()
    assert (over["status"], over["givers"], over["services"]) == ("revoked", None, None)
    assert family.giver.asks(mandate).json() == {**by_giver, "status": "revoked"}


def test_whoever_declines_is_asked_no_more(family: Family) -> None:
    mandate = family.gives()

    assert_problem(family.stranger.sends(f"{mandate}/refusal"), 404, "no-such-mandate")
    assert family.sister.sends(f"{mandate}/refusal").status_code == 204
    assert family.sister.asks("/v1/my/mandates").json()["items"] == []
    assert_problem(family.sister.sends(f"{mandate}/acceptance"), 404, "no-such-mandate")
    assert family.giver.asks(mandate).json()["status"] == "declined"


def test_a_representative_finds_the_giver_s_cases_and_joins_one(family: Family) -> None:
    one, other = (family.giver.submits(family.people.service) for _ in range(2))
    mandate = family.accepted(services=[], cases=[one.json()["caseId"]])

    found = family.sister.asks(f"{mandate}/cases", position=position_of(other)).json()["items"]
    joined = family.sister.sends(f"{address_of(one)}/representation", {"mandate": id_of(mandate)}, key="join")

    assert [item["caseId"] for item in found] == [one.json()["caseId"]]
    assert (joined.status_code, joined.json()["version"]) == (200, 2), joined.text
    again = family.sister.sends(f"{address_of(one)}/representation", {"mandate": id_of(mandate)}, key="join")
    assert (again.status_code, again.json()["version"]) == (200, 2)
    twice = family.sister.sends(f"{address_of(one)}/representation", {"mandate": id_of(mandate)})
    assert_problem(twice, 409, "representative-already-added")
    refused = family.sister.sends(f"{address_of(other)}/representation", {"mandate": id_of(mandate)})
    assert_problem(refused, 409, "mandate-not-for-this")
    assert_problem(family.stranger.asks(f"{mandate}/cases"), 404, "no-such-mandate")
    without = family.sister.sends(f"{address_of(other)}/representation", {})
    assert assert_problem(without, 400, "mandate-missing")["field"] == "mandate"
    left = family.sister.sends(f"{address_of(one)}/representation", method="DELETE")
    assert left.status_code == 204
    gone = family.sister.sends(f"{address_of(one)}/representation", method="DELETE")
    assert_problem(gone, 404, "no-such-case")


def test_an_organisation_acts_through_those_whose_login_proves_it(family: Family) -> None:
    body = {"service": family.people.service, "answers": ANSWERS, "organisation": AS_FIRM}
    assert_problem(family.sister.sends("/v1/cases", body), 403, "organisation-not-proved")

    submitted = family.director.sends("/v1/cases", body)
    case = address_of(submitted)

    assert_problem(family.accountant.asks(f"{case}/history"), 404, "no-such-case")
    joined = family.accountant.sends(f"{case}/representation", {"organisation": AS_FIRM})
    assert joined.status_code == 200, joined.text
    history = family.accountant.asks(f"{case}/history", position=position_of(joined)).json()["items"]
    assert history[0]["data"]["party"] == "organisation"
    given = family.director.sends("/v1/mandates", family.mandate(organisation=AS_FIRM))
    assert given.json()["givers"] == [AS_FIRM]
    assert family.sister.sends(f"{given.headers['Location']}/acceptance").status_code == 200
    by_sister = asks(family, given.headers["Location"], organisation=AS_FIRM)
    assert by_sister.status_code == 201, by_sister.text


def test_no_official_agency_or_auditor_is_told_who_acts_for_whom(family: Family) -> None:
    given = family.director.sends("/v1/mandates", family.mandate(organisation=AS_FIRM))
    mandate = str(given.headers["Location"])
    assert family.sister.sends(f"{mandate}/acceptance").status_code == 200
    submitted = asks(family, mandate)
    case, position = address_of(submitted), position_of(submitted)
    people = family.people

    told = [
        who.asks(path, position=position).text
        for who in (people.official, people.system, people.auditor)
        for path in (case, f"{case}/history")
    ]
    told += [people.system.asks("/v1/events", position=position).text]
    feed = people.auditor.asks("/v1/events?limit=500", position=position).text

    secrets = (id_of(mandate), FIRM[1], family.number, "secret-subject")
    for text in told:
        assert "representative" in text or text.startswith('{"caseId"')
        assert not [secret for secret in secrets if secret in text]
    assert not [secret for secret in secrets[1:] if secret in feed]
    assert "mandate.given" not in told[-1]


def test_giving_is_repeated_safely_and_refused_with_the_place(family: Family) -> None:
    body = family.mandate()
    first, again = (family.giver.sends("/v1/mandates", body, key="give") for _ in range(2))

    assert first.headers["Location"] == again.headers["Location"]
    assert first.headers["ETag"] == '"1"'
    for changes, rule, field in (
        ({"services": []}, "mandate-for-nothing", "services"),
        ({"lastDay": str(today() - timedelta(days=1))}, "mandate-backwards", "lastDay"),
        (
            {"receiver": {"element": "person.number", "value": family.number.replace("SISTER", "GIVER")}},
            "mandate-to-oneself",
            "receiver",
        ),
        ({"receiver": {"element": "person.number", "value": "\u200b"}}, "text-has-something-to-see", "receiver.value"),
    ):
        refused = family.giver.sends("/v1/mandates", family.mandate(**changes))
        assert assert_problem(refused, 400, rule)["field"] == field
    unproved = family.giver.sends("/v1/mandates", family.mandate(organisation=AS_FIRM))
    assert_problem(unproved, 403, "organisation-not-proved")


@pytest.mark.parametrize("nothing", ["01931f6e-7a00-7000-8000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"])
def test_a_mandate_that_does_not_exist_is_answered_like_somebody_elses(family: Family, nothing: str) -> None:
    mandate = f"/v1/mandates/{nothing}"

    for path in ("acceptance", "refusal", "revocation"):
        assert_problem(family.giver.sends(f"{mandate}/{path}"), 404, "no-such-mandate")
    for path in ("", "/cases"):
        assert_problem(family.giver.asks(f"{mandate}{path}"), 404, "no-such-mandate")
    assert_problem(asks(family, mandate), 404, "no-such-mandate")


def test_mandates_come_in_pages(family: Family) -> None:
    given = [id_of(family.gives()) for _ in range(3)]

    first = family.giver.asks("/v1/my/mandates?limit=2")
    rest = family.giver.asks(f"/v1/my/mandates?limit=2&cursor={first.json()['next']}")

    pages = [[item["mandateId"] for item in page.json()["items"]] for page in (first, rest)]
    assert pages == [[given[2], given[1]], [given[0]]]
    assert rest.json()["next"] is None
    assert 'rel="next"' in first.headers["Link"]
