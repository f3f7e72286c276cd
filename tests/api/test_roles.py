"""Every route is asked with every role, by one table. Every route has a row in it."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from fastapi.routing import APIRoute

from api.app import ROUTERS
from application.access.callers import Role
from tests.api.conftest import settled
from tests.api.people import People, Person, address_of, assert_problem, position_of
from tests.api.running import RunningWindow

OK, NO, WHO = "may", "may not", "who are you"
CIT, OFF, AGY, COO, AUD, ANY = Role


def only(*roles: Role) -> dict[Role, str]:
    """These roles may ask, the others are refused, and a caller without a token must bring one."""
    return {role: OK if role in roles else WHO if role is ANY else NO for role in Role}


NOBODY = dict.fromkeys(Role, WHO)
"""Only whoever has the token of a request that the window has sent."""
EVERYBODY = dict.fromkeys(Role, OK)
ROUTES: dict[str, dict[Role, str]] = {
    "POST /v1/cases": only(CIT),
    "GET /v1/cases/{case_id}": only(CIT, OFF, AGY, AUD),
    "GET /v1/cases/{case_id}/history": only(CIT, OFF, AGY, AUD),
    "GET /v1/cases/{case_id}/receipt": only(CIT),
    "GET /v1/cases/{case_id}/complete-history": only(CIT),
    "POST /v1/cases/{case_id}/openings": only(AUD),
    "GET /v1/cases/{case_id}/openings": only(AUD),
    "POST /v1/cases/{case_id}/openings/{number}/second": only(AUD),
    "POST /v1/cases/{case_id}/openings/{number}/withdrawal": only(AUD),
    "GET /v1/cases/{case_id}/identities": only(),  # and two auditors who have opened them: test_openings.py
    "GET /v1/my/cases": only(CIT),
    "GET /v1/my/mandates": only(CIT),
    "POST /v1/mandates": only(CIT),
    "GET /v1/mandates/{mandate_id}": only(CIT),
    "POST /v1/mandates/{mandate_id}/acceptance": only(CIT),
    "POST /v1/mandates/{mandate_id}/refusal": only(CIT),
    "POST /v1/mandates/{mandate_id}/revocation": only(CIT),
    "GET /v1/mandates/{mandate_id}/cases": only(CIT),
    "POST /v1/cases/{case_id}/representation": only(CIT),
    "DELETE /v1/cases/{case_id}/representation": only(CIT),
    "POST /v1/life-events": only(CIT),
    "GET /v1/my/life-events": only(CIT),
    "GET /v1/my/life-events/{life_event_id}": only(CIT),
    "POST /v1/cases/{case_id}/steps": only(OFF),
    "POST /v1/cases/{case_id}/messages": only(CIT, OFF),
    "POST /v1/cases/{case_id}/messages/taking-back": only(CIT, OFF),
    "GET /v1/messages/sample": only(AUD),
    "POST /v1/cases/{case_id}/questions": only(OFF),
    "POST /v1/cases/{case_id}/answers": only(CIT),
    "POST /v1/cases/{case_id}/evidence/acceptance": only(CIT),
    "POST /v1/cases/{case_id}/evidence/objection": only(CIT),
    "POST /v1/cases/{case_id}/evidence/dispute": only(CIT),
    "POST /v1/cases/{case_id}/evidence/answers": only(CIT),
    "POST /v1/cases/{case_id}/contact-reports": only(CIT, OFF),
    "POST /v1/cases/{case_id}/decision": only(OFF),
    "POST /v1/cases/{case_id}/closing": only(OFF),
    "POST /v1/cases/{case_id}/withdrawal": only(CIT),
    "POST /v1/cases/{case_id}/reopening": only(AGY),
    "GET /v1/cases/{case_id}/term": only(CIT, OFF, AGY, AUD),
    "POST /v1/cases/{case_id}/extension": only(OFF),
    "POST /v1/cases/{case_id}/publication": only(AGY),
    "GET /v1/desks/{desk}/worklist": only(OFF),
    "PUT /v1/desks/{desk}/seat": only(OFF),
    "DELETE /v1/desks/{desk}/seat": only(OFF),
    "PUT /v1/desks/{desk}/seat/absence": only(OFF),
    "DELETE /v1/desks/{desk}/seat/absence": only(OFF),
    "POST /v1/desks/{desk}/seat/conflicts": only(OFF),
    "DELETE /v1/desks/{desk}/seat/conflicts/{number}": only(OFF),
    "POST /v1/cases/{case_id}/recusal": only(OFF),
    "GET /v1/draws": EVERYBODY,
    "GET /v1/draws/desks": EVERYBODY,
    "GET /v1/draws/{agency}/{desk}": EVERYBODY,
    "GET /v1/draws/{agency}/{desk}/{number}": EVERYBODY,
    "GET /v1/draws/{agency}/{desk}/{number}/proof": EVERYBODY,
    "GET /v1/keepers": EVERYBODY,
    "GET /v1/keepers/{keeper}/desks": EVERYBODY,
    "GET /v1/keepers/{keeper}/shares": EVERYBODY,
    "POST /v1/draws/{agency}/{desk}/chains": EVERYBODY,  # a keeper has no account: its signature is its right
    "POST /v1/draws/{agency}/{desk}/{number}/shares": EVERYBODY,  # only the keeper knows the link
    "POST /v1/draws/{agency}/{desk}/{number}/recoveries": EVERYBODY,
    "GET /v1/events": only(AGY, AUD),
    "GET /v1/events/stream": only(AGY, AUD),
    "PUT /v1/subscriptions/{name}": only(AGY),
    "GET /v1/subscriptions": only(AGY, COO, AUD),
    "GET /v1/subscriptions/{name}": only(AGY, COO, AUD),
    "GET /v1/subscriptions/{name}/secret": only(AGY),
    "POST /v1/subscriptions/{name}/secret": only(AGY),
    "POST /v1/subscriptions/{name}/grant": only(COO),
    "POST /v1/subscriptions/{name}/refusal": only(COO),
    "PUT /v1/subscriptions/{name}/endpoint": only(AGY),
    "POST /v1/subscriptions/{name}/replay": only(AGY),
    "POST /v1/subscriptions/{name}/ending": only(AGY),
    "GET /v1/services": EVERYBODY,
    "GET /v1/services/{slug}": EVERYBODY,
    "GET /v1/agencies": EVERYBODY,
    "GET /v1/register": EVERYBODY,
    "GET /v1/elements": EVERYBODY,
    "GET /v1/elements/{name}": EVERYBODY,
    "GET /v1/resources": EVERYBODY,
    "GET /v1/resources/{slug}": EVERYBODY,
    "GET /v1/resources/{slug}/similar": only(COO),  # and agencies that are approving bodies: test_register_reading.py
    "GET /v1/grants": EVERYBODY,
    "GET /v1/violations": EVERYBODY,
    "PUT /v1/agencies/{slug}": only(COO),
    "PUT /v1/agencies/{slug}/desks/{desk}/stand-in": only(COO),
    "DELETE /v1/agencies/{slug}/desks/{desk}/stand-in": only(COO),
    "PUT /v1/agencies/{slug}/calendar": only(COO),
    "POST /v1/calendars": only(COO),
    "POST /v1/calendars/{slug}/acts": only(COO),
    "GET /v1/calendars": EVERYBODY,
    "GET /v1/calendars/{slug}": EVERYBODY,
    "GET /v1/calendars/{slug}/acts": EVERYBODY,
    "GET /v1/calendars/{slug}/days": EVERYBODY,
    "GET /v1/catalogue": EVERYBODY,
    "HEAD /v1/catalogue": EVERYBODY,
    "GET /v1/catalogue/agencies/{slug}": EVERYBODY,
    "HEAD /v1/catalogue/agencies/{slug}": EVERYBODY,
    "GET /v1/catalogue/services/{slug}": EVERYBODY,
    "HEAD /v1/catalogue/services/{slug}": EVERYBODY,
    "GET /v1/catalogue/resources/{slug}": EVERYBODY,
    "HEAD /v1/catalogue/resources/{slug}": EVERYBODY,
    "GET /v1/catalogue/terms": EVERYBODY,
    "HEAD /v1/catalogue/terms": EVERYBODY,
    "POST /v1/services": only(COO),
    "POST /v1/services/{slug}/publication": only(COO),
    "POST /v1/services/{slug}/withdrawal": only(COO),
    "PUT /v1/coordinator": only(COO),
    "PUT /v1/register/rules": only(COO),
    "POST /v1/elements": only(COO),
    "PUT /v1/elements/{element}/title": only(COO),
    "POST /v1/resources": only(AGY),
    "POST /v1/resources/{slug}/judgements": only(AGY, COO),
    "POST /v1/resources/{slug}/use": only(AGY),
    "PUT /v1/resources/{slug}/integration": only(AGY),
    "POST /v1/resources/{slug}/changes": only(AGY),
    "POST /v1/resources/{slug}/retirement": only(AGY),
    "POST /v1/resources/{slug}/archiving": only(AGY),
    "POST /v1/resources/{slug}/sharings": only(COO),
    "PUT /v1/grants/{slug}": only(AGY),
    "POST /v1/grants/{slug}/agreement": only(AGY),
    "POST /v1/grants/{slug}/refusal": only(AGY),
    "POST /v1/grants/{slug}/ending": only(AGY),
    "GET /v1/schemas/events": EVERYBODY,
    "GET /v1/schemas/events/{topic}/{version}": EVERYBODY,
    "GET /v1/schemas/evidence": EVERYBODY,
    "GET /v1/schemas/evidence/{message}/{version}": EVERYBODY,
    "GET /v1/evidence/keys": EVERYBODY,
    "POST /v1/evidence/replies": NOBODY,
    "GET /asyncapi.json": EVERYBODY,
    "GET /v1/evaluation/services": EVERYBODY,
    "GET /v1/evaluation/services/{slug}": EVERYBODY,
    "GET /v1/evaluation/indicators": EVERYBODY,
    "GET /v1/evaluation/figures": EVERYBODY,
    "GET /v1/once-only": EVERYBODY,
    "GET /log/checkpoint": EVERYBODY,
    "GET /log/key": EVERYBODY,
    "GET /log/tile/{place:path}": EVERYBODY,
    "GET /health/live": EVERYBODY,
    "GET /health/ready": EVERYBODY,
    "GET /metrics": EVERYBODY,
    "GET /": EVERYBODY,
    "GET /docs": EVERYBODY,
    "GET /problems/{rule}": EVERYBODY,
}


class Situation(NamedTuple):
    """People, and the things that they can ask about."""

    people: People
    person: Person
    case: str


def served() -> Iterator[str]:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            yield from (f"{method} {route.path}" for method in route.methods or ())


@pytest.fixture(scope="module")
def situation(window: RunningWindow, role: Role) -> Iterator[Situation]:
    """One for all routes that a role asks: nothing that they ask without a body or a version changes who may ask."""
    with settled(window) as people:
        submitted = people.citizen.submits(people.service)
        people.citizen.asks("/v1/my/cases", position=position_of(submitted))
        yield Situation(people, people.by_role(role), address_of(submitted))


def ask(situation: Situation, route: str) -> int:
    """Ask without a body or a version. A caller with the right learns what is missing, or which rule forbids it."""
    method, _, path = route.partition(" ")
    values = {"desk": "north", "slug": situation.people.service, "name": "nobodys", "rule": "no-such-case"}
    values |= dict.fromkeys(("life_event_id", "mandate_id"), "01931f6e-7a00-7000-8000-000000000000")
    values |= {"agency": "no-agency", "number": "1", "keeper": "01931f6e-7a00-4000-8000-000000000000"}
    values |= {"element": "person.name", "topic": "case.submitted", "version": "1", "message": "request"}
    path = path.replace("/v1/cases/{case_id}", situation.case).replace("{place:path}", "0/000").format(**values)
    headers = {"Content-Type": "application/json", "Prefer": "wait=0"}  # no receipt will come: the log has no keeper
    with situation.person.http.stream(method, path, headers=headers) as answer:
        return answer.status_code


def test_every_route_has_a_row() -> None:
    assert sorted(served()) == sorted(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_serves_exactly_the_roles_of_its_row(route: str, situation: Situation, role: Role) -> None:
    status = ask(situation, route)

    assert {401: WHO, 403: NO}.get(status, OK) == ROUTES[route][role]
    assert status < 500


@pytest.mark.parametrize("desk", ["south", "nowhere"])
def test_an_official_has_no_part_in_another_desk(people: People, desk: str) -> None:
    assert_problem(people.official.asks(f"/v1/desks/{desk}/worklist"), 403, "not-your-desk")
    assert_problem(people.official.sends(f"/v1/desks/{desk}/seat", method="PUT"), 403, "not-your-desk")
    assert_problem(people.citizen.asks(f"/v1/desks/{desk}/worklist"), 403, "role-may-not")


def test_a_worklist_holds_the_own_agencys_cases_only(people: People) -> None:
    submitted = people.citizen.submits(people.service)

    worklist = people.stranger.asks("/v1/desks/north/worklist", position=position_of(submitted))

    assert worklist.json()["items"] == []
