"""What happens in the scenes of the demonstration: requests that are shown with their answers, and must end as told."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from cli.playing import documents as sent
from cli.playing.caretaker import House
from cli.playing.people import Answer, People, Person
from cli.playing.telling import Telling

_PATIENCE: Final = 40.0  # seconds
_BETWEEN_LOOKS: Final = 0.2  # seconds
_OVER: Final = ("case.evidence_settled", "case.evidence_asked_of_applicant")
"""With one of these events a case waits for its register no longer."""


class OtherEndError(Exception):
    """A scene has ended otherwise than it is told; the text says how."""


class Play:
    """Carries out and shows what people ask.

    Each method raises an `OtherEndError` when the answer is not what the scene tells.

    Args:
        house: the window and the registers, which run.
        people: who asks.
        telling: prints what happens.
    """

    def __init__(self, house: House, people: People, telling: Telling) -> None:
        self.house, self.who, self.tell = house, people, telling

    def does(self, person: Person, method: str, path: str, body: object) -> Answer:
        """Send a request, which is carried out; return the answer."""
        answer = person.sends(method, path, body)
        self.done(method, path, answer)
        return answer

    def done(self, method: str, path: str, *answers: Answer) -> None:
        """Show a request, or several that are alike, which are carried out."""
        self.tell.shows(method, path, answers)
        carried_out = all(HTTPStatus.OK <= answer.status < HTTPStatus.NO_CONTENT for answer in answers)
        self.expects(carried_out, f"{method} {path} is not carried out")

    def is_refused(self, person: Person, path: str, body: object, rule: str, *named: str) -> None:
        """Send a request, which is refused by the rule; the answer names these."""
        answer = person.sends("POST", path, body)
        self.tell.shows("POST", path, [answer])
        told = str(answer.body)
        as_told = answer.status == HTTPStatus.CONFLICT and answer.rule == rule and all(name in told for name in named)
        self.expects(as_told, f"POST {path} is not refused by {rule}, with {' and '.join(named)}")

    def publishes(self, definition: sent.Document, version: int) -> str:
        """Draft a version of a service and publish it; return the position of that."""
        self.does(self.who.coordinator, "POST", "/v1/services", {"definition": definition})
        path = f"/v1/services/{definition['slug']}/publication"
        return self.does(self.who.coordinator, "POST", path, {"version": version}).headers["position-token"]

    def shows_grants(self, source: str, position: str) -> None:
        """Show what anybody can read about the grants of a resource, as of a position at least."""
        path = f"/v1/grants?resource={source}"
        answer = self.who.anyone.asks(path, Position_Token=position, Prefer="wait=10")
        self.done("GET", path, answer)
        for grant in answer.body["items"]:
            told = {name: grant[name] for name in ("name", "agency", "elements", "status")}
            self.tell.fact(**told, purpose=grant["purpose"]["en"])

    def submits(self, service: str, answers: Mapping[str, object]) -> str:
        """Submit a request of Leyla's; return the address of the case, which waits for evidence."""
        answer = self.who.leyla.sends("POST", "/v1/cases", {"service": service, "answers": answers})
        self.done("POST", "/v1/cases", answer)
        stage = answer.body["stage"]
        self.tell.fact(stage=stage)
        self.expects(stage == "AwaitingEvidence", f"the case is in {stage}")
        return answer.headers["location"]

    def history_when_over(self, case: str) -> list[dict[str, Any]]:
        """Show Leyla's history of a case once it waits for its register no longer, and return it."""
        give_up_at = time.monotonic() + _PATIENCE
        while True:
            answer = self.who.leyla.asks(f"{case}/history", Prefer="wait=10")
            items: list[dict[str, Any]] = answer.body.get("items", [])  # none while the views are behind
            if any(item["type"] in _OVER for item in items):
                break
            self.expects(time.monotonic() < give_up_at, f"the case still waits after {_PATIENCE:.0f} seconds")
            time.sleep(_BETWEEN_LOOKS)
        self.done("GET", "/v1/cases/CASE/history", answer)
        for item in items:
            self.tell.event(item)
        return items

    def supplies(self, case: str, history: list[dict[str, Any]], answers: Mapping[str, object]) -> str:
        """Give what a register has not; return the position of that."""
        seen = self.who.leyla.asks(case, Position_Token=str(history[-1]["position"]), Prefer="wait=10")
        self.expects(seen.status == HTTPStatus.OK, "the case cannot be read")
        path, version = f"{case}/evidence/answers", seen.headers["etag"]
        answer = self.who.leyla.sends("POST", path, {"answers": answers}, If_Match=version)
        self.done("POST", "/v1/cases/CASE/evidence/answers", answer)
        return answer.headers["position-token"]

    def is_drawn_for(self, case: str) -> int:
        """Wait until an official was drawn for a case; show the draw as everybody reads it, and return its number."""
        give_up_at, mine = time.monotonic() + _PATIENCE, f"/v1/desks/{sent.DESK}/worklist?show=mine"
        while True:
            answers = [official.asks(mine) for official in self.who.officials]
            items = [item for answer in answers for item in answer.body.get("items", [])]
            given = next((item for item in items if case.endswith(item["caseId"])), None)
            if given is not None:
                break
            self.expects(time.monotonic() < give_up_at, f"nobody was drawn within {_PATIENCE:.0f} seconds")
            time.sleep(_BETWEEN_LOOKS)
        self.done("GET", mine, *answers)
        self.tell.fact(service=given["service"], stage=given["stage"])
        path = f"/v1/draws/{sent.CITY}/{sent.DESK}"
        draws = self.who.anyone.asks(path, Prefer="wait=10")
        self.done("GET", path, draws)
        last = draws.body["items"][-1]
        self.tell.fact(number=last["number"], listed=len(last["commitments"]), independence=last["independence"])
        return int(last["number"])

    def expects(self, holds: object, otherwise: str) -> None:
        """Check that something is as the scene tells."""
        if not holds:
            raise OtherEndError(f"scene {self.tell.scene} has not ended as told: {otherwise}")


def has_event(history: list[dict[str, Any]], topic: str, **members: object) -> bool:
    """Return whether a history has an event of the topic with these open members."""
    return any(item["type"] == topic and members.items() <= item["data"].items() for item in history)
