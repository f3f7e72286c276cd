"""A life event: what it may open, how it is asked for, and that its stage follows those of its cases."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from domain.case.stage import ENDED, Stage
from domain.life_event.refusals import PartMissing, PartUnknown, ServiceIsNoLifeEvent
from domain.life_event.rules import has_its_parts
from domain.life_event.stage import FOLLOWED, StageMove, Standing, stage_of, standing_after
from domain.refusals import Refusal
from domain.service.commands import Command, DraftService, PublishService, WithdrawService
from domain.service.decisions import decide
from domain.service.definition import PublishedService, ServiceDefinition
from domain.service.events import ServicePublished
from domain.service.refusals import OpenedServiceNotInForce, ServiceIsALifeEvent
from domain.service.state import ServiceState, evolve
from tests.domain.given_when_then import given
from tests.domain.register_town import THE_MINISTRY
from tests.domain.town import AT, CASE_ID, SERVICE, TODAY, TOWN, submit

BIRTH = SERVICE.model_copy(
    update={"slug": "birth", "opens": ("name", "allowance"), "questions": (), "steps": (), "term": None}
)
OTHER_CASE = UUID(int=CASE_ID.int + 1)
STAGES = st.sampled_from(Stage)
MOVES = st.lists(st.tuples(st.sampled_from([CASE_ID, OTHER_CASE]), STAGES), min_size=1, max_size=20).map(
    lambda moves: [StageMove(case, stage, AT + timedelta(hours=n)) for n, (case, stage) in enumerate(moves)]
)


def after(*asked: Command) -> ServiceState:
    state: ServiceState | None = None
    for command in asked:
        for event in decide(command, state):
            state = evolve(state, event)
    assert state is not None
    return state


def draft(definition: ServiceDefinition) -> DraftService:
    return DraftService(AT, THE_MINISTRY, definition, TOWN, services=frozenset(definition.opens))


def publish(*opened: str, valid_from: date | None = None) -> PublishService:
    return PublishService(AT, THE_MINISTRY, 1, TODAY, valid_from, opened=frozenset(opened))


def test_a_life_event_is_published_when_each_service_that_it_opens_holds() -> None:
    published = ServicePublished(version=1, local_date=TODAY, valid_from=TODAY)

    assert decide(publish("name", "allowance"), after(draft(BIRTH))) == (published,)


@pytest.mark.parametrize(
    ("opened", "fields"),
    [
        ((), ["definition.opens.0", "definition.opens.1"]),
        (("allowance",), ["definition.opens.0"]),
        (("name", "another"), ["definition.opens.1"]),
    ],
)
def test_a_life_event_whose_services_do_not_hold_is_refused_with_all_of_them(
    opened: tuple[str, ...], fields: list[str]
) -> None:
    with pytest.raises(OpenedServiceNotInForce) as caught:
        decide(publish(*opened), after(draft(BIRTH)))

    assert caught.value.field == "version"
    assert [breach.field for breach in caught.value.breaches] == fields
    assert all("does not hold" in breach.detail for breach in caught.value.breaches)


def test_a_service_may_be_opened_on_a_day_on_which_it_holds_and_is_no_life_event() -> None:
    month = timedelta(days=30)
    later = after(draft(SERVICE), publish(valid_from=TODAY + month))

    assert [later.may_be_opened(TODAY + days) for days in (month - timedelta(days=1), month)] == [False, True]
    assert not after(draft(SERVICE)).may_be_opened(TODAY)
    assert not after(draft(SERVICE), publish(), WithdrawService(AT, THE_MINISTRY)).may_be_opened(TODAY)
    assert not after(draft(BIRTH), publish("name", "allowance")).may_be_opened(TODAY)


def test_a_life_event_is_no_case() -> None:
    given().when(submit(service=PublishedService(BIRTH, 1), answers={})).then(ServiceIsALifeEvent, field="service")
    given().when(submit(service=PublishedService(BIRTH, 1), origin="import")).then(ServiceIsALifeEvent, field="service")


@pytest.mark.parametrize(
    ("definition", "parts", "expected", "fields"),
    [
        (SERVICE, {"name"}, ServiceIsNoLifeEvent, []),
        (BIRTH, {"name"}, PartMissing, ["parts.allowance"]),
        (BIRTH, {"allowance"}, PartMissing, ["parts.name"]),
        (BIRTH, set(), PartMissing, ["parts.name", "parts.allowance"]),
        (BIRTH, {"name", "allowance", "b", "a"}, PartUnknown, ["parts.a", "parts.b"]),
        (BIRTH, {"birth"}, PartUnknown, ["parts.birth"]),
    ],
)
def test_a_life_event_is_asked_for_with_a_part_for_each_of_its_services(
    definition: ServiceDefinition, parts: set[str], expected: type[Refusal], fields: list[str]
) -> None:
    has_its_parts(BIRTH, {"allowance", "name"})
    with pytest.raises(expected) as caught:
        has_its_parts(definition, parts)

    assert caught.type is expected
    assert [breach.field for breach in caught.value.breaches] == fields
    assert caught.value.field == (fields[0] if fields else "service")


def test_every_stage_is_followed() -> None:
    assert sorted(FOLLOWED) == sorted(Stage)


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ([Stage.SUBMITTED, Stage.DECIDED], Stage.SUBMITTED),
        ([Stage.IN_PROGRESS, Stage.DECIDED], Stage.IN_PROGRESS),
        ([Stage.SUBMITTED, Stage.AWAITING_EVIDENCE], Stage.AWAITING_EVIDENCE),
        ([Stage.SUBMITTED, Stage.AWAITING_APPLICANT, Stage.CLOSED], Stage.AWAITING_APPLICANT),
        ([Stage.DECIDED, Stage.DECIDED], Stage.DECIDED),
        ([Stage.DECIDED, Stage.CLOSED], Stage.DECIDED),
        ([Stage.DECIDED, Stage.UNDER_APPEAL], Stage.UNDER_APPEAL),
        ([Stage.DECIDED, Stage.WITHDRAWN], Stage.DECIDED),
        ([Stage.CLOSED, Stage.WITHDRAWN], Stage.CLOSED),
        ([Stage.ARCHIVED, Stage.CLOSED], Stage.CLOSED),
        ([Stage.ARCHIVED, Stage.WITHDRAWN], Stage.ARCHIVED),
        ([Stage.WITHDRAWN, Stage.WITHDRAWN], Stage.WITHDRAWN),
    ],
)
def test_the_stage_follows_the_case_that_has_the_longest_way_to_go(stages: list[Stage], expected: Stage) -> None:
    assert stage_of(stages) is stage_of(stages[::-1]) is expected


@whatever(st.lists(STAGES, min_size=1, max_size=20), st.randoms())
def test_the_stage_is_that_of_one_of_its_cases_in_whatever_order(stages: list[Stage], random: Random) -> None:
    stage = stage_of(stages)
    random.shuffle(shuffled := list(stages))

    assert stage in stages
    assert stage_of(shuffled) is stage_of([*stages, *stages]) is stage


@whatever(st.lists(STAGES, min_size=1, max_size=20))
def test_the_stage_keeps_what_its_name_promises(stages: list[Stage]) -> None:
    stage, those_that_count = stage_of(stages), set(stages) - {Stage.WITHDRAWN}

    assert (stage in ENDED) == (set(stages) <= ENDED)
    assert (stage is Stage.WITHDRAWN) == (not those_that_count)
    assert (stage is Stage.AWAITING_APPLICANT) == (Stage.AWAITING_APPLICANT in stages)
    assert stage is not Stage.DECIDED or those_that_count <= {Stage.DECIDED, *ENDED}
    assert stage is not Stage.CLOSED or set(stages) <= ENDED


@whatever(st.lists(STAGES, min_size=1, max_size=9), st.lists(STAGES, min_size=1, max_size=9))
def test_a_life_event_of_two_halves_stands_where_the_halves_together_stand(
    one: list[Stage], other: list[Stage]
) -> None:
    assert stage_of([*one, *other]) is stage_of([stage_of(one), stage_of(other)])


@whatever(st.lists(STAGES, min_size=1, max_size=9), st.integers(0, 8), STAGES)
def test_a_case_that_comes_further_never_takes_the_life_event_back(
    stages: list[Stage], number: int, further: Stage
) -> None:
    number %= len(stages)
    moved = [*stages]
    moved[number] = max(stages[number], further, key=FOLLOWED.index)

    assert FOLLOWED.index(stage_of(moved)) >= FOLLOWED.index(stage_of(stages))


def test_a_life_event_without_cases_has_no_stage() -> None:
    with pytest.raises(ValueError, match="empty"):
        stage_of([])
    with pytest.raises(ValueError, match="a life event has cases"):
        standing_after([])


def test_the_stage_is_told_with_the_instant_at_which_the_life_event_came_into_it() -> None:
    one, other, hour = CASE_ID, OTHER_CASE, timedelta(hours=1)
    moves = [
        StageMove(one, Stage.SUBMITTED, AT),
        StageMove(other, Stage.SUBMITTED, AT + hour),
        StageMove(one, Stage.IN_PROGRESS, AT + 2 * hour),
        StageMove(one, Stage.DECIDED, AT + 3 * hour),
        StageMove(other, Stage.IN_PROGRESS, AT + 4 * hour),
        StageMove(other, Stage.DECIDED, AT + 5 * hour),
        StageMove(one, Stage.CLOSED, AT + 6 * hour),
    ]

    assert [standing_after(moves[: n + 1]) for n in range(len(moves))] == [
        Standing(Stage.SUBMITTED, AT),
        Standing(Stage.SUBMITTED, AT),
        Standing(Stage.SUBMITTED, AT),
        Standing(Stage.SUBMITTED, AT),
        Standing(Stage.IN_PROGRESS, AT + 4 * hour),
        Standing(Stage.DECIDED, AT + 5 * hour),
        Standing(Stage.DECIDED, AT + 5 * hour),
    ]


@whatever(MOVES)
def test_the_standing_is_that_of_the_last_stages_since_they_gave_it(moves: list[StageMove]) -> None:
    standing = standing_after(moves)
    before = [standing_after(moves[: n + 1]).stage for n in range(len(moves))]
    since = next(n for n in range(len(moves)) if all(stage is standing.stage for stage in before[n:]))

    assert standing.stage is stage_of({move.case_id: move.stage for move in moves}.values())
    assert standing.since == moves[since].at
