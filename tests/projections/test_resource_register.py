"""The register is what a plain fold of its events says, now and as of every position."""

from collections import Counter
from datetime import datetime, timedelta

from application.identity import register_stream
from domain.register.events import ResourceIntegrated, ResourceRetired
from domain.register.evolving import evolve
from domain.register.state import RegisterState
from domain.service.events import HeldElementsAsked
from projections.as_of import LATEST, Then
from projections.resource_register.types import Violation
from projections.views import Views
from tests.domain.town import AT
from tests.projections.lived import Lived, Told
from tests.projections.register_oracle import Known, known, step_by_step
from tests.projections.test_catalogue import expected_versions, moments, told_of


def told_by(lived: Lived, upto: int = LATEST) -> list[Told]:
    """Return the events of the register up to a position."""
    return [each for each in lived.told if each.entry.stream == register_stream() and each.decoded.position <= upto]


async def check(views: Views, expected: Known, position: int) -> None:
    """Compare everything that the view answers about a position."""
    register = views.resource_register
    assert await register.elements(position=position) == expected.elements_now()
    assert await register.resources(position=position) == expected.resources_now()
    assert await register.grants(position=position) == expected.grants_now()
    for resource in expected.resources_now():
        assert await register.resource(resource.slug, position) == resource
        assert await register.record(resource, position) == expected.record(resource.slug)
    for element in expected.elements_now():
        assert await register.element(element.name, position) == element
    for days in (-20, 0, 5, 90):
        at = AT + timedelta(days=days)
        document = await register.register(at, position)
        assert document.coordinator == expected.coordinator(at)
        assert document.namings == expected.namings[::-1][:100]
        assert (document.rules, document.rules_set_at) == (expected.rules, expected.rules_set_at)


def test_the_register_as_of_every_position_is_that_of_the_events_up_to_it(registering: Lived) -> None:
    events = told_by(registering)
    statuses: set[str] = set()

    async def scenario(views: Views) -> None:
        for number in range(0, len(events) + 1, 2):
            position = events[number - 1].decoded.position if number else 0
            expected = known(events[:number])
            await check(views, expected, position)
            if number < len(events):  # until the register's next event, whatever happens elsewhere
                await check(views, expected, events[number].decoded.position - 1)
            statuses.update(each.status for each in expected.resources_now())
        await check(views, known(events), LATEST)

    registering.reads(scenario)
    assert len(events) > 150
    assert len(statuses) == 8, "no status is left untried"


def test_the_view_and_the_domain_agree_on_who_holds_what_after_every_event(registering: Lived) -> None:
    shared: Counter[int] = Counter()

    async def scenario(views: Views) -> None:
        register = views.resource_register
        state: RegisterState | None = None
        for event in told_by(registering):
            state = evolve(state, event.event)
            position = event.decoded.position
            elements = {each.name: each for each in await register.elements(position=position, limit=500)}
            assert elements.keys() == set(state.elements)
            for name, element in elements.items():
                holding = state.holding.get(name, ())
                assert element.holder == state.holder_of(name)
                assert tuple(element.shared_by) == holding[1:]
                assert tuple(element.answered_by) == state.answering.get(name, ())
                assert element.definition == state.elements[name]
                shared[len(holding)] += 1
            resources = await register.resources(position=position, limit=500)
            assert {each.slug: each.status for each in resources} == {
                slug: known.status.value for slug, known in state.resources.items()
            }
            grants = await register.grants(position=position, limit=500)
            assert {each.name: each.status for each in grants} == {
                name: known.status.value for name, known in state.grants.items()
            }

    registering.reads(scenario)
    assert shared.keys() >= {0, 1, 2}, "some elements have no holder, some one, and some are shared"
    assert any(isinstance(each.event, ResourceRetired) and each.event.successor for each in told_by(registering))


def test_an_element_has_one_holder_and_only_while_that_describes_it(registering: Lived) -> None:
    events = told_by(registering)
    changed: Counter[str | None] = Counter()

    async def scenario(views: Views) -> None:
        for event in events[::3]:
            position = event.decoded.position
            resources = {each.slug: each for each in await views.resource_register.resources(position=position)}
            for element in await views.resource_register.elements(position=position):
                changed[element.holder] += 1
                if element.holder is not None:
                    holder = resources[element.holder]
                    assert element.name in holder.description.elements
                    assert holder.status in {"approved", "use_asked", "in_use", "integrated"}

    registering.reads(scenario)
    assert len(changed) > 3


