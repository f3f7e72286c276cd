"""A request for a life event becomes a case for each of its parts, or none."""

from datetime import timedelta

import pytest

from application.access.authorisation import NotAllowedError
from application.access.callers import Role
from application.cases.case_commands import change_case
from application.cases.casework import Written
from application.cases.requests import Submission, Withdrawal
from application.cases.submission import submit
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import ServiceDraft, ServicePublication, ServiceWithdrawal
from application.life_events.reading import LifeEventNotFoundError, own_life_event
from application.life_events.requests import LifeEventRequest
from application.life_events.submission import life_event_of
from application.window import Window
from domain.case.refusals import AnswerMissing, ChannelNotOffered, ElementUnknown, LanguageNotOffered
from domain.case.stage import Stage
from domain.life_event.refusals import PartMissing, PartUnknown, ServiceIsNoLifeEvent
from domain.refusals import Refusal
from domain.service.refusals import (
    OpenedServiceNotInForce,
    ServiceIsALifeEvent,
    ServiceNotInForce,
    ServiceNotPublished,
)
from domain.text import TextHasSomethingToSee
from tests.application.life_events.nursery import ALLOWANCE, ASKED, BIRTH, NAME, PARTS, born, publish
from tests.application.life_events.scenarios import LEYLA, MURAD, Run, submitted_cases, with_parts
from tests.application.town import COORDINATOR, ISSUER


async def check_nothing_is_stored(window: Window) -> None:
    assert await submitted_cases(window) == []
    assert await window.vault.keys_of(ISSUER, LEYLA.subject) == []


def test_a_life_event_is_a_case_at_each_agency_under_keys_of_their_own(run: Run) -> None:
    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)
        held = await window.vault.keys_of(ISSUER, LEYLA.subject)

        assert [(one.state.service, one.state.agency) for one in birth.cases] == [
            ("allowance", "fund"),
            ("name", "registry"),
        ]
        assert (birth.service, birth.standing.stage) == ("birth", Stage.SUBMITTED)
        assert {own.case_id for own in held} == {one.case_id for one in birth.cases}
        assert {str(own.key_ref) for own in held} == {one.state.applicant for one in birth.cases}
        assert len({own.key_ref for own in held}) == 2
        assert await own_life_event(window, LEYLA, birth.life_event) == birth
        assert birth.life_event == life_event_of(window.vault, birth.cases[0].case_id)

    run(scenario)


def test_only_the_applicant_finds_a_life_event(run: Run) -> None:
    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)

        for other, unknown in ((MURAD, birth.life_event), (LEYLA, birth.cases[0].case_id)):
            with pytest.raises(LifeEventNotFoundError):
                await own_life_event(window, other, unknown)
        for role in (Role.OFFICIAL, Role.AGENCY, Role.COORDINATOR, Role.AUDITOR):
            somebody = LEYLA._replace(role=role, agency="fund")
            with pytest.raises(NotAllowedError):
                await own_life_event(window, somebody, birth.life_event)
            with pytest.raises(NotAllowedError):
                await born(window, somebody)

    run(scenario)


@pytest.mark.parametrize(
    ("asked", "expected", "field"),
    [
        (with_parts(name=None), PartMissing, "parts.name"),
        (with_parts(permit={}, allowance=None), PartUnknown, "parts.permit"),
        (with_parts(birth={"a": 1}), PartUnknown, "parts.birth"),
        (with_parts(name={}), AnswerMissing, "parts.name.answers.child.name"),
        (with_parts(name={"child.name": "Ana", "x": 1}), ElementUnknown, "parts.name.answers.x"),
        (with_parts(name={"child.name": "\u200b"}), TextHasSomethingToSee, "parts.name.answers.child.name"),
        (ASKED.model_copy(update={"language": "az"}), LanguageNotOffered, "language"),
        (ASKED.model_copy(update={"service": "name"}), ServiceIsNoLifeEvent, "service"),
        (ASKED.model_copy(update={"service": "nothing"}), ServiceNotPublished, "service"),
    ],
)
def test_when_one_part_is_refused_the_refusal_names_it_and_nothing_is_stored(
    run: Run, asked: LifeEventRequest, expected: type[Refusal], field: str
) -> None:
    async def scenario(window: Window) -> None:
        with pytest.raises(expected) as caught:
            await born(window, LEYLA, asked=asked)

        assert caught.type is expected
        assert caught.value.field == field
        await check_nothing_is_stored(window)

    run(scenario)


def test_all_parts_that_are_refused_are_named_at_once_each_with_its_rule(run: Run) -> None:
    async def scenario(window: Window) -> None:
        asked = with_parts(name={}, allowance={"child.number": 2, "person.account": "A", "y": 1})
        with pytest.raises(ElementUnknown) as caught:
            await born(window, LEYLA, asked=asked)

        assert [(breach.field, breach.rule) for breach in caught.value.breaches] == [
            ("parts.allowance.answers.y", "element-unknown"),
            ("parts.name.answers.child.name", "answer-missing"),
        ]
        assert [breach.detail.partition(": ")[0] for breach in caught.value.breaches] == ["allowance", "name"]
        await check_nothing_is_stored(window)

    run(scenario)


