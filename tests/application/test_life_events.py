"""A request for a life event becomes a case for each of its parts, or none; and nothing in the ledger joins them."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from application.access.authorisation import NotAllowedError
from application.access.callers import Caller, Role
from application.cases.case_commands import change_case
from application.cases.casework import Written
from application.cases.erasure import erase_person
from application.cases.prevention import sweep_orphans
from application.cases.requests import Submission, Withdrawal
from application.cases.submission import submit
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import ServiceDraft, ServicePublication, ServiceWithdrawal
from application.life_events.reading import LifeEvent, LifeEventNotFoundError, as_it_stands, own_life_event
from application.life_events.requests import LifeEventPart, LifeEventRequest
from application.life_events.submission import life_event_of
from application.verifying.ledger import check_ledger
from application.verifying.workers import here
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
from ledger.audit.whole import Against
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.refusals import KeyReusedError
from tests.application.conftest import OpenWindow
from tests.application.nursery import ALLOWANCE, ASKED, BIRTH, NAME, PARTS, born, open_nursery, publish
from tests.application.stepping import Stepped
from tests.application.town import COORDINATOR, ISSUER, SERVICE, citizen

LEYLA, MURAD = citizen("leyla"), citizen("murad")
Scenario = Callable[[Window], Awaitable[None]]


@pytest.fixture
def run(open_window: OpenWindow) -> Callable[[Scenario], None]:
    """Run a scenario in a window with the life event."""

    def ran(scenario: Scenario) -> None:
        async def main() -> None:
            async with open_window() as window:
                await open_nursery(window)
                await scenario(window)

        asyncio.run(main())

    return ran


Run = Callable[[Scenario], None]


async def submitted_cases(window: Window) -> list[UUID]:
    return [entry.stream for entry in await window.ledger.read(0, 10_000) if entry.topic == "case.submitted"]


async def life_events(window: Window, who: Caller) -> list[LifeEvent | None]:
    """Return a person's life events; None for one of which only a key was made."""
    own = await window.vault.life_events_of(ISSUER, who.subject, None, 10)
    return [await as_it_stands(window.ledger, one) for one in own]


async def check_nothing_is_stored(window: Window) -> None:
    assert await submitted_cases(window) == []
    assert await window.vault.keys_of(ISSUER, LEYLA.subject) == []


def with_parts(**parts: dict[str, Any] | None) -> LifeEventRequest:
    """Return the request with other answers in some of its parts, or without a part."""
    others = {slug: LifeEventPart(answers=answers) for slug, answers in parts.items() if answers is not None}
    kept = {slug: part for slug, part in PARTS.items() if slug not in parts}
    return LifeEventRequest(service="birth", parts=kept | others)


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


def test_a_repeat_gets_the_first_answer_whatever_became_of_the_cases(run: Run) -> None:
    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)
        for one in birth.cases:
            await change_case(window, LEYLA, one.case_id, 1, Withdrawal(), None)
        await change_catalogue(window, COORDINATOR, ServiceWithdrawal(), "birth")
        await change_catalogue(window, COORDINATOR, ServiceWithdrawal(), "name")

        assert await born(window, LEYLA) == birth
        assert len(await submitted_cases(window)) == 2

    run(scenario)


def test_the_same_key_with_another_body_is_refused_and_makes_nothing(run: Run) -> None:
    async def scenario(window: Window) -> None:
        await publish(window, BIRTH.model_copy(update={"slug": "adoption", "opens": ("name",)}))
        await born(window, LEYLA)
        adoption = LifeEventRequest(service="adoption", parts={"name": PARTS["name"]})
        for other in (with_parts(name={"child.name": "Bela"}), with_parts(name={}), adoption):
            with pytest.raises(KeyReusedError):
                await born(window, LEYLA, asked=other)

        assert len(await submitted_cases(window)) == 2
        assert len(await window.vault.keys_of(ISSUER, LEYLA.subject)) == 2

    run(scenario)


