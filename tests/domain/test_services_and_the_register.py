"""A service meets the register: what may be published, from when to when, and what its agency is told afterwards."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.envelope import Actor
from domain.event import Event
from domain.refusals import Refusal
from domain.register.commands import Command as RegisterCommand
from domain.register.state import RegisterState
from domain.service.commands import Command, DraftService, MeetRegister, PublishService, WithdrawService
from domain.service.decisions import decide, decide_again
from domain.service.definition import Cost, EvidenceNeed, Output, Question, ServiceDefinition
from domain.service.events import EvidenceSourceLost, HeldElementsAsked, ServiceDrafted, ServicePublished
from domain.service.refusals import (
    AppealBodyNotRegistered,
    AppealBodyWithoutTerm,
    ChoicesMissing,
    ChoicesWithoutChoice,
    ElementAskedTwice,
    ElementOfAnotherType,
    ElementsHeldByTheState,
    ElementsNamePeople,
    ElementUndefined,
    EvidenceNotGranted,
    EvidenceSourceNotIntegrated,
    ExtensionWithoutTerm,
    LifeEventAsksNothing,
    NothingToTellTheService,
    NotTheWindow,
    OpenedServiceUnknown,
    OutputNamedTwice,
    ServiceNotInForce,
    ServiceNotPublished,
    TooManyOpenedServices,
    ValidityBackwards,
)
from domain.service.state import ServiceState, evolve
from domain.values import Term
from tests.domain.register_town import (
    BEGUN,
    BIRTH,
    NUMBER,
    PHONE,
    THE_MINISTRY,
    ask_for_grant,
    end_grant,
    established,
    give_grant,
    integrate,
    integrated,
    name,
    register_after,
    retire,
    set_rules,
    share,
)
from tests.domain.town import AT, SERVICE, TODAY, TOWN

WINDOW = Actor(role="window", pseudonym="reaction")
POPULATION = "population-register"
WITHOUT_BIRTH = SERVICE.model_copy(update={"questions": SERVICE.questions[1:]})
NEED = EvidenceNeed(element=BIRTH, resource=POPULATION, label={"en": "Born on"}, type="date")
FROM_THE_SOURCE = WITHOUT_BIRTH.model_copy(update={"evidence": (NEED,)})
GRANTED: tuple[RegisterCommand, ...] = (*BEGUN, *integrated(), ask_for_grant(by="town"), give_grant())
MONTH = timedelta(days=30)


def draft(definition: ServiceDefinition = SERVICE, **more: Any) -> DraftService:
    return DraftService(AT, THE_MINISTRY, definition, TOWN, **more)


def publish(
    version: int = 1,
    register: RegisterState | None = None,
    day: date = TODAY,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> PublishService:
    judged_by = 7 if register else 0
    return PublishService(AT, THE_MINISTRY, version, day, valid_from, valid_to, register, judged_by)


def meet(register: RegisterState, day: date = TODAY, by: Actor = WINDOW) -> MeetRegister:
    return MeetRegister(AT, by, day, register, 9)


def service_after(*asked: Command) -> ServiceState:
    state: ServiceState | None = None
    for command in asked:
        for event in decide(command, state):
            state = evolve(state, event)
    assert state is not None
    return state


@pytest.mark.parametrize(
    ("changes", "more", "expected", "field"),
    [
        ({"evidence": (NEED,)}, {}, ElementAskedTwice, "definition.evidence"),
        ({"questions": (), "evidence": (NEED, NEED)}, {}, ElementAskedTwice, "definition.evidence"),
        (
            {"questions": (), "evidence": (NEED.model_copy(update={"type": "choice"}),)},
            {},
            ChoicesMissing,
            "definition.evidence.0.choices",
        ),
        (
            {"questions": (), "evidence": (NEED.model_copy(update={"choices": ("a",)}),)},
            {},
            ChoicesWithoutChoice,
            "definition.evidence.0.choices",
        ),
        ({"outputs": (Output(name="a", title={"en": "A"}),) * 2}, {}, OutputNamedTwice, "definition.outputs"),
        (
            {"costs": (Cost(name="a", title={"en": "A"}, amount="1", currency="AZN"),) * 2},
            {},
            OutputNamedTwice,
            "definition.costs",
        ),
        (
            {"extension": Term(days=1, kind="calendar"), "term": None},
            {},
            ExtensionWithoutTerm,
            "definition.extension",
        ),
        ({"appeal_body": "court"}, {}, AppealBodyNotRegistered, "definition.appealBody"),
        (
            {"appeal_body": "court", "appeal_term": None},
            {"agencies": frozenset({"court"})},
            AppealBodyWithoutTerm,
            "definition.appealBody",
        ),
        ({"opens": ("other",)}, {}, OpenedServiceUnknown, "definition.opens"),
        ({"opens": ("other", "other")}, {"services": frozenset({"other"})}, OpenedServiceUnknown, "definition.opens"),
        (
            {"opens": (SERVICE.slug,)},
            {"services": frozenset({SERVICE.slug})},
            OpenedServiceUnknown,
            "definition.opens",
        ),
        ({"opens": ("other",)}, {"services": frozenset({"other"})}, LifeEventAsksNothing, "definition.opens"),
        (
            {"opens": tuple(f"other-{number}" for number in range(21))},
            {"services": frozenset(f"other-{number}" for number in range(21))},
            TooManyOpenedServices,
            "definition.opens",
        ),
    ],
)
def test_a_definition_that_could_not_work_is_refused_with_its_field(
    changes: dict[str, Any], more: dict[str, Any], expected: type[Refusal], field: str
) -> None:
    with pytest.raises(expected) as caught:
        decide(draft(SERVICE.model_copy(update=changes), **more), None)

    assert (caught.type, caught.value.field) == (expected, field)


def test_a_life_event_opens_other_services_and_an_appeal_body_hears_appeals() -> None:
    birth = SERVICE.model_copy(update={"opens": ("other",), "questions": (), "steps": (), "term": None})
    heard = SERVICE.model_copy(update={"appeal_body": "court"})

    assert decide(draft(birth, services=frozenset({"other"})), None) == (ServiceDrafted(version=1, definition=birth),)
    assert decide(draft(heard, agencies=frozenset({"court"})), None) == (ServiceDrafted(version=1, definition=heard),)


def test_a_publication_names_its_days_and_the_register_that_it_was_judged_by() -> None:
    register = register_after(*BEGUN)
    begins, ends = TODAY + MONTH, TODAY + 2 * MONTH
    (today,) = decide(publish(register=register), service_after(draft()))
    (later,) = decide(publish(register=register, valid_from=begins, valid_to=ends), service_after(draft()))

    assert today == ServicePublished(version=1, local_date=TODAY, valid_from=TODAY, valid_to=None, register_version=7)
    assert later == ServicePublished(version=1, local_date=TODAY, valid_from=begins, valid_to=ends, register_version=7)


@pytest.mark.parametrize(
    ("definition", "past", "expected", "breaches"),
    [
        (SERVICE, (name(),), ElementUndefined, [f"definition.questions.{number}.element" for number in range(5)]),
        (
            SERVICE.model_copy(
                update={
                    "questions": tuple(
                        each.model_copy(update={"type": "text", "choices": ()}) for each in SERVICE.questions
                    )
                }
            ),
            BEGUN,
            ElementOfAnotherType,
            [f"definition.questions.{number}.element" for number in (0, 2, 3, 4)],
        ),
        (
            SERVICE,
            (*BEGUN, *integrated(POPULATION, BIRTH, NUMBER, PHONE)),
            ElementsHeldByTheState,
            ["definition.questions.0.element", "definition.questions.1.element"],
        ),
        (FROM_THE_SOURCE, (), EvidenceSourceNotIntegrated, ["definition.evidence.0.element"]),
        (FROM_THE_SOURCE, BEGUN, EvidenceSourceNotIntegrated, ["definition.evidence.0.element"]),
        (
            FROM_THE_SOURCE,
            (*BEGUN, *integrated("births", BIRTH)[:-1]),
            EvidenceSourceNotIntegrated,
            ["definition.evidence.0.element"],
        ),
        (FROM_THE_SOURCE, (*BEGUN, *integrated()), EvidenceNotGranted, ["definition.evidence.0.element"]),
        (FROM_THE_SOURCE, (*GRANTED, end_grant()), EvidenceNotGranted, ["definition.evidence.0.element"]),
    ],
)
def test_a_service_that_does_not_fit_the_register_is_refused_with_every_place_at_once(
    definition: ServiceDefinition, past: tuple[RegisterCommand, ...], expected: type[Refusal], breaches: list[str]
) -> None:
    register = register_after(*past) if past else None
    with pytest.raises(expected) as caught:
        decide(publish(register=register), service_after(draft(definition)))

    assert (caught.type, caught.value.field) == (expected, "version")
    assert [breach.field for breach in caught.value.breaches] == breaches


def test_a_service_takes_from_the_source_what_its_owner_grants() -> None:
    assert decide(publish(register=register_after(*GRANTED)), service_after(draft(FROM_THE_SOURCE)))


def test_without_a_register_any_element_may_be_asked_for() -> None:
    assert decide(publish(), service_after(draft()))


@pytest.mark.parametrize(
    ("validity", "field"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, "validFrom"),
        ({"valid_to": TODAY - timedelta(days=1)}, "validTo"),
        ({"valid_from": TODAY + MONTH, "valid_to": TODAY}, "validTo"),
        ({"valid_from": date.min}, "validFrom"),
    ],
)
def test_a_version_holds_from_today_or_later_and_not_backwards(validity: dict[str, date], field: str) -> None:
    with pytest.raises(ValidityBackwards) as caught:
        decide(publish(1, None, TODAY, **validity), service_after(draft()))

    assert caught.value.field == field


def test_the_version_before_holds_until_the_next_one_begins() -> None:
    state = service_after(draft(), publish(), draft(), publish(2, valid_from=TODAY + MONTH))

    assert [state.in_force(TODAY + days).version for days in (timedelta(), MONTH - timedelta(days=1), MONTH)] == [
        1,
        1,
        2,
    ]
    assert state.published.version == 2


def test_a_version_that_has_ended_does_not_bring_back_the_one_before() -> None:
    state = service_after(draft(), publish(), draft(), publish(2, valid_to=TODAY + MONTH))

    assert state.in_force(TODAY + MONTH).version == 2
    with pytest.raises(ServiceNotInForce) as caught:
        state.in_force(TODAY + MONTH + timedelta(days=1))
    assert caught.value.field == "service"


def test_a_version_that_another_one_overtakes_never_holds() -> None:
    state = service_after(
        draft(),
        publish(),
        draft(),
        publish(2, valid_from=TODAY + 2 * MONTH),
        draft(),
        publish(3, valid_from=TODAY + MONTH),
    )

    assert [state.in_force(TODAY + months * MONTH).version for months in (0, 1, 2, 3)] == [1, 3, 3, 3]
    assert [offered.version for offered in state.offered(TODAY)] == [3, 1]


def test_a_version_may_wait_for_the_last_of_all_days() -> None:
    state = service_after(draft(), publish(valid_from=date.max, valid_to=date.max))

    assert state.in_force(date.max).version == 1
    assert [offered.version for offered in state.offered(TODAY)] == [1]
    with pytest.raises(ServiceNotInForce):
        state.in_force(TODAY)


def test_a_withdrawn_service_holds_on_no_day() -> None:
    withdraw = WithdrawService(AT, THE_MINISTRY)
    state = service_after(draft(), publish(), draft(), publish(2, valid_from=TODAY + MONTH), withdraw)

    for day in (TODAY, TODAY + MONTH):
        with pytest.raises(ServiceNotPublished):
            state.in_force(day)
    assert state.offered(TODAY) == []
    again = service_after(draft(), publish(), withdraw, draft(), publish(2, valid_from=TODAY + MONTH))
    with pytest.raises(ServiceNotInForce):
        again.in_force(TODAY)


def held(version: int, resource: str, *elements: str) -> HeldElementsAsked:
    return HeldElementsAsked(
        version=version,
        resource=resource,
        elements=elements,
        local_date=TODAY,
        publish_by=TODAY + MONTH,
        register_version=9,
    )


def lost(version: int, resource: str, *elements: str) -> EvidenceSourceLost:
    return EvidenceSourceLost(**held(version, resource, *elements).model_dump())


@pytest.mark.parametrize(
    ("service", "register", "expected"),
    [
        (SERVICE, (*BEGUN, *integrated(POPULATION, BIRTH, NUMBER, PHONE)), (held(1, POPULATION, BIRTH, PHONE),)),
        (
            SERVICE,
            (*BEGUN, *integrated(), *integrated("phones", PHONE, owner="village")),
            (held(1, "phones", PHONE), held(1, POPULATION, BIRTH)),
        ),
        (FROM_THE_SOURCE, (*GRANTED, retire()), (lost(1, POPULATION, BIRTH),)),
        (FROM_THE_SOURCE, (*GRANTED, integrate(POPULATION, NUMBER)), (lost(1, POPULATION, BIRTH),)),
        (
            FROM_THE_SOURCE,
            (*GRANTED, retire(), *integrated("phones", PHONE)),
            (held(1, "phones", PHONE), lost(1, POPULATION, BIRTH)),
        ),
    ],
)
def test_the_agency_is_told_of_questions_that_the_state_answers_and_of_sources_that_are_gone(
    service: ServiceDefinition, register: tuple[RegisterCommand, ...], expected: tuple[Event, ...]
) -> None:
    before = register_after(*GRANTED) if service is FROM_THE_SOURCE else register_after(*BEGUN)
    state = service_after(draft(service), publish(register=before))

    assert decide(meet(register_after(*register)), state) == expected


def test_the_term_to_adapt_is_the_registers() -> None:
    rules = set_rules(adaptation=Term(days=5, kind="working"))
    (told,) = decide(meet(register_after(*BEGUN, *integrated(), rules)), service_after(draft(), publish()))

    assert isinstance(told, HeldElementsAsked)
    assert told.publish_by == date(2026, 12, 1)


def told_once(*register: RegisterCommand) -> ServiceState:
    """Return the service whose agency knows what there is to know about the register."""
    return service_after(draft(), publish(), meet(register_after(*register)))


def test_an_agency_is_told_once() -> None:
    register = (*BEGUN, *integrated())

    with pytest.raises(NothingToTellTheService):
        decide(meet(register_after(*register)), told_once(*register))


def test_a_second_resource_that_answers_the_same_is_no_news() -> None:
    once = (*BEGUN, *integrated())
    twice = (*once, share("births", BIRTH), *integrated("births", BIRTH, owner="village"))

    with pytest.raises(NothingToTellTheService):
        decide(meet(register_after(*twice)), told_once(*once))


def test_another_resource_that_answers_it_after_the_first_one_has_gone_is_told_anew() -> None:
    once = (*BEGUN, *integrated())
    later = (*once, retire(), *integrated("births", BIRTH, owner="village"))

    assert decide(meet(register_after(*later)), told_once(*once)) == (held(1, "births", BIRTH),)


def test_an_agency_is_told_about_every_version_that_holds_or_will() -> None:
    register = register_after(*BEGUN, *integrated())
    state = service_after(
        draft(),
        publish(),
        draft(WITHOUT_BIRTH),
        publish(2, valid_from=TODAY + MONTH),
        draft(),
        publish(3, valid_from=TODAY + 2 * MONTH),
    )

    assert decide(meet(register), state) == (held(3, POPULATION, BIRTH), held(1, POPULATION, BIRTH))
    after_that = decide(meet(register, TODAY + MONTH), state)
    assert [event.version for event in after_that if isinstance(event, HeldElementsAsked)] == [3]


def test_a_version_that_has_ended_asks_nobody() -> None:
    state = service_after(draft(), publish(valid_to=TODAY))

    with pytest.raises(NothingToTellTheService):
        decide(meet(register_after(*BEGUN, *integrated()), TODAY + timedelta(days=1)), state)


def test_a_new_version_is_judged_for_itself() -> None:
    register = register_after(*BEGUN, *integrated())
    state = service_after(draft(), publish(), meet(register), draft(WITHOUT_BIRTH), publish(2, register))

    with pytest.raises(NothingToTellTheService):
        decide(meet(register), state)


@pytest.mark.parametrize(
    "by", [THE_MINISTRY, Actor(role="agency", pseudonym="town"), Actor(role="clock", pseudonym="clock")]
)
def test_only_the_window_compares_services_with_the_register(by: Actor) -> None:
    with pytest.raises(NotTheWindow):
        decide(meet(register_after(*BEGUN, *integrated()), by=by), service_after(draft(), publish()))


@pytest.mark.parametrize("past", [(draft(),), (draft(), publish(), WithdrawService(AT, THE_MINISTRY))])
def test_a_service_that_is_not_published_asks_nobody(past: tuple[Command, ...]) -> None:
    with pytest.raises(ServiceNotPublished):
        decide(meet(register_after(*BEGUN, *integrated())), service_after(*past))
    with pytest.raises(ServiceNotPublished):
        decide(meet(register_after(*BEGUN)), None)


def test_what_a_resource_only_holds_and_does_not_answer_may_be_asked_for() -> None:
    assert decide(publish(register=register_after(*BEGUN, *established())), service_after(draft()))


@pytest.mark.parametrize(
    ("changes", "is_read"),
    [
        ({}, True),
        ({"shown_to_official": False}, False),
        ({"shown_to_official": False, "open": True}, True),
        ({"shown_on": "Civil Status Act, article 4"}, False),
    ],
)
def test_officials_read_nothing_that_can_name_a_person_unless_a_law_says_so(
    changes: dict[str, Any],
    is_read: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    question = Question(element=NUMBER, label={"en": "Number"}, type="text").model_copy(update=changes)
    definition = SERVICE.model_copy(update={"questions": (question,)})
    command = publish(register=register_after(*BEGUN))
    drafted = service_after(draft(definition))
    if not is_read:
        assert isinstance(decide(command, drafted)[0], ServicePublished)
        return
    with pytest.raises(ElementsNamePeople) as caught:
        decide(command, drafted)

    assert [breach.field for breach in caught.value.breaches] == ["definition.questions.0.element"]
    assert isinstance(decide_again(command, drafted)[0], ServicePublished), "what was published before stays"
