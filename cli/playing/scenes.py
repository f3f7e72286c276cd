"""The scenes of the demonstration, in their order. Everything in them is asked over HTTP."""

from collections.abc import Callable, Sequence
from typing import Final

from cli.playing import documents as sent
from cli.playing.caretaker import ANSWERS_AFTER
from cli.playing.clock import the_clock_is_law
from cli.playing.no_contact import nobody_meets_anybody
from cli.playing.people import Person
from cli.playing.play import Play, has_event
from consumers.reference_resource.registers import Kind
from consumers.reference_resource.running import ReferenceSettings, described

_SEAT: Final = f"/v1/desks/{sent.DESK}/seat"
_ACKNOWLEDGED_WITHIN: Final = 3  # seconds: what the population register promises


def the_register_begins(play: Play) -> None:
    """The coordinator is named and the vocabulary defined; two registers are proposed, approved and integrated."""
    who, tell = play.who, play.tell
    tell.begin("One register: who coordinates, what the words mean, who holds what")
    tell.says("Five agencies join. One of them is named coordinator, and defines the vocabulary.")
    joined = [
        who.coordinator.sends("PUT", f"/v1/agencies/{slug}", sent.agency(name)) for slug, name in sent.AGENCIES.items()
    ]
    play.done("PUT", "/v1/agencies/NAME", *joined)
    play.does(who.coordinator, "PUT", "/v1/coordinator", sent.COORDINATOR)
    play.does(who.coordinator, "POST", "/v1/elements", sent.VOCABULARY)
    tell.says(
        "The Ministry of the Interior proposes the population register. The coordinator establishes it and, once its"
        " security was audited, takes it into use. The ministry integrates it: from now on the window can ask it."
    )
    level = {"acknowledgedWithin": _ACKNOWLEDGED_WITHIN, "answeredWithin": 10 * _ACKNOWLEDGED_WITHIN}
    _integrates(play, who.interior, sent.POPULATION, {**_asked(play, "population", play.house.population), **level})
    tell.says("The Property Agency does the same with the land register.")
    _integrates(play, who.property, sent.LAND, _asked(play, "land", play.house.land))


def a_question_is_refused(play: Play) -> None:
    """A service that asks for a birth date is refused; the same service is published once it asks the register."""
    who, tell = play.who, play.tell
    tell.begin("Once only: a service may not ask for what a register holds")
    tell.says("The city wants to ask applicants for their date of birth. The coordinator tries to publish that.")
    play.does(who.coordinator, "POST", "/v1/services", {"definition": sent.CARD_THAT_ASKS})
    path = "/v1/services/travel-card/publication"
    play.is_refused(
        who.coordinator, path, {"version": 1}, "elements-held-by-the-state", "population", "person.birth_date"
    )
    tell.says("With the consent of the register's owner the service takes it from there, and is published.")
    _is_granted(play, who.interior, "travel-card", sent.CARD_GRANT)
    play.publishes(sent.CARD, version=2)


def a_second_register_is_refused(play: Play) -> None:
    """A register that holds addresses is refused, since the population register does."""
    play.tell.begin("One register: nobody else may keep what a register holds")
    play.tell.says("The post proposes a register that holds everybody's address.")
    body = {"description": sent.ADDRESSES}
    play.is_refused(play.who.post, "/v1/resources", body, "elements-held-elsewhere", "population", "person.address")