def test_another_key_or_another_person_is_another_life_event(run: Run) -> None:
    async def scenario(window: Window) -> None:
        one, two, other = await born(window, LEYLA), await born(window, LEYLA, "two"), await born(window, MURAD)
        own = await window.vault.life_events_of(ISSUER, LEYLA.subject, None, 10)

        assert len({one.life_event, two.life_event, other.life_event}) == 3
        assert [each.life_event for each in own] == [two.life_event, one.life_event]
        assert len(await submitted_cases(window)) == 6

    run(scenario)


def test_a_request_whose_key_was_forgotten_is_a_new_life_event_of_its_own(run: Run) -> None:
    async def scenario(window: Window) -> None:
        first = await born(window, LEYLA)
        await window.ledger.expire_keys(window.clock() + timedelta(days=1))
        second = await born(window, LEYLA)

        assert first.life_event != second.life_event
        assert not {one.case_id for one in first.cases} & {one.case_id for one in second.cases}
        assert await own_life_event(window, LEYLA, first.life_event) == first

    run(scenario)


def test_the_ids_in_an_answer_are_no_keys_of_it(run: Run) -> None:
    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)
        again = await born(window, LEYLA, key=str(birth.cases[0].case_id))

        assert again.life_event != birth.life_event
        assert len(await submitted_cases(window)) == 4

    run(scenario)


def test_wherever_a_submission_dies_its_repeat_completes_it_and_makes_nothing_twice(run: Run) -> None:
    async def died(window: Window, steps: int) -> bool:
        who = citizen(f"died-after-{steps}")
        before = set(await submitted_cases(window))
        process = Stepped("submission", window, lambda own: born(own, who))
        await process.arrived()
        for _ in range(steps):
            if not process.has_ended:
                await process.step()
        has_ended = process.has_ended
        if not has_ended:
            await process.die()
        left = set(await submitted_cases(window)) - before
        birth = await born(window, who)
        made = {one.case_id for one in birth.cases}

        assert len(made) == 2
        assert left <= made == set(await submitted_cases(window)) - before
        assert await born(window, who) == birth
        assert [own for own in await life_events(window, who) if own] == [birth]
        await sweep_orphans(window, timedelta())
        assert await life_events(window, who) == [birth]
        assert {key.case_id for key in await window.vault.keys_of(ISSUER, who.subject)} == made
        return has_ended

    async def scenario(window: Window) -> None:
        ended = [await died(window, steps) for steps in range(20)]
        assert not ended[3]
        assert ended[-1], "it has died at each of its steps"

    run(scenario)


def test_two_at_once_with_the_same_key_make_one_life_event_whoever_goes_on_when(run: Run) -> None:
    async def overtaken(window: Window, before: int, within: int) -> None:
        who = citizen(f"overtaken-{before}-{within}")
        cases = set(await submitted_cases(window))
        one = Stepped("one", window, lambda own: born(own, who))
        other = Stepped("other", window, lambda own: born(own, who))
        for process, steps in ((one, before), (other, within)):
            await process.arrived()
            for _ in range(steps):
                if not process.has_ended:
                    await process.step()
        await one.finish()
        await other.finish()

        assert isinstance(one.answer, LifeEvent), one.answer
        assert one.answer == other.answer
        assert set(await submitted_cases(window)) - cases == {case.case_id for case in one.answer.cases}
        assert len(await window.vault.keys_of(ISSUER, who.subject)) == 2

    async def scenario(window: Window) -> None:
        for before in range(8):
            for within in (1, 3, 5, 7):
                await overtaken(window, before, within)

    run(scenario)


