"""The five scenes of the demonstration: everything in them is asked over HTTP, and each must end as it is told."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from cli.playing import documents as sent
from cli.playing.caretaker import House
from cli.playing.people import Answer, People, Person
from cli.playing.telling import Telling
from consumers.reference_resource.running import ReferenceSettings, described

_PATIENCE: Final = 40.0  # seconds
_BETWEEN_LOOKS: Final = 0.2  # seconds
_ANSWERS_AFTER: Final = 3_000  # milliseconds: long enough to see the case wait
_QUICK: Final = {"acknowledgedWithin": 3, "answeredWithin": 4}  # seconds: the population register promises this
_GRANTED: Final = "to decide about the request without asking the applicant"


class OtherEndError(Exception):
    """A scene has ended otherwise than it is told; the text says how."""


class Scenes:
    """Plays the scenes in their order.

    Args:
        house: the window and the registers, which run.
        people: who asks.
        telling: prints what happens.
    """

    def __init__(self, house: House, people: People, telling: Telling) -> None:
        self._house, self._people, self._telling = house, people, telling

    def play(self) -> None:
        """Play all scenes.

        Raises:
            OtherEndError: one of them does not end as told.
        """
        self._the_register_begins()
        self._a_question_is_refused()
        self._a_second_register_is_refused()
        self._a_case_waits_for_a_register()
        self._a_silent_register_is_counted()

    def _the_register_begins(self) -> None:
        who, tell = self._people, self._telling
        tell.begin("One register: who coordinates, what the words mean, who holds what")
        tell.says("Five agencies join. One of them is named coordinator, and defines the vocabulary.")
        joined = [
            who.coordinator.sends("PUT", f"/v1/agencies/{slug}", sent.agency(name))
            for slug, name in sent.AGENCIES.items()
        ]
        self._done("PUT", "/v1/agencies/NAME", *joined)
        named = {"agency": "digital-agency", "fromDate": "2018-03-14", "act": "Decree of 14 March 2018"}
        self._does(who.coordinator, "PUT", "/v1/coordinator", named)
        self._does(who.coordinator, "POST", "/v1/elements", sent.VOCABULARY)
        tell.says(
            "The Ministry of the Interior proposes the population register. The coordinator establishes it, and once"
            " its security was audited, takes it into use. The ministry integrates it: the window can ask it now."
        )
        self._establishes(who.interior, sent.POPULATION, self._integration("population", **_QUICK))
        tell.says("The Property Agency does the same with the land register.")
        self._establishes(who.property, sent.LAND, self._integration("land"))

    def _a_question_is_refused(self) -> None:
        who, tell = self._people, self._telling
        tell.begin("Once only: a service may not ask for what a register holds")
        tell.says("The city wants to ask applicants for their date of birth. The coordinator tries to publish that.")
        self._does(who.coordinator, "POST", "/v1/services", {"definition": sent.CARD_THAT_ASKS})
        path = "/v1/services/travel-card/publication"
        refused = who.coordinator.sends("POST", path, {"version": 1})
        self._refused("POST", path, refused, "elements-held-by-the-state", "population", "person.birth_date")
        tell.says("With the owner's consent, the service takes it from the register, and is published.")
        self._is_granted(who.interior, "travel-card", "population", "person.birth_date")
        self._publishes(sent.CARD, version=2)

    def _a_second_register_is_refused(self) -> None:
        who, tell = self._people, self._telling
        tell.begin("One register: nobody else may keep what a register holds")
        tell.says("The post proposes a register that holds everybody's address.")
        refused = who.post.sends("POST", "/v1/resources", {"description": sent.ADDRESSES})
        self._refused("POST", "/v1/resources", refused, "elements-held-elsewhere", "population", "person.address")

    def _a_case_waits_for_a_register(self) -> None:
        who, tell = self._people, self._telling
        tell.begin("A case waits for a register, which answers")
        tell.says("A building permit needs to know the applicant's land, from the land register.")
        self._is_granted(who.property, "building-permit", "land", "property.area", "property.encumbered")
        self._publishes(sent.PERMIT, version=1)
        tell.says("Leyla asks for a permit. She is asked how many floors, and nothing about her land.")
        case = self._submitted("building-permit", {"building.floors": 2})
        tell.says(f"The land register takes {_ANSWERS_AFTER // 1000} seconds. Then Leyla's history says:")
        history = self._history_once(case, "case.evidence_settled")
        self._expect(_has(history, "case.evidence_answered", resource="land"), "the land register has not answered")
        tell.says("An official is given the case, which only now has come to the desk.")
        self._reaches_the_desk(case, str(history[-1]["position"]))

    def _a_silent_register_is_counted(self) -> None:
        who, tell = self._people, self._telling
        tell.begin("A silent register: the applicant is asked, and that counts against the register")
        tell.says("The population register falls silent. It has promised to acknowledge within 3 seconds.")
        self._done("PUT", "(the register's) /behaviour", who.population_register.sends("PUT", "/behaviour", sent.SILENT))
        tell.says("Leyla asks for a travel card.")
        case = self._submitted("travel-card", {})
        tell.says("Nothing comes. When the time is over, Leyla's history says:")
        history = self._history_once(case, "case.evidence_asked_of_applicant")
        counted = {"resource": "population", "why": "TimedOut", "isException": True}
        asked = _has(history, "case.evidence_asked_of_applicant", **counted)
        self._expect(asked, "the exception is not the register's")
        tell.says("She answers herself, and the case goes on.")
        born = {"answers": {"person.birth_date": "1990-02-28"}}
        etag = who.leyla.asks(case, Position_Token=str(history[-1]["position"])).headers["etag"]
        answer = who.leyla.sends("POST", f"{case}/evidence/answers", born, If_Match=etag)
        self._done("POST", "/v1/cases/CASE/evidence/answers", answer)
        self._reaches_the_desk(case, answer.headers["position-token"])
        self._exceptions_are_counted()

    def _exceptions_are_counted(self) -> None:
        """Show how many exceptions count against the population register.

        This is the one place to change once `GET /v1/once-only` answers it publicly: until then an auditor counts the
        events, as anybody could recompute that view.
        """
        self._telling.says("An auditor counts the exceptions of the population register.")
        path = "/v1/events?topic=case.evidence_asked_of_applicant"
        answer = self._people.auditor.asks(path)
        self._done("GET", path, answer)
        told = [item["data"]["data"] for item in answer.body["items"]]
        count = sum(1 for each in told if each["resource"] == "population" and each["isException"])
        self._telling.fact(exceptions=count)
        self._expect(count == 1, f"{count} exceptions are counted, not 1")

    def _establishes(self, owner: Person, description: sent.Document, integration: sent.Document) -> None:
        path, judge = f"/v1/resources/{description['slug']}", self._people.coordinator
        self._does(owner, "POST", "/v1/resources", {"description": description})
        self._does(judge, "POST", f"{path}/judgements", {"approval": "establish", **sent.POSITIVE})
        self._does(owner, "POST", f"{path}/use", {"auditedOn": "2024-10-01"})
        self._does(judge, "POST", f"{path}/judgements", {"approval": "take_into_use", **sent.POSITIVE})
        self._does(owner, "PUT", f"{path}/integration", {"integration": integration})

    def _integration(self, name: Any, **level: int) -> sent.Document:
        """Return how a register is asked, as `pencere reference-resource --describe` prints it, and its service level."""
        port = self._house.population if name == "population" else self._house.land
        folder = self._house.folder / "reference-resources" / name
        settings = ReferenceSettings(name, name, folder, self._house.address(self._house.window), port)
        return {**described(settings, "http").model_dump(mode="json", by_alias=True, exclude_none=True), **level}

    def _is_granted(self, owner: Person, name: str, source: str, *elements: str) -> None:
        self._does(self._people.city, "PUT", f"/v1/grants/{name}", sent.grant(source, elements, _GRANTED))
        self._does(owner, "POST", f"/v1/grants/{name}/agreement", {})

    def _publishes(self, definition: sent.Document, version: int) -> None:
        self._does(self._people.coordinator, "POST", "/v1/services", {"definition": definition})
        path = f"/v1/services/{definition['slug']}/publication"
        self._does(self._people.coordinator, "POST", path, {"version": version})

    def _submitted(self, service: str, answers: Mapping[str, object]) -> str:
        """Submit Leyla's request; return the address of the case, which waits for evidence."""
        answer = self._people.leyla.sends("POST", "/v1/cases", {"service": service, "answers": answers})
        self._done("POST", "/v1/cases", answer)
        stage = answer.body["stage"]
        self._telling.fact(stage=stage)
        self._expect(stage == "AwaitingEvidence", f"the case is in {stage}")
        return answer.headers["location"]

    def _history_once(self, case: str, topic: str) -> list[dict[str, Any]]:
        """Show the applicant's history of a case once it has an event of the topic, and return it."""
        give_up_at = time.monotonic() + _PATIENCE
        while True:
            answer = self._people.leyla.asks(f"{case}/history")
            items: list[dict[str, Any]] = answer.body["items"]
            if _has(items, topic):
                break
            self._expect(time.monotonic() < give_up_at, f"the case has no {topic} after {_PATIENCE:.0f} seconds")
            time.sleep(_BETWEEN_LOOKS)
        self._done("GET", "/v1/cases/CASE/history", answer)
        for item in items:
            self._telling.event(item)
        return items

    def _reaches_the_desk(self, case: str, position: str) -> None:
        path = f"/v1/desks/{sent.DESK}/assignments"
        given = self._people.official.sends("POST", path, {}, Position_Token=position, Prefer="wait=10")
        self._done("POST", path, given)
        self._telling.fact(service=given.body["service"], stage=given.body["stage"])
        self._expect(case.endswith(given.body["caseId"]), "the official is given another case")

    def _does(self, person: Person, method: str, path: str, body: object) -> None:
        self._done(method, path, person.sends(method, path, body))

    def _done(self, method: str, path: str, *answers: Answer) -> None:
        """Show requests that are carried out."""
        self._telling.shows(method, path, answers)
        done = all(HTTPStatus.OK <= answer.status < HTTPStatus.NO_CONTENT for answer in answers)
        self._expect(done, f"{method} {path} is not carried out")

    def _refused(self, method: str, path: str, answer: Answer, rule: str, *named: str) -> None:
        """Show a request that is refused, by a rule and with names."""
        self._telling.shows(method, path, [answer])
        told = str(answer.body)
        as_told = answer.status == HTTPStatus.CONFLICT and answer.rule == rule and all(name in told for name in named)
        self._expect(as_told, f"{method} {path} is not refused by {rule} with {' and '.join(named)}")

    def _expect(self, holds: object, otherwise: str) -> None:
        if not holds:
            raise OtherEndError(f"scene {self._telling.scene} has not ended as told: {otherwise}")


def _has(history: list[dict[str, Any]], topic: str, **members: object) -> bool:
    """Return whether a history has an event of the topic with these open members."""
    return any(item["type"] == topic and members.items() <= item["data"].items() for item in history)