def test_a_life_event_is_asked_for_where_it_is_offered(run: Run) -> None:
    async def scenario(window: Window) -> None:
        with pytest.raises(ChannelNotOffered):
            await born(window, LEYLA, channel="pigeon")
        await check_nothing_is_stored(window)

    run(scenario)


@pytest.mark.parametrize("slug", ["name", "allowance"])
def test_a_part_whose_service_was_withdrawn_is_refused_by_name(run: Run, slug: str) -> None:
    async def scenario(window: Window) -> None:
        await change_catalogue(window, COORDINATOR, ServiceWithdrawal(), slug)
        with pytest.raises(ServiceNotPublished) as caught:
            await born(window, LEYLA)

        assert caught.value.field == f"parts.{slug}"
        assert caught.value.detail == f"{slug}: No version of the service is published."
        await check_nothing_is_stored(window)

    run(scenario)


def test_a_life_event_holds_from_its_day_and_its_parts_with_it(run: Run) -> None:
    async def scenario(window: Window) -> None:
        tomorrow = window.clock().date() + timedelta(days=3)
        for definition in (NAME, BIRTH):
            other = definition.model_copy(update={"slug": f"later-{definition.slug}"})
            if definition is BIRTH:
                other = other.model_copy(update={"opens": ("later-name",)})
            await change_catalogue(window, COORDINATOR, ServiceDraft(definition=other))
            if definition is BIRTH:
                with pytest.raises(OpenedServiceNotInForce) as caught:
                    await change_catalogue(window, COORDINATOR, ServicePublication(version=1), other.slug)
                assert caught.value.breaches[0].detail.startswith("later-name ")
            later = ServicePublication(version=1, valid_from=tomorrow)
            await change_catalogue(window, COORDINATOR, later, other.slug)
        asked = LifeEventRequest(service="later-birth", parts={"later-name": PARTS["name"]})
        with pytest.raises(ServiceNotInForce) as caught_too:
            await born(window, LEYLA, asked=asked)
        assert caught_too.value.field == "service"

    run(scenario)


def test_a_life_event_cannot_be_asked_for_as_a_case_and_opens_no_other(run: Run) -> None:
    async def scenario(window: Window) -> None:
        with pytest.raises(ServiceIsALifeEvent) as caught:
            await submit(window, LEYLA, Submission(service="birth"), "internet", None)
        assert caught.value.field == "service"
        family = BIRTH.model_copy(update={"slug": "family", "opens": ("birth",)})
        with pytest.raises(OpenedServiceNotInForce):
            await publish(window, family)
        await check_nothing_is_stored(window)

    run(scenario)


def test_a_part_that_has_become_a_life_event_itself_is_refused_by_name(run: Run) -> None:
    async def scenario(window: Window) -> None:
        nested = NAME.model_copy(update={"questions": (), "steps": (), "opens": ("allowance",)})
        await publish(window, nested, version=2)
        with pytest.raises(ServiceIsALifeEvent) as caught:
            await born(window, LEYLA)
        assert caught.value.field == "parts.name"
        await check_nothing_is_stored(window)

    run(scenario)


def test_a_life_event_stands_where_its_cases_stand(run: Run) -> None:
    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)
        first, second = birth.cases
        await change_case(window, LEYLA, first.case_id, 1, Withdrawal(), None)
        one = await own_life_event(window, LEYLA, birth.life_event)
        await change_case(window, LEYLA, second.case_id, 1, Withdrawal(), None)
        both = await own_life_event(window, LEYLA, birth.life_event)

        assert one.standing.stage is Stage.SUBMITTED
        assert one.standing == birth.standing
        assert [case.state.stage for case in one.cases] == [Stage.WITHDRAWN, Stage.SUBMITTED]
        assert both.standing.stage is Stage.WITHDRAWN
        assert both.standing.since == both.cases[1].since > both.cases[0].since > birth.standing.since
        assert both.position == await window.ledger.head()

    run(scenario)


def test_a_single_case_is_no_life_event(run: Run) -> None:
    async def scenario(window: Window) -> None:
        case = await submit(window, LEYLA, Submission(service="name", answers=PARTS["name"].answers), "internet", None)

        assert isinstance(case, Written)
        assert await window.vault.life_events_of(ISSUER, LEYLA.subject, None, 10) == []
        with pytest.raises(LifeEventNotFoundError):
            await own_life_event(window, LEYLA, life_event_of(window.vault, case.case_id))

    run(scenario)


def test_each_part_is_in_the_language_that_its_service_offers(run: Run) -> None:
    assert ALLOWANCE.languages == ("en", "az")

    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)
        assert {case.state.language for case in birth.cases} == {"en"}

    run(scenario)