def test_a_part_that_was_withdrawn_between_a_crash_and_the_repeat_is_refused_and_the_other_stands(run: Run) -> None:
    async def scenario(window: Window) -> None:
        process = Stepped("submission", window, lambda own: born(own, LEYLA))
        await process.arrived()
        while not await submitted_cases(window):
            await process.step()
        await process.die()
        await change_catalogue(window, COORDINATOR, ServiceWithdrawal(), "name")
        with pytest.raises(ServiceNotPublished) as caught:
            await born(window, LEYLA)
        assert caught.value.field == "parts.name"

        [own] = await window.vault.life_events_of(ISSUER, LEYLA.subject, None, 10)
        [case] = (await own_life_event(window, LEYLA, own.life_event)).cases
        assert case.state.service == "allowance"
        await change_catalogue(window, COORDINATOR, ServiceDraft(definition=NAME))
        await change_catalogue(window, COORDINATOR, ServicePublication(version=2), "name")
        assert len((await born(window, LEYLA)).cases) == 2

    run(scenario)


def test_a_service_that_is_withdrawn_while_the_cases_are_stored_does_not_tear_them_apart(run: Run) -> None:
    async def scenario(window: Window) -> None:
        process = Stepped("submission", window, lambda own: born(own, LEYLA))
        await process.arrived()
        while not await submitted_cases(window):
            await process.step()
        await change_catalogue(window, COORDINATOR, ServiceWithdrawal(), "name")
        await process.finish()

        assert isinstance(process.answer, LifeEvent), process.answer
        assert len(process.answer.cases) == 2

    run(scenario)


@pytest.mark.parametrize("destroys", ["erasure", "sweep"])
def test_a_submission_is_safe_wherever_it_is_overtaken(run: Run, destroys: str) -> None:
    async def overtaken(window: Window, before: int) -> bool:
        who = citizen(f"{destroys}-{before}")
        process = Stepped("submission", window, lambda own: born(own, who))
        await process.arrived()
        for _ in range(before):
            if not process.has_ended:
                await process.step()
        was_under_way = not process.has_ended
        if destroys == "erasure":
            await erase_person(window, ISSUER, who.subject)
        else:
            await sweep_orphans(window, timedelta())
        await process.finish()
        birth = process.answer

        assert isinstance(birth, LifeEvent), birth
        assert len(birth.cases) == 2
        held = {own.case_id for own in await window.vault.keys_of(ISSUER, who.subject)}
        there = {one.case_id for one in birth.cases}
        assert held <= there
        assert destroys == "erasure" or held == there
        return was_under_way

    async def scenario(window: Window) -> None:
        under_way = [await overtaken(window, before) for before in range(20)]
        assert under_way[0]
        assert not under_way[-1]

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


def test_an_erased_persons_life_event_is_unknown_to_everybody(
    run: Run, postgres: EmbeddedPostgres, vault_database: str
) -> None:
    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)
        await erase_person(window, ISSUER, LEYLA.subject)

        with pytest.raises(LifeEventNotFoundError):
            await own_life_event(window, LEYLA, birth.life_event)
        assert await window.vault.life_events_of(ISSUER, LEYLA.subject, None, 10) == []
        with psycopg.connect(postgres.vault_url("pencere_owner", vault_database)) as owner:
            assert owner.execute("SELECT count(*) FROM vault.keys WHERE life_event IS NOT NULL").fetchone() == (0,)

    run(scenario)


