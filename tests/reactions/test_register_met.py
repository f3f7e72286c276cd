"""Agencies are told, once, of what a register answers and their service asks for, and of what it answers no more."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from application.access.callers import Caller, Role
from application.catalogue.changes import change_catalogue
from application.catalogue.register_requests import (
    CoordinatorNaming,
    ElementsDefinition,
    GrantAgreement,
    GrantRequest,
    ResourceIntegration,
    ResourceJudgement,
    ResourceProposal,
    ResourceRetirement,
    UseRequest,
)
from application.catalogue.requests import ServiceDraft, ServicePublication
from application.identity import register_stream, service_stream
from application.request_document import RequestDocument
from consumers.reacting import ReactionHost
from consumers.reaction_table import all_reactions
from domain.case.deadlines import local_date
from domain.envelope import Actor
from domain.register.events import Approval
from domain.register.values import DataElement
from domain.service.definition import EvidenceNeed, Question
from domain.service.events import EvidenceSourceLost, HeldElementsAsked
from domain.service.state import evolve
from projections.as_of import Then, now
from reactions.reaction import key_of
from reactions.register_met import REGISTER_MET, RegisterNow, due
from tests.application.town import COORDINATOR, ISSUER, SERVICE
from tests.domain.register_examples import INTEGRATION, POPULATION
from tests.domain.register_town import BEGUN, BIRTH, integrated, register_after
from tests.domain.test_services_and_the_register import draft, publish, service_after
from tests.domain.town import AT
from tests.domain.town import SERVICE as PERMIT
from tests.projections.lived import all_entries
from tests.reactions.conftest import InTown, Town, until
from tests.reactions.test_faults import Stop, either
from tests.verifying.test_legality import found_in

THE_TOWN = Caller(ISSUER, "system", Role.AGENCY, "town")
COORDINATING = COORDINATOR._replace(agency="town")
WHY = {"en": "So it is."}
WINDOW = Actor(role="window", pseudonym="reaction")


def host_of(town: Town) -> ReactionHost:
    reactions = all_reactions(town.window, town.views)
    return ReactionHost(town.where.projector, town.window, reactions, every=0.05, sources=town.sources)


async def begins(town: Town, *elements: str) -> None:
    """Let the town coordinate, and define these elements."""
    today = local_date(town.clock.at, "Asia/Baku")
    naming = CoordinatorNaming(agency="town", from_date=today, act="Decree 1")
    await change_catalogue(town.window, COORDINATOR, naming)
    await defines(town, "person.number", *elements)


async def defines(town: Town, *elements: str) -> None:
    defined = tuple(
        DataElement(name=name, type="text", title={"en": name}, identifies_person=name == "person.number")
        for name in elements
    )
    await change_catalogue(town.window, COORDINATING, ElementsDefinition(elements=defined))


async def integrates(town: Town, resource: str, *elements: str) -> None:
    """Take a resource of the town from its proposal to its integration."""
    today = local_date(town.clock.at, "Asia/Baku")
    described = POPULATION.model_copy(update={"slug": resource, "elements": elements})
    asked = INTEGRATION.model_copy(
        update={"elements": elements, "identifier": "person.number", "transport": "kafka", "endpoint": None}
    )

    def judged(approval: Approval) -> ResourceJudgement:
        return ResourceJudgement(approval=approval, verdict="positive", reasons=WHY)

    steps: Sequence[tuple[Caller, RequestDocument]] = [
        (THE_TOWN, ResourceProposal(description=described)),
        (COORDINATING, judged("establish")),
        (THE_TOWN, UseRequest(audited_on=today)),
        (COORDINATING, judged("take_into_use")),
        (THE_TOWN, ResourceIntegration(integration=asked)),
    ]
    for caller, document in steps:
        await change_catalogue(town.window, caller, document, resource)


async def publishes(town: Town, slug: str, *elements: str, evidence: tuple[EvidenceNeed, ...] = ()) -> None:
    """Draft and publish a service that asks for these elements."""
    questions = tuple(Question(element=name, label={"en": name}, type="text") for name in elements)
    definition = SERVICE.model_copy(update={"slug": slug, "questions": questions, "evidence": evidence})
    version = await change_catalogue(town.window, COORDINATING, ServiceDraft(definition=definition))
    published = ServicePublication(version=version.service_version or 1)
    await change_catalogue(town.window, COORDINATING, published, slug)


async def told(town: Town, slug: str) -> list[HeldElementsAsked | EvidenceSourceLost]:
    """Return what the service's agency was told of the register."""
    events = [each.event for each in await town.told(service_stream(slug))]
    return [each for each in events if isinstance(each, HeldElementsAsked | EvidenceSourceLost)]


async def was_told(town: Town, *slugs: str, times: int = 1) -> bool:
    return all([len(await told(town, slug)) >= times for slug in slugs])


