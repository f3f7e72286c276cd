"""What people do at the window over HTTP; each method returns the plain answer."""

import ssl
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeAlias
from uuid import UUID

import httpx2

from application.access.callers import Role

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once, because each client would read all certificates again
PROBLEM = "application/problem+json"
ANSWERS = {"person.name": "Ana Bagirova-Test", "person.phone": "+994 55 000 11 22", "building.floors": 3}


Draw: TypeAlias = Callable[[UUID], httpx2.Response]
"""Has a draw pick somebody for a case, and answers as a change of the case is answered."""


class Person:
    """Somebody with a token, or without one."""

    def __init__(self, base_url: str, token: str | None, subject: str = "", draw: Draw | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx2.Client(base_url=base_url, headers=headers, timeout=20, verify=_NO_TLS)
        self.subject, self._draw = subject, draw

    def asks(self, path: str, *, position: str | None = None, **headers: str) -> httpx2.Response:
        """Read; with a position, as somebody who has seen that write."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if position is not None:
            sent |= {"Position-Token": position, "Prefer": "wait=10"}
        return self.http.get(path, headers=sent)

    def sends(
        self, path: str, body: object = None, *, method: str = "POST", seen: object = None, key: str | None = None
    ) -> httpx2.Response:
        """Write, as somebody who has seen a version of the case (given as a number or as an answer)."""
        headers = {}
        if seen is not None:
            headers["If-Match"] = seen.headers["ETag"] if isinstance(seen, httpx2.Response) else f'"{seen}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        return self.http.request(method, path, json={} if body is None else body, headers=headers)

    def submits(self, service: str, answers: Mapping[str, object] | None = None, **more: Any) -> httpx2.Response:
        """Ask for a service."""
        return self.sends("/v1/cases", {"service": service, "answers": ANSWERS if answers is None else answers}, **more)

    def is_drawn_for(self, case: httpx2.Response | str) -> httpx2.Response:
        """Have a draw give this official a case, named by an answer or its id; return what is known of it then."""
        assert self._draw is not None
        return self._draw(UUID(case if isinstance(case, str) else case.json()["caseId"]))


class People:
    """All people of a test. Their agency has two desks, north and south, and one service at north."""

    def __init__(self, make: Callable[..., Person], agency: str, service: str, number: int) -> None:
        self.agency, self.service = agency, service
        self.made: list[Person] = []

        def person(role: Role, name: str, *more: Any) -> Person:
            self.made.append(make(role, f"secret-subject-{name}-{number}", *more))
            return self.made[-1]

        self.citizen = person(Role.CITIZEN, "citizen")
        self.neighbour = person(Role.CITIZEN, "neighbour")
        self.official = person(Role.OFFICIAL, "official", agency, ("north",))
        self.colleague = person(Role.OFFICIAL, "colleague", agency, ("south",))
        self.stranger = person(Role.OFFICIAL, "stranger", f"other-{agency}")
        self.system = person(Role.AGENCY, "system", agency)
        self.other_system = person(Role.AGENCY, "other-system", f"other-{agency}")
        self.coordinator = person(Role.COORDINATOR, "coordinator")
        self.auditor = person(Role.AUDITOR, "auditor")
        self.anyone = person(Role.ANYONE, "anyone")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for person in self.made:
            person.http.close()

    def by_role(self, role: Role) -> Person:
        """Return the person with that role who is concerned with the test's case."""
        return {
            Role.CITIZEN: self.citizen,
            Role.OFFICIAL: self.official,
            Role.AGENCY: self.system,
            Role.COORDINATOR: self.coordinator,
            Role.AUDITOR: self.auditor,
            Role.ANYONE: self.anyone,
        }[role]


def address_of(answer: httpx2.Response) -> str:
    """Return the address of the case in an answer."""
    assert answer.is_success, answer.text
    return f"/v1/cases/{answer.json()['caseId']}"


def position_of(answer: httpx2.Response) -> str:
    """Return the position token of a write."""
    assert answer.is_success, answer.text
    return str(answer.headers["Position-Token"])


def assert_problem(answer: httpx2.Response, status: int, rule: str) -> dict[str, Any]:
    """Check that the answer is that refusal, and return it."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM), answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["rule"] == rule, problem
    assert problem["status"] == status
    assert problem["type"] == f"/problems/{rule}"
    assert problem["title"]
    assert problem["detail"]
    assert answer.headers["API-Version"]
    assert answer.headers["Cache-Control"] == "no-store"
    return problem


def permit(slug: str, agency: str, desk: str, **changed: object) -> dict[str, Any]:
    """Return the definition of a service: a permit with three steps and three questions."""
    definition: dict[str, Any] = {
        "slug": slug,
        "agency": agency,
        "desk": desk,
        "title": {"en": "Building permit", "az": "Tikinti icazəsi"},
        "description": {"en": "Leave to build."},
        "legalBasis": "Building Act, article 7",
        "steps": [
            {"name": "T01 receive", "label": {"en": "Received"}, "first": True},
            {"name": "T02 check", "label": {"en": "Checked"}, "mayFollow": ["T01 receive"]},
            {"name": "T03 advise", "label": {"en": "Advised"}, "mayFollow": ["T02 check", "T03 advise"]},
        ],
        "questions": [
            {
                "element": "person.name",
                "label": {"en": "Your name"},
                "type": "text",
                "shownOn": "Building Act, article 8",
            },
            {
                "element": "person.phone",
                "label": {"en": "Telephone"},
                "type": "text",
                "required": False,
                "shownToOfficial": False,
            },
            {"element": "building.floors", "label": {"en": "Floors"}, "type": "number", "open": True},
        ],
        "term": {"days": 56, "kind": "calendar"},
        "channels": ["internet"],
        "languages": ["en", "az"],
    }
    return definition | changed
