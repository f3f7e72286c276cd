"""Law 3, once only: nobody is asked for what an integrated state information resource holds."""

import pytest

from application.identity import service_stream
from domain.envelope import Actor
from domain.register.commands import Command
from domain.service.commands import MeetRegister
from domain.service.decisions import decide
from domain.service.definition import EvidenceNeed, ServiceDefinition
from domain.service.events import ServiceDrafted, ServicePublished
from domain.service.refusals import ElementsHeldByTheState, NothingToTellTheService
from domain.service.register_rules import asked_though_held
from tests.domain.register_town import (
    BEGUN,
    BIRTH,
    NUMBER,
    PHONE,
    THE_MINISTRY,
    ask_for_grant,
    change,
    established,
    give_grant,
    integrate,
    integrated,
    register_after,
    retire,
    share,
    used,
)
from tests.domain.test_services_and_the_register import draft, meet, publish, service_after
from tests.domain.town import AT, SERVICE, TODAY
from tests.verifying.made import MadeLedger

POPULATION = "population-register"
TWO_HOLDERS = (*BEGUN, *integrated(), *integrated("telephone-register", PHONE, owner="village"))
NEED = EvidenceNeed(element=BIRTH, resource=POPULATION, label={"en": "Born on"}, type="date")
CONVERTED = SERVICE.model_copy(update={"questions": SERVICE.questions[1:], "evidence": (NEED,)})


def refused(*register: Command, definition: ServiceDefinition = SERVICE) -> ElementsHeldByTheState:
    """Return the refusal to publish the service under that register."""
    with pytest.raises(ElementsHeldByTheState) as caught:
        decide(publish(register=register_after(*register)), service_after(draft(definition)))
    return caught.value


def published(*register: Command, definition: ServiceDefinition = SERVICE) -> bool:
    """Return whether the service is published under that register."""
    return bool(decide(publish(register=register_after(*register)), service_after(draft(definition))))


def test_a_service_that_asks_for_what_the_state_holds_is_refused_with_every_element_and_its_resource_at_once() -> None:
    refusal = refused(*TWO_HOLDERS)

    assert [(breach.field, breach.detail) for breach in refusal.breaches] == [
        ("definition.questions.0.element", f"{POPULATION} holds {BIRTH}."),
        ("definition.questions.1.element", f"telephone-register holds {PHONE}."),
    ]
    for word in (BIRTH, PHONE, POPULATION, "telephone-register", "once only"):
        assert word in refusal.detail


@pytest.mark.parametrize("stage", [established(), used()])
def test_what_no_window_can_ask_a_resource_for_yet_may_be_asked_of_the_applicant(stage: tuple[Command, ...]) -> None:
    assert published(*BEGUN, *stage)


def test_a_question_that_is_optional_is_a_question() -> None:
    optional = tuple(each.model_copy(update={"required": False}) for each in SERVICE.questions)

    assert refused(*TWO_HOLDERS, definition=SERVICE.model_copy(update={"questions": optional})).breaches


def test_the_state_is_asked_instead_and_the_same_service_is_published() -> None:
    granted = (*BEGUN, *integrated(), ask_for_grant(by="town"), give_grant())

    assert published(*granted, definition=CONVERTED)


def test_after_the_resource_has_retired_the_same_service_may_be_published() -> None:
    assert refused(*BEGUN, *integrated())
    assert published(*BEGUN, *integrated(), retire())


def test_a_resource_that_answers_an_element_no_longer_lets_it_be_asked_for_again() -> None:
    assert published(*BEGUN, *integrated(), integrate(POPULATION, NUMBER))
    assert published(*BEGUN, *integrated(), integrate(POPULATION, NUMBER), change(POPULATION, NUMBER))


def test_as_long_as_another_resource_answers_it_the_question_stays_forbidden() -> None:
    shared = (*BEGUN, *integrated(), share("births", BIRTH), *integrated("births", BIRTH, owner="village"))

    assert refused(*shared, retire()).breaches[0].detail == f"births holds {BIRTH}."


def test_names_decide_nothing_only_elements_do() -> None:
    renamed = SERVICE.questions[0].model_copy(update={"element": "plot.birth_date_of_owner"})
    alike = SERVICE.model_copy(update={"questions": (renamed,)})
    vocabulary = (*BEGUN, *integrated())
    register = register_after(*vocabulary)

    assert asked_though_held(alike, register) == {}
    assert asked_though_held(SERVICE, register) == {BIRTH: POPULATION}


def test_a_resource_that_is_integrated_later_makes_each_question_known_once_with_a_term() -> None:
    state = service_after(draft(), publish(register=register_after(*BEGUN)))
    register = register_after(*TWO_HOLDERS)
    told = decide(meet(register), state)

    assert [(each.model_dump()["resource"], each.model_dump()["elements"]) for each in told] == [
        (POPULATION, (BIRTH,)),
        ("telephone-register", (PHONE,)),
    ]
    assert all(each.model_dump()["publish_by"] > TODAY for each in told)
    knowing = service_after(draft(), publish(register=register_after(*BEGUN)), meet(register))
    with pytest.raises(NothingToTellTheService):
        decide(meet(register), knowing)


def test_when_a_resource_retires_who_relies_on_it_is_told() -> None:
    granted = (*BEGUN, *integrated(), ask_for_grant(by="town"), give_grant())
    state = service_after(draft(CONVERTED), publish(register=register_after(*granted)))
    by = Actor(role="window", pseudonym="reaction")
    (told,) = decide(MeetRegister(AT, by, TODAY, register_after(*granted, retire()), 9), state)

    assert told.topic == "service.evidence_source_lost"
    assert told.model_dump()["elements"] == (BIRTH,)


def test_an_auditor_finds_a_publication_that_breaks_the_law() -> None:
    made = MadeLedger().honest(*BEGUN, *integrated())
    made.of_service(SERVICE.slug, THE_MINISTRY, ServiceDrafted(version=1, definition=SERVICE))
    planted = ServicePublished(version=1, local_date=TODAY, valid_from=TODAY, register_version=made.register_version)
    made.add(service_stream(SERVICE.slug), THE_MINISTRY, planted)

    says = made.accused()
    assert "elements-held-by-the-state" in says
    assert f"{POPULATION} holds {BIRTH}" in says