async def looks_again(town: Town) -> None:
    """Return when a whole look has found nothing to tell."""
    to_tell = next(each for each in all_reactions(town.window, town.views).of_time if each.reaction is REGISTER_MET)
    streams, cursor = await to_tell.pages(None)
    assert streams == []
    while cursor is not None:
        streams, cursor = await to_tell.pages(cursor)
        assert streams == []


async def findings(town: Town) -> object:
    """Return what an auditor finds in the whole ledger."""
    return found_in(list(await all_entries(town.where.writer)))


def test_a_resource_that_is_integrated_later_is_told_to_the_agencies_of_all_services_that_ask_once(
    in_town: InTown[None],
) -> None:
    async def scenario(town: Town) -> None:
        await begins(town, "person.name", "person.kin")
        await publishes(town, "passport", "person.name", "person.kin")
        await publishes(town, "berth", "person.kin")
        await integrates(town, "names", "person.number", "person.name")
        async with host_of(town).running():
            await until(lambda: was_told(town, "permit", "passport"))
            await town.catches_up()
            await looks_again(town)
        register = await town.window.catalogue.register()
        today = local_date(town.clock.at, "Asia/Baku")
        for slug in ("permit", "passport"):
            assert await told(town, slug) == [
                HeldElementsAsked(
                    version=1,
                    resource="names",
                    elements=("person.name",),
                    local_date=today,
                    publish_by=today + timedelta(days=30),
                    register_version=register.version,
                )
            ]
            one = (await town.told(service_stream(slug)))[-1]
            assert one.envelope.actor == WINDOW
            assert one.envelope.agencies == ("town",)
            assert one.envelope.causation == f"{register_stream()}:{register.version}"
        assert await told(town, "berth") == []
        await is_shown(town)
        assert await findings(town) == []

    in_town(scenario)


async def is_shown(town: Town) -> None:
    """Check the agency's feed, the catalogue and the list of violations."""
    feed = await town.views.agency_feed.page("town", 0, 500)
    assert [each.entry.topic for each in feed].count("service.held_elements_asked") == 2
    service = await town.views.catalogue.service("permit", now(town.clock.at))
    assert service is not None
    [duty] = service.duties
    assert (duty.kind, duty.resource, duty.elements) == ("held_elements_asked", "names", ["person.name"])
    violations = await town.views.violations.page(now(town.clock.at))
    assert [(each.service, each.publish_by) for each in violations] == [
        ("passport", duty.publish_by),
        ("permit", duty.publish_by),
    ]


