"""A request for a life event that is repeated, dies, or is overtaken makes each case once."""

from datetime import timedelta

import pytest

from application.cases.case_commands import change_case
from application.cases.erasure import erase_person
from application.cases.prevention import sweep_orphans
from application.cases.requests import Withdrawal
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import ServiceDraft, ServicePublication, ServiceWithdrawal
from application.life_events.reading import LifeEvent, own_life_event
from application.life_events.requests import LifeEventRequest
from application.window import Window
from domain.service.refusals import ServiceNotPublished
from ledger.refusals import KeyReusedError
from tests.application.life_events.nursery import BIRTH, NAME, PARTS, born, publish
from tests.application.life_events.scenarios import LEYLA, MURAD, Run, life_events, submitted_cases, with_parts
from tests.application.stepping import Stepped
from tests.application.town import COORDINATOR, ISSUER, citizen


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
        await process.go(steps)
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
            await process.go(steps)
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
        await process.until(lambda: submitted_cases(window))
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
        await process.until(lambda: submitted_cases(window))
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
        await process.go(before)
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
