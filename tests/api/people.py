"""Words for what people do at the window, over HTTP; each returns the plain answer."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx2

PROBLEM = "application/problem+json"


class Person:
    """Somebody with a token, or without one."""

    def __init__(self, base_url: str, token: str | None, subject: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx2.Client(base_url=base_url, headers=headers, timeout=20)
        self.subject = subject
        self.position = "0"

    def asks(self, path: str, **headers: str) -> httpx2.Response:
        """Read, having seen one's own writes."""
        return self.http.get(path, headers={"Position-Token": self.position, "Prefer": "wait=10", **_dashed(headers)})

    def sends(
        self, path: str, body: object = None, *, method: str = "POST", seen: object = None, key: str | None = None
    ) -> httpx2.Response:
        """Write, having seen a version of the case."""
        headers = {}
        if seen is not None:
            headers["If-Match"] = seen.headers["ETag"] if isinstance(seen, httpx2.Response) else f'"{seen}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        answer = self.http.request(method, path, json={} if body is None else body, headers=headers)
        self.position = str(max(int(self.position), int(answer.headers.get("Position-Token", "0"))))
        return answer

    def submits(self, service: str, answers: Mapping[str, object] | None = None, **more: Any) -> httpx2.Response:
        """Ask for a service."""
        return self.sends("/v1/cases", {"service": service, "answers": answers or {}}, **more)


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def case_of(answer: httpx2.Response) -> str:
    """Return the address of the case that an answer is about."""
    assert answer.is_success, answer.text
    return str(answer.headers.get("Location") or f"/v1/cases/{answer.json()['caseId']}")


def assert_problem(answer: httpx2.Response, status: int, rule: str) -> dict[str, Any]:
    """Check that the answer is that refusal, and return it."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM), answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["rule"] == rule, problem
    assert problem["status"] == status
    assert problem["type"] == f"/problems/{rule}"
    assert problem["title"]
    assert problem["detail"]
    return problem


def permit(slug: str, agency: str, desk: str, **changed: object) -> dict[str, Any]:
    """Return the definition of a service: a permit with three steps, four questions."""
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
            {"element": "person.name", "label": {"en": "Your name"}},
            {"element": "person.phone", "label": {"en": "Telephone"}, "required": False, "shownToOfficial": False},
            {"element": "building.floors", "label": {"en": "Floors"}, "type": "number", "open": True},
        ],
        "term": {"days": 56, "kind": "calendar"},
        "languages": ["en", "az"],
    }
    return definition | changed


LIFETIME = timedelta(hours=1)
NO_DESKS: Sequence[str] = ()
