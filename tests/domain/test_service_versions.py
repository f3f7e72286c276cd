"""The versions of a service: drafted, published, superseded, withdrawn."""

from typing import Any

import pytest

from domain.envelope import Actor
from domain.event import Event, UnknownEventError
from domain.refusals import Refusal
from domain.service.commands import Command, DraftService, PublishService, WithdrawService
from domain.service.decisions import decide
from domain.service.definition import PublishedService, Question, ServiceDefinition, Step
from domain.service.events import ServiceDrafted, ServicePublished, ServiceSuperseded, ServiceWithdrawn
from domain.service.refusals import (
    AgencyNotRegistered,
    ChoicesMissing,
    ChoicesWithoutChoice,
    DeskNotOfAgency,
    ElementAskedTwice,
    FirstStepMissing,
    NewerVersionAlreadyPublished,
    PrecedingStepUnknown,
    ServiceNamedOtherwise,
    ServiceNotPublished,
    ServiceOfAnotherAgency,
    ServiceUnknown,
    SilentApprovalWithoutTerm,
    StepNamedTwice,
    VersionAlreadyPublished,
    VersionAlreadySuperseded,
    VersionAlreadyWithdrawn,
    VersionNotDrafted,
)
from domain.service.state import ServiceState, VersionStatus, evolve
from tests.domain.town import AT, SERVICE, TODAY, TOWN

COORDINATOR = Actor(role="coordinator", pseudonym="coordinator")
WITHDRAW = WithdrawService(AT, COORDINATOR)


def draft(**changes: Any) -> DraftService:
    return DraftService(AT, COORDINATOR, SERVICE.model_copy(update=changes), TOWN)


def publish(version: int) -> PublishService:
    return PublishService(AT, COORDINATOR, version, TODAY)


def drafted(version: int) -> ServiceDrafted:
    return ServiceDrafted(version=version, definition=SERVICE)


def after(*events: Event) -> ServiceState | None:
    state: ServiceState | None = None
    for event in events:
        state = evolve(state, event)
    return state


ONE, TWO = drafted(1), drafted(2)
FIRST, SECOND = (ServicePublished(version=each, local_date=TODAY, valid_from=TODAY) for each in (1, 2))
SUPERSEDED, WITHDRAWN = ServiceSuperseded(version=1, by=2), ServiceWithdrawn(version=1)


@pytest.mark.parametrize(
    ("past", "command", "expected"),
    [
        ((), draft(), (ONE,)),
        ((ONE,), draft(), (TWO,)),
        ((ONE,), publish(1), (FIRST,)),
        ((ONE, FIRST, TWO), publish(2), (SECOND, SUPERSEDED)),
        ((ONE, FIRST), WITHDRAW, (WITHDRAWN,)),
        ((ONE, FIRST, WITHDRAWN, TWO), publish(2), (SECOND,)),
    ],
)
def test_versions_are_drafted_published_superseded_and_withdrawn(
    past: tuple[Event, ...], command: Command, expected: tuple[Event, ...]
) -> None:
    assert decide(command, after(*past)) == expected


@pytest.mark.parametrize(
    ("past", "command", "expected"),
    [
        ((), publish(1), ServiceUnknown),
        ((), WITHDRAW, ServiceUnknown),
        ((ONE,), publish(2), VersionNotDrafted),
        ((ONE,), WITHDRAW, ServiceNotPublished),
        ((ONE, FIRST), publish(1), VersionAlreadyPublished),
        ((ONE, FIRST, TWO, SECOND, SUPERSEDED), publish(1), VersionAlreadySuperseded),
        ((ONE, FIRST, WITHDRAWN), publish(1), VersionAlreadyWithdrawn),
        ((ONE, FIRST, WITHDRAWN), WITHDRAW, ServiceNotPublished),
        ((ONE, TWO, SECOND), publish(1), NewerVersionAlreadyPublished),
    ],
)
def test_versions_never_go_back(past: tuple[Event, ...], command: Command, expected: type[Refusal]) -> None:
    with pytest.raises(expected):
        decide(command, after(*past))


def step(name: str, *, first: bool = False, may_follow: tuple[str, ...] = ()) -> Step:
    return Step(name=name, label={"en": name}, first=first, may_follow=may_follow)


AREA = Question(element="plot.area", label={"en": "Area"}, type="number")
CHOICE = Question(element="plot.kind", label={"en": "Kind"}, type="choice")


@pytest.mark.parametrize(
    ("changes", "expected", "field"),
    [
        ({"agency": "village"}, AgencyNotRegistered, "definition.agency"),
        ({"slug": "other"}, ServiceNamedOtherwise, "definition.slug"),
        ({"desk": "attic"}, DeskNotOfAgency, "definition.desk"),
        ({"steps": (step("a", first=True), step("a"))}, StepNamedTwice, "definition.steps"),
        ({"steps": (step("a"),)}, FirstStepMissing, "definition.steps"),
        (
            {"steps": (step("a", first=True), step("b", may_follow=("c",)))},
            PrecedingStepUnknown,
            "definition.steps.1.mayFollow",
        ),
        ({"questions": (AREA, AREA)}, ElementAskedTwice, "definition.questions"),
        ({"questions": (AREA, CHOICE)}, ChoicesMissing, "definition.questions.1.choices"),
        (
            {"questions": (CHOICE.model_copy(update={"choices": ("a", "a")}),)},
            ChoicesMissing,
            "definition.questions.0.choices",
        ),
        (
            {"questions": (AREA.model_copy(update={"choices": ("a",)}),)},
            ChoicesWithoutChoice,
            "definition.questions.0.choices",
        ),
        ({"silent_approval": True, "term": None}, SilentApprovalWithoutTerm, "definition.term"),
    ],
)
def test_a_definition_that_could_not_work_is_refused(
    changes: dict[str, Any], expected: type[Refusal], field: str
) -> None:
    with pytest.raises(expected) as caught:
        decide(draft(**changes), after(ONE))

    assert caught.value.field == field


def test_a_service_keeps_its_owner() -> None:
    village = DraftService(
        AT,
        COORDINATOR,
        SERVICE.model_copy(update={"agency": "village"}),
        type(TOWN)("village", {"en": "Village"}, "Asia/Baku", ("front",)),
    )

    with pytest.raises(ServiceOfAnotherAgency):
        decide(village, after(ONE))


def test_the_published_version_is_what_a_submission_gets() -> None:
    state = after(ONE, FIRST, TWO, SUPERSEDED, SECOND)

    assert state is not None
    assert state.published == PublishedService(SERVICE, 2)
    assert [version.status for version in state.versions.values()] == [
        VersionStatus.SUPERSEDED,
        VersionStatus.PUBLISHED,
    ]


@pytest.mark.parametrize("past", [(ONE,), (ONE, FIRST, WITHDRAWN)])
def test_what_is_not_published_cannot_be_asked_for(past: tuple[Event, ...]) -> None:
    state = after(*past)

    assert state is not None
    with pytest.raises(ServiceNotPublished):
        _ = state.published


@pytest.mark.parametrize("event", [FIRST, SUPERSEDED, WITHDRAWN])
def test_nothing_happens_to_a_service_before_its_draft(event: Event) -> None:
    with pytest.raises(UnknownEventError):
        evolve(None, event)


def test_a_definition_is_read_in_both_spellings_and_stored_in_one() -> None:
    stored = SERVICE.model_dump(mode="json")

    assert "legal_basis" in stored
    assert ServiceDefinition.model_validate(stored) == SERVICE
    assert ServiceDefinition.model_validate(SERVICE.model_dump(mode="json", by_alias=True)) == SERVICE