def test_a_life_event_is_unknown_as_soon_as_the_cases_say_that_the_person_is_erased(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(window: Window) -> None:
        birth = await born(window, LEYLA)

        async def crash(*_: object) -> None:
            raise RuntimeError("killed here")

        with monkeypatch.context() as fault:
            fault.setattr(window.vault, "shred", crash)
            with pytest.raises(RuntimeError):
                await erase_person(window, ISSUER, LEYLA.subject)
        with pytest.raises(LifeEventNotFoundError):
            await own_life_event(window, LEYLA, birth.life_event)

    run(scenario)


def test_nothing_in_the_ledger_is_equal_in_two_cases_of_one_life_event(
    run: Run, postgres: EmbeddedPostgres, ledger_database: str
) -> None:
    """Nor does anything name the life event. What is left are words of the law, the window and the day."""
    public = {
        *("actor", "agencies", "causation", "correlation", "data", "occurred_at", "origin", "schema", "live"),
        *("pseudonym", "role", "applicant", "channel", "internet", "term_began", "last_day", "time_zone"),
        *("language", "en", "open_answers", "reference", "service", "service_version", "register_version"),
        *("calendar_version", "agency", "desk", "front", "case.submitted"),
        *("position", "stream", "version", "recorded_at", "topic", "salt", "open", "sealed"),
    }
    found: list[LifeEvent] = []

    async def scenario(window: Window) -> None:
        found.append(await born(window, LEYLA))

    run(scenario)
    [birth] = found
    one, other = (case.case_id for case in birth.cases)
    with psycopg.connect(postgres.ledger_url("pencere_owner", ledger_database)) as owner:
        rows = owner.execute(
            "SELECT stream, to_json(e)::text, convert_from(open, 'utf8'), convert_from(sealed, 'utf8')"
            " FROM ledger.events AS e"
        ).fetchall()
        keys = owner.execute("SELECT k::text FROM ledger.idempotency_keys AS k").fetchall()
    values = {
        case: {value for stream, *texts in rows if stream == case for value in _values(texts)} for case in (one, other)
    }
    shared = values[one] & values[other]
    days = {value for value in shared if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)}

    assert shared - days <= public
    everything = " ".join(" ".join(map(str, row)) for row in rows) + " ".join(key for (key,) in keys)
    assert str(birth.life_event) not in everything
    assert birth.life_event.hex not in everything
    in_hashes = [set(re.findall(r"[0-9a-f]{32}", key)) for (key,) in keys]
    assert len(in_hashes) == 2
    assert not in_hashes[0] & in_hashes[1]


def _values(texts: list[str]) -> set[str]:
    """Return every text of a row and of its parts, and every number that could tell something."""
    found = set[str]()
    for text in texts:
        found |= set(re.findall(r'"((?:[^"\\]|\\.)*)"', text))
        found |= set(re.findall(r"(?<![\w.-])\d{3,}(?![\w.-])", text))
    return found


def test_two_parts_are_never_asked_for_at_the_same_instant(run: Run) -> None:
    async def scenario(window: Window) -> None:
        now = window.clock()
        stands_still = window._replace(clock=lambda: now)
        birth = await born(stands_still, LEYLA)

        assert len({case.since for case in birth.cases}) == 2

    run(scenario)


def test_an_auditor_finds_nothing_wrong_with_life_events_whatever_was_withdrawn_since(
    run: Run, postgres: EmbeddedPostgres, ledger_database: str
) -> None:
    async def scenario(window: Window) -> None:
        await born(window, LEYLA)
        for slug in ("name", "allowance", "birth"):
            await change_catalogue(window, COORDINATOR, ServiceWithdrawal(), slug)

    run(scenario)
    reader = postgres.ledger_url("pencere_reader", ledger_database)
    checked = check_ledger(reader, Against(), here, lambda _done, _total: None)
    assert [found for found in checked.findings if found.check != "checkpoint"] == []


def test_an_auditor_finds_a_case_of_a_life_event_and_one_that_opens_what_never_held(
    run: Run, postgres: EmbeddedPostgres, ledger_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(window: Window) -> None:
        with monkeypatch.context() as bribed:
            bribed.setattr("domain.case.decisions.SUBMISSION_RULES", ())
            await submit(window, LEYLA, Submission(service="birth"), "internet", None)
        with monkeypatch.context() as bribed:
            bribed.setattr("domain.service.decisions.PUBLICATION_RULES", ())
            draft = SERVICE.model_copy(update={"slug": "draft", "agency": "fund"})
            await change_catalogue(window, COORDINATOR, ServiceDraft(definition=draft))
            await publish(window, BIRTH.model_copy(update={"slug": "adoption", "opens": ("draft",)}))

    run(scenario)
    reader = postgres.ledger_url("pencere_reader", ledger_database)
    checked = check_ledger(reader, Against(), here, lambda _done, _total: None)
    told = " ".join(str(found) for found in checked.findings)
    assert "service-is-a-life-event" in told
    assert "opened-service-not-in-force" in told


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