def a_case_waits_for_a_register(play: Play) -> None:
    """A case waits for the land register, which answers; then the case goes to its desk."""
    tell = play.tell
    tell.begin("A case waits for a register, which answers")
    tell.says("To decide about building permits, the city asks to use two elements of the land register.")
    _is_granted(play, play.who.property, "building-permit", sent.PERMIT_GRANT)
    published = play.publishes(sent.PERMIT, version=1)
    play.done("PUT", _SEAT, *(official.sends("PUT", _SEAT, {}) for official in play.who.officials))
    tell.says("Everybody can read who may ask the land register, and what for.")
    play.shows_grants("land", published)
    tell.says("Leyla asks for a permit. She is asked how many floors, and nothing about her land.")
    case = play.submits("building-permit", {"building.floors": 2})
    tell.says(f"The land register takes {ANSWERS_AFTER // 1000} seconds. Then Leyla's history says (times in UTC):")
    history = play.history_when_over(case)
    answered = has_event(history, "case.evidence_answered", resource="land")
    play.expects(answered and history[-1]["type"] == "case.evidence_settled", "the land register has not answered")
    tell.says("Three officials sit at the desk. One of them is drawn for the case, and nobody has chosen them.")
    play.is_drawn_for(case)


def a_silent_register_is_counted(play: Play) -> None:
    """The population register is silent; the applicant is asked and answers, and that counts against the register."""
    tell = play.tell
    tell.begin("A silent register: the applicant is asked, and that counts against the register")
    tell.says(f"The population register, which acknowledges within {_ACKNOWLEDGED_WITHIN} seconds, falls silent.")
    play.done("PUT", "REGISTER/behaviour", play.who.population_register.sends("PUT", "/behaviour", sent.SILENT))
    tell.says("Leyla asks for a travel card.")
    case = play.submits("travel-card", {})
    tell.says("Nothing comes. When the time is over, Leyla's history says:")
    history = play.history_when_over(case)
    counted = {"resource": "population", "why": "TimedOut", "is_exception": True}
    asked = has_event(history, "case.evidence_asked_of_applicant", **counted)
    play.expects(asked, "it does not count against the register")
    tell.says("She answers herself, and the case goes on.")
    position = play.supplies(case, history, {"person.birth_date": "1990-02-28"})
    play.is_drawn_for(case)
    _exceptions_are_counted(play, position)


SCENES: Final[Sequence[Callable[[Play], None]]] = (
    the_register_begins,
    a_question_is_refused,
    a_second_register_is_refused,
    a_case_waits_for_a_register,
    a_silent_register_is_counted,
    nobody_meets_anybody,
    the_clock_is_law,
)
"""Each raises an `OtherEndError` when it does not end as told."""


def _exceptions_are_counted(play: Play, position: str) -> None:
    """Show how many exceptions count against the population register, as anybody can read it."""
    play.tell.says("Everybody can read how often the population register made the window ask an applicant.")
    path = "/v1/once-only?per=month&resource=population"
    answer = play.who.anyone.asks(path, Position_Token=position, Prefer="wait=10")
    play.done("GET", path, answer)
    count = sum(month["exceptions"]["asked"] for month in answer.body["items"])
    play.tell.fact(exceptions=count)
    play.expects(count == 1, f"{count} exceptions are counted, not 1")


def _integrates(play: Play, owner: Person, description: sent.Document, integration: sent.Document) -> None:
    path, judge = f"/v1/resources/{description['slug']}", play.who.coordinator
    play.does(owner, "POST", "/v1/resources", {"description": description})
    play.does(judge, "POST", f"{path}/judgements", {"approval": "establish", **sent.POSITIVE})
    play.does(owner, "POST", f"{path}/use", {"auditedOn": "2024-10-01"})
    play.does(judge, "POST", f"{path}/judgements", {"approval": "take_into_use", **sent.POSITIVE})
    play.does(owner, "PUT", f"{path}/integration", {"integration": integration})


def _asked(play: Play, kind: Kind, port: int) -> sent.Document:
    """Return how a register is asked, as `pencere reference-resource --describe` prints it."""
    folder = play.house.folder / "reference-resources" / kind
    settings = ReferenceSettings(kind, kind, folder, play.house.address(play.house.window), port)
    return described(settings, "http").model_dump(mode="json", by_alias=True, exclude_none=True)


def _is_granted(play: Play, owner: Person, name: str, grant: sent.Document) -> None:
    play.does(play.who.city, "PUT", f"/v1/grants/{name}", grant)
    play.does(owner, "POST", f"/v1/grants/{name}/agreement", {})
