"""A stream of another kind is never taken for a case: every request with its id is answered as for an unknown id."""

import os
from uuid import UUID

import pytest

from application.access.callers import Role
from application.clock import system_clock
from application.identity import (
    agency_stream,
    looks_stream,
    new_id,
    opening_stream,
    service_stream,
    subscription_stream,
)
from ledger.store.entries import NewEvent
from ledger.vault.person_key import random_ref
from tests.api.people import People, address_of, assert_problem, position_of
from tests.api.running import RunningWindow

CHANGES: dict[str, tuple[Role, dict[str, object]]] = {
    "steps": (Role.OFFICIAL, {"step": "T01 receive"}),
    "questions": (Role.OFFICIAL, {"question": "Why?"}),
    "answers": (Role.CITIZEN, {"answer": "So."}),
    "decision": (Role.OFFICIAL, {"outcome": "granted", "legalBasis": "Act 1", "reasons": "So."}),
    "closing": (Role.OFFICIAL, {}),
    "withdrawal": (Role.CITIZEN, {}),
    "reopening": (Role.AGENCY, {"order": "Order 1"}),
}
MANDATE = {
    "receiver": {"element": "person.number", "value": "nobody"},
    "firstDay": "2026-01-01",
    "lastDay": "2036-01-01",
}
READS = {
    "": (Role.CITIZEN, Role.OFFICIAL, Role.AGENCY, Role.AUDITOR),
    "/history": (Role.CITIZEN, Role.OFFICIAL, Role.AGENCY, Role.AUDITOR),
    "/receipt": (Role.CITIZEN,),
    "/complete-history": (Role.CITIZEN,),
}


@pytest.fixture
def others(people: People, window: RunningWindow) -> dict[str, UUID]:
    """The id of a stream of every kind but a case's, and two ids that stand for nothing."""
    submitted = people.citizen.submits(people.service)
    case = address_of(submitted)
    assert people.auditor.asks(case, position=position_of(submitted)).status_code == 200
    window.everything_recorded()
    subscription = f"{people.agency}-kinds"
    assert people.system.sends(f"/v1/subscriptions/{subscription}", {}, method="PUT").is_success
    mandate = people.citizen.sends("/v1/mandates", {**MANDATE, "services": [people.service]})
    reason = {"reason": "To see what kind of stream it is.", "days": 1, "sealedDays": 1}
    assert people.auditor.sends(f"{case}/openings", reason).status_code == 201
    foreign, ours_within = new_id(system_clock()), random_ref()
    for stream in (foreign, ours_within):
        window.appends([NewEvent(stream, 1, "shop.Ordered", b'{"agencies": ["x"]}', b"", os.urandom(32))])
    return {
        "service": service_stream(people.service),
        "agency": agency_stream(people.agency),
        "subscription": subscription_stream(subscription),
        "mandate": UUID(mandate.json()["mandateId"]),
        "looks": looks_stream(UUID(case.rpartition("/")[2])),
        "opening": opening_stream(UUID(case.rpartition("/")[2]), 1),
        "foreign": foreign,
        "foreign of an application's own id": ours_within,
        "unknown": new_id(system_clock()),
    }


def test_no_stream_of_another_kind_is_a_case_for_anybody(people: People, others: dict[str, UUID]) -> None:
    unknown = others["unknown"]
    for kind, stream in others.items():
        for path, (role, body) in CHANGES.items():
            person = people.by_role(role)
            answer = person.sends(f"/v1/cases/{stream}/{path}", body, seen=1)
            assert_problem(answer, 404, "no-such-case")
            told = person.sends(f"/v1/cases/{unknown}/{path}", body, seen=1)
            assert answer.content == told.content, (kind, path)
        for path, roles in READS.items():
            for role in roles:
                answer = people.by_role(role).asks(f"/v1/cases/{stream}{path}")
                assert_problem(answer, 404, "no-such-case")


def test_whoever_has_a_key_of_such_a_stream_has_no_case_either(
    people: People, others: dict[str, UUID], window: RunningWindow
) -> None:
    for stream in others.values():
        window.makes_a_key(people.citizen.subject, stream)
        for path in READS:
            assert_problem(people.citizen.asks(f"/v1/cases/{stream}{path}"), 404, "no-such-case")
        assert_problem(people.citizen.sends(f"/v1/cases/{stream}/withdrawal", {}, seen=1), 404, "no-such-case")


def test_auditors_find_no_case_in_a_stream_of_another_kind(people: People, others: dict[str, UUID]) -> None:
    answers = {kind: people.auditor.asks(f"/v1/events?case={stream}") for kind, stream in others.items()}

    assert {(answer.status_code, answer.content) for answer in answers.values()} == {
        (answers["unknown"].status_code, answers["unknown"].content)
    }


def test_an_applications_own_event_within_a_case_or_a_service_stops_neither(
    people: People, window: RunningWindow
) -> None:
    submitted = people.citizen.submits(people.service)
    case = UUID(submitted.json()["caseId"])
    window.appends([NewEvent(case, 2, "shop.Noted", b"not even JSON", b"", os.urandom(32))])
    window.appends([NewEvent(service_stream(people.service), 3, "shop.Noted", b"{}", b"", os.urandom(32))])

    seen = people.citizen.asks(f"/v1/cases/{case}", position=window.everything_recorded())
    stale = people.citizen.sends(f"/v1/cases/{case}/withdrawal", {}, seen=2)
    withdrawn = people.citizen.sends(f"/v1/cases/{case}/withdrawal", {}, seen=seen)
    again = people.citizen.submits(people.service)

    assert seen.headers["ETag"] == '"1"'
    assert_problem(stale, 412, "case-has-moved-on")
    assert (withdrawn.status_code, withdrawn.json()["version"]) == (200, 3)
    assert again.status_code == 201


def test_an_answer_that_nothing_changed_names_the_version_that_the_next_change_needs(
    people: People, window: RunningWindow
) -> None:
    name = f"{people.agency}-beside"
    address = f"/v1/subscriptions/{name}"
    asked = people.system.sends(address, {}, method="PUT")
    window.appends([NewEvent(subscription_stream(name), 2, "shop.Noted", b"{}", b"", os.urandom(32))])

    again = people.system.sends(address, {}, method="PUT")
    ended = people.system.sends(f"{address}/ending", seen=again)

    assert (again.status_code, again.headers["ETag"]) == (200, asked.headers["ETag"])
    assert (ended.status_code, ended.headers["ETag"]) == (200, '"3"')