def test_when_the_resource_retires_who_relies_on_it_is_told_and_the_violations_end(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        await begins(town, "person.name", "person.kin")
        await integrates(town, "names", "person.number", "person.name")
        await change_catalogue(
            town.window,
            THE_TOWN,
            GrantRequest(resource="names", elements=("person.name",), purpose=WHY, legal_basis="Law 2"),
            "names-for-town",
        )
        await change_catalogue(town.window, THE_TOWN, GrantAgreement(), "names-for-town")
        need = EvidenceNeed(element="person.name", resource="names", label={"en": "Name"}, type="text")
        await publishes(town, "passport", "person.kin", evidence=(need,))
        async with host_of(town).running():
            await until(lambda: was_told(town, "permit"))
            await change_catalogue(town.window, THE_TOWN, ResourceRetirement(reasons=WHY), "names")
            await until(lambda: was_told(town, "passport"))
            await town.catches_up()
            await looks_again(town)
        [lost] = await told(town, "passport")
        assert isinstance(lost, EvidenceSourceLost)
        assert (lost.resource, lost.elements) == ("names", ("person.name",))
        assert len(await told(town, "permit")) == 1
        assert await town.views.violations.page(now(town.clock.at)) == []
        assert await findings(town) == []

    in_town(scenario)


def test_a_version_that_does_not_ask_any_more_is_told_nothing_and_a_second_resource_is_told_too(
    in_town: InTown[None],
) -> None:
    async def scenario(town: Town) -> None:
        await begins(town, "person.name", "person.kin", "person.phone")
        await publishes(town, "passport", "person.name", "person.kin", "person.phone")
        async with host_of(town).running():
            await integrates(town, "names", "person.number", "person.name")
            await until(lambda: was_told(town, "passport"))
            await publishes(town, "passport", "person.kin", "person.phone")
            await integrates(town, "families", "person.kin")
            await until(lambda: was_told(town, "passport", times=2))
            await town.catches_up()
            await looks_again(town)
        first, second = await told(town, "passport")
        assert isinstance(first, HeldElementsAsked)
        assert isinstance(second, HeldElementsAsked)
        assert (first.version, first.resource) == (1, "names")
        assert (second.version, second.resource, second.elements) == (2, "families", ("person.kin",))
        service = await town.views.catalogue.service("passport", now(town.clock.at))
        assert service is not None
        assert [each.resource for each in service.duties] == ["families"]
        assert await findings(town) == []

    in_town(scenario)


def test_more_services_than_fit_on_a_page_are_all_told_in_one_look(
    in_town: InTown[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.services_to_tell._AT_ONCE", 3)

    async def scenario(town: Town) -> None:
        await begins(town, "person.name")
        slugs = [f"service-{number}" for number in range(7)]
        for slug in slugs:
            await publishes(town, slug, "person.name")
        await integrates(town, "names", "person.number", "person.name")
        host = host_of(town)
        host._every = 3600.0  # one look, and no other
        async with host.running():
            await until(lambda: was_told(town, *slugs, "permit"))

    in_town(scenario)


def test_a_look_at_what_has_not_changed_asks_the_views_for_no_service(in_town: InTown[None]) -> None:
    async def scenario(town: Town) -> None:
        asked: list[str] = []
        page = town.views.untold.page

        async def counted(then: Then, *, after: str = "", limit: int = 500) -> tuple[list[UUID], str | None]:
            asked.append(after)
            return await page(then, after=after, limit=limit)

        town.views.untold.page = counted  # type: ignore[method-assign]
        timed = next(each for each in all_reactions(town.window, town.views).of_time if each.reaction is REGISTER_MET)

        async def looks() -> int:
            before, (_, cursor) = len(asked), await timed.pages(None)
            while cursor is not None:
                _, cursor = await timed.pages(cursor)
            return len(asked) - before

        assert await looks() == 0, "there is no register"
        await begins(town, "person.name", "person.kin")
        assert await looks() > 0
        assert await looks() == 0, "nothing has changed"
        await publishes(town, "passport", "person.kin")
        await town.catches_up()
        assert await looks() > 0, "it may have been judged by an older register"
        assert await looks() == 0
        await integrates(town, "names", "person.number", "person.name")
        for _ in range(3):
            assert await looks() > 0, "somebody is to be told, until they are"

    in_town(scenario)


def test_what_was_told_is_not_due_again_and_no_two_services_share_the_key_of_a_command() -> None:
    register = register_after(*BEGUN, *integrated())
    service = service_after(draft(PERMIT), publish())
    at_register = RegisterNow(register, register_stream(), 9, "Asia/Baku")
    one, other = UUID(int=1), UUID(int=2)
    assert due(one, service, at_register._replace(register=None), AT) == ()
    [first], [second] = due(one, service, at_register, AT), due(other, service, at_register, AT)

    assert first.cause == second.cause == f"{register_stream()}:9"
    keys = {key_of(REGISTER_MET.name, each.cause, 0, each.about) for each in (first, second)}
    assert len(keys) == 2
    later = service_after(draft(PERMIT), publish(), draft(PERMIT), publish(version=2))
    [third] = due(one, later, at_register, AT)
    assert key_of(REGISTER_MET.name, third.cause, 0, third.about) not in keys, "a later version is told at once too"

    event = HeldElementsAsked(
        version=1,
        resource="population-register",
        elements=(BIRTH,),
        local_date=AT.date(),
        publish_by=AT.date(),
        register_version=9,
    )
    assert due(one, evolve(service, event), at_register, AT) == ()


def test_a_host_that_was_stopped_at_any_step_tells_nobody_again_after_another_one_took_over(
    in_town: InTown[int], end_sessions: Callable[[str], int]
) -> None:
    async def scenario(town: Town) -> int:
        await begins(town)
        at = 2  # the election was won
        while await goes_on_after_another_one(town, Stop(at), end_sessions, at):
            at += 3  # before and after by turns
        assert await findings(town) == []
        return at

    assert in_town(scenario) > 12, "every third question to the databases was a place to be stopped at"


async def goes_on_after_another_one(town: Town, stop: Stop, end_sessions: Callable[[str], int], number: int) -> bool:
    """Stop a host, have another one take over, let the first go on; return False where it was never stopped."""
    slugs, resource = [f"service-{number}-{letter}" for letter in "ab"], f"resource-{number}"
    element, later = f"person.e{number}", f"person.later{number}"
    await defines(town, element, later)
    for slug in slugs:
        await publishes(town, slug, element, later)
    await integrates(town, resource, element)
    await town.catches_up()
    window = town.window._replace(ledger=stop.wrapped(town.window.ledger, "append", "read_stream", "head"))
    host = host_of(town._replace(window=window))
    host._positions = stop.wrapped(host._positions, "elect", "read", "keep")
    async with host.running():
        await until(lambda: either(stop.reached.is_set(), was_told(town, *slugs)))
        if not stop.reached.is_set():
            return False
        await asyncio.to_thread(end_sessions, "pencere reactions")
        async with host_of(town).running():
            await until(lambda: was_told(town, *slugs))
            stop.goes_on.set()
            await integrates(town, f"{resource}-later", later)
            await until(lambda: was_told(town, *slugs, times=2))
            await town.catches_up()
            await looks_again(town)
    for slug in slugs:
        assert [each.resource for each in await told(town, slug)] == [resource, f"{resource}-later"]
    return True