def test_grants_are_found_by_their_agency_and_their_resource_then_and_now(registering: Lived) -> None:
    found: Counter[str] = Counter()

    async def scenario(views: Views) -> None:
        register = views.resource_register
        for position in [each.decoded.position for each in told_by(registering)[::7]]:
            every = known(told_by(registering, position)).grants_now()
            for agency in registering.agencies:
                assert await register.grants(position=position, agency=agency) == [
                    grant for grant in every if grant.agency == agency
                ]
                found.update(grant.status for grant in every)
            for resource in {grant.resource for grant in every}:
                own = [grant for grant in every if grant.resource == resource]
                assert await register.grants(position=position, resource=resource) == own
                both = [grant for grant in own if grant.agency == "harbour"]
                assert await register.grants(position=position, resource=resource, agency="harbour") == both

    registering.reads(scenario)
    assert found.keys() == {"asked", "given", "refused", "ended"}


def test_pages_have_everything_once(registering: Lived) -> None:
    async def scenario(views: Views) -> None:
        register = views.resource_register
        everything = known(told_by(registering))
        names: list[str] = []
        while page := await register.resources(after=names[-1] if names else "", limit=2):
            names += [each.slug for each in page]
        assert names == sorted(everything.resources)
        names = []
        while some := await register.elements(after=names[-1] if names else "", limit=2):
            names += [each.name for each in some]
        assert names == sorted(everything.elements)
        names = []
        while few := await register.grants(after=names[-1] if names else "", limit=1):
            names += [each.name for each in few]
        assert names == sorted(everything.grants)

    registering.reads(scenario)


def expected_violations(lived: Lived, then: Then) -> list[Violation]:
    """Return what the services in force ask for though a resource answers it, from the events alone."""
    register, answering = known(told_by(lived, then.position)), answering_since(lived, then.position)
    found = []
    for slug in lived.services:
        in_force = [each for each in expected_versions(lived, slug, then) if each.version == each.published]
        for service in in_force:
            for resource in sorted(register.resources):
                held = sorted(set(service.definition.questions_by_element) & set(register.answers(resource)))
                if held:
                    duties = [
                        told.event.publish_by
                        for told in told_of(lived, slug, then.position)
                        if isinstance(told.event, HeldElementsAsked)
                        and (told.event.version, told.event.resource) == (service.version, resource)
                    ]
                    begun = [answering[resource, element] for element in held]
                    assert service.published_at is not None
                    found.append(
                        Violation(
                            service=slug,
                            version=service.version,
                            agency=service.agency,
                            resource=resource,
                            elements=held,
                            since=max(service.published_at, min(begun)),
                            publish_by=duties[-1] if duties else None,
                        )
                    )
    return found


def answering_since(lived: Lived, upto: int) -> dict[tuple[str, str], datetime]:
    """Return when each resource that answers an element at a position has begun to."""
    since: dict[tuple[str, str], datetime] = {}
    for told, register in step_by_step(told_by(lived, upto)):
        now = {(slug, element) for slug in register.resources for element in register.answers(slug)}
        since = {key: since.get(key, told.decoded.envelope.occurred_at) for key in now}
    return since


def beginnings(registering: Lived) -> list[Then]:
    """Return the moments at which a resource began to be asked, before any service was told."""
    begun = [told for told in told_by(registering) if isinstance(told.event, ResourceIntegrated)]
    return [Then(told.decoded.position, told.decoded.envelope.occurred_at) for told in begun[::3]]


def test_violations_are_what_services_in_force_ask_for_though_a_resource_answers_it(registering: Lived) -> None:
    found: Counter[bool] = Counter()

    async def scenario(views: Views) -> None:
        for then in [*moments(registering)[::4], *beginnings(registering)]:
            expected = expected_violations(registering, then)
            assert await views.violations.page(then) == expected
            found.update(each.publish_by is not None for each in expected)
            paged: list[Violation] = []
            while page := await views.violations.page(
                then, after=(paged[-1].service, paged[-1].resource) if paged else ("", ""), limit=1
            ):
                paged += page
            assert paged == expected
            assert await views.violations.page(then, service="permit") == [e for e in expected if e.service == "permit"]

    registering.reads(scenario)
    assert found[False] > 3
    assert found[True] > 0
