"""What the rules of the register do not allow is found in a ledger, whoever signed it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from application.identity import register_stream
from domain.envelope import COORDINATOR, Actor
from domain.event import Event
from domain.register import events
from domain.service.events import EvidenceSourceLost, HeldElementsAsked, ServiceDrafted, ServicePublished
from tests.domain.register_town import (
    BEGUN,
    BIRTH,
    LATER,
    NUMBER,
    THE_MINISTRY,
    WHY,
    ask_for_grant,
    coordinating,
    description,
    element,
    established,
    give_grant,
    integrated,
    integration,
    name,
    system,
    used,
)
from tests.domain.town import AT, SERVICE, TODAY
from tests.verifying.made import MadeLedger

POPULATION, PERMIT = "population-register", SERVICE.slug
REACTION = Actor(role="window", pseudonym="reaction")
PASSES = name("village", LATER.date(), by=THE_MINISTRY)
MINUTES = timedelta(minutes=6)
DEFINED = events.ElementsDefined(elements=(element("other.one"),))


def named(agency: str, day: date, begins_at: datetime) -> events.CoordinatorNamed:
    return events.CoordinatorNamed(agency=agency, from_date=day, begins_at=begins_at, act="Decree 2")


def published(version: int, register_version: int, day: date = TODAY) -> ServicePublished:
    return ServicePublished(version=version, local_date=day, valid_from=day, register_version=register_version)


def told(register_version: int, kind: type[HeldElementsAsked | EvidenceSourceLost] = HeldElementsAsked) -> Event:
    return kind(
        version=1,
        resource=POPULATION,
        elements=(BIRTH,),
        local_date=TODAY,
        publish_by=TODAY + timedelta(days=30),
        register_version=register_version,
    )


def drafted() -> MadeLedger:
    """A register begun, and a draft of the town's permit."""
    return MadeLedger().honest(*BEGUN).of_service(PERMIT, THE_MINISTRY, ServiceDrafted(version=1, definition=SERVICE))


def test_a_ledger_that_was_made_honestly_is_sound() -> None:
    made = MadeLedger().honest(*BEGUN, *integrated(), ask_for_grant(), give_grant(), PASSES)

    assert made.findings == []


@pytest.mark.parametrize(
    ("actor", "at"),
    [
        (COORDINATOR, AT),
        (COORDINATOR, AT + MINUTES),
        (coordinating("village"), AT),
        (coordinating("village"), LATER.replace(hour=0, minute=0) - timedelta(hours=2)),
        (THE_MINISTRY, LATER),
        (system("ministry"), AT),
    ],
)
def test_an_act_of_an_agency_that_was_not_the_coordinator_then_is_found(actor: Actor, at: datetime) -> None:
    says = MadeLedger().honest(*BEGUN, PASSES).of_register(actor, DEFINED, at=at).accused()

    assert "not-the-coordinator" in says


@pytest.mark.parametrize(
    ("actor", "at", "found"),
    [
        (THE_MINISTRY, AT, False),
        (coordinating("village"), LATER, False),
        (THE_MINISTRY, LATER, True),
        (coordinating("village"), AT, True),
        (COORDINATOR, AT, False),  # at the moment of the first naming, somebody may not have known
        (COORDINATOR, AT + MINUTES, True),
    ],
)
def test_a_draft_by_an_agency_that_was_not_the_coordinator_then_is_found(
    actor: Actor, at: datetime, *, found: bool
) -> None:
    made = MadeLedger().honest(*BEGUN, PASSES)
    made.of_service(PERMIT, actor, ServiceDrafted(version=1, definition=SERVICE), at=at)

    assert bool(made.findings) == found
    if found:
        assert "another agency was the coordinator at that time" in made.accused()


@pytest.mark.parametrize("actor", [system("town"), Actor(role="window", pseudonym="desk")])
def test_a_draft_by_somebody_who_is_no_coordinator_is_found(actor: Actor) -> None:
    made = MadeLedger().of_service(PERMIT, actor, ServiceDrafted(version=1, definition=SERVICE))

    assert "only the coordinator writes the catalogue" in made.accused()


@pytest.mark.parametrize(
    ("day", "begins_at"),
    [
        (date(2027, 1, 1), datetime(2026, 12, 31, 7, 59, tzinfo=UTC)),
        (date(2027, 1, 1), datetime(2027, 1, 1, 16, 1, tzinfo=UTC)),
        (date(2027, 1, 1), datetime(2028, 1, 1, tzinfo=UTC)),
        (date(9999, 12, 31), datetime(2027, 1, 1, tzinfo=UTC)),
        (date(1, 1, 1), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_coordinator_who_begins_at_no_beginning_of_the_day_is_found(day: date, begins_at: datetime) -> None:
    says = MadeLedger().honest(name()).of_register(THE_MINISTRY, named("village", day, begins_at)).accused()

    assert "began in no time zone" in says


def test_a_first_coordinator_who_begins_before_the_day_that_the_act_says_is_found() -> None:
    says = MadeLedger().of_register(COORDINATOR, named("ministry", date(2030, 1, 1), AT)).accused()

    assert "began in no time zone" in says


def test_a_publication_by_a_register_that_changed_minutes_ago_is_found_and_seconds_ago_is_not() -> None:
    for since, is_found in ((timedelta(seconds=9), False), (MINUTES, True)):
        made = drafted()
        before = made.register_version
        made.honest(*established())
        made.of_service(PERMIT, THE_MINISTRY, published(1, before), at=AT + since)
        assert bool(made.findings) == is_found
        if is_found:
            assert "a register that had changed since" in made.accused()


def test_a_publication_without_a_register_where_there_is_one_is_found() -> None:
    made = drafted().of_service(PERMIT, THE_MINISTRY, ServicePublished(version=1), at=AT + MINUTES)

    assert "a register that had changed since" in made.accused()


def test_a_publication_by_a_register_that_was_not_there_yet_is_found() -> None:
    made = drafted()
    made.of_service(PERMIT, THE_MINISTRY, published(1, made.register_version + 1))

    assert "a register that was not there yet" in made.accused()


def test_what_changes_in_the_register_after_a_publication_is_not_held_against_it() -> None:
    made = drafted()
    made.of_service(PERMIT, THE_MINISTRY, published(1, made.register_version), at=AT + MINUTES)
    made.honest(*integrated())  # recorded later, although its clock says earlier

    assert made.findings == []


@pytest.mark.parametrize(
    ("planted", "says"),
    [
        (events.ResourceProposed(description=description("births", BIRTH, owner="village")), "elements-held-elsewhere"),
        (events.ResourceApproved(resource="births"), "does not happen to the register"),
        (events.ResourceIntegrated(resource="births", integration=integration(BIRTH)), "resource-unknown"),
    ],
)
def test_a_resource_beside_the_holder_is_found(planted: Event, says: str) -> None:
    made = MadeLedger().honest(*BEGUN, *established()).of_register(system("village"), planted)

    assert says in made.accused()


def test_an_approval_that_nobody_gave_is_found() -> None:
    made = MadeLedger().honest(*BEGUN, *used()[:1])
    made.of_register(system("town"), events.ResourceApproved(resource=POPULATION))

    assert "a register.resource_approved does not happen to the register" in made.accused()


def test_a_verdict_without_the_approval_that_follows_from_it_is_found() -> None:
    verdict = events.ResourceJudged(
        resource=POPULATION, approval="establish", body="ministry", verdict="positive", reasons=WHY
    )
    made = MadeLedger().honest(*BEGUN, *used()[:1]).of_register(THE_MINISTRY, verdict)

    assert made.findings == [], "it may be the end of what is stored"
    made.of_register(THE_MINISTRY, DEFINED)
    assert "a register.resource_approved is due here" in made.accused()


def test_a_verdict_in_the_name_of_another_body_is_found() -> None:
    verdict = events.ResourceJudged(
        resource=POPULATION, approval="establish", body="village", verdict="positive", reasons=WHY
    )
    made = MadeLedger().honest(*BEGUN, *used()[:1]).of_register(THE_MINISTRY, verdict)

    assert "body is not what the rules give" in made.accused()


def test_a_grant_asked_for_in_the_name_of_another_agency_is_found() -> None:
    asked = events.GrantAsked(
        grant="births", agency="village", resource=POPULATION, elements=(BIRTH,), purpose=WHY, legal_basis="Act 3"
    )
    made = MadeLedger().honest(*BEGUN, *established()).of_register(system("town"), asked)

    assert "not-the-grantee" in made.accused()


def test_a_grant_given_by_somebody_else_than_the_owner_is_found() -> None:
    made = MadeLedger().honest(*BEGUN, *established(), ask_for_grant())
    made.of_register(system("village"), events.GrantGiven(grant="births"))

    assert "not-the-owner" in made.accused()


def telling() -> MadeLedger:
    """A published permit that asks for what has been integrated since."""
    made = drafted()
    made.of_service(PERMIT, THE_MINISTRY, published(1, made.register_version))
    return made.honest(*integrated())


def cause_in(made: MadeLedger) -> str:
    return f"{register_stream()}:{made.register_version}"


def test_what_the_window_tells_a_service_is_sound() -> None:
    made = telling()
    made.of_service(PERMIT, REACTION, told(made.register_version), cause=cause_in(made))

    assert made.findings == []


def test_what_the_window_tells_a_service_without_a_cause_is_found() -> None:
    made = telling()
    made.of_service(PERMIT, REACTION, told(made.register_version))

    assert "no cause explains what the window did" in made.accused()


def test_what_the_window_tells_a_service_because_of_something_else_is_found() -> None:
    made = telling()
    made.of_service(PERMIT, REACTION, told(made.register_version), cause=f"{'0' * 8}-0000-4000-8000-{'0' * 12}:1")

    assert "its cause does not explain what the window did" in " ".join(each.says for each in made.findings)


@pytest.mark.parametrize("actor", [THE_MINISTRY, system("town")])
def test_what_somebody_else_tells_a_service_is_found(actor: Actor) -> None:
    made = telling()
    made.of_service(PERMIT, actor, told(made.register_version))

    assert "not-the-window" in made.accused()


def test_what_is_told_though_nothing_has_changed_is_found() -> None:
    made = telling()
    made.of_service(PERMIT, REACTION, told(made.register_version), cause=cause_in(made))
    made.of_service(PERMIT, REACTION, told(made.register_version), cause=cause_in(made))

    assert "nothing-to-tell-the-service" in made.accused()


def test_a_source_that_is_said_to_be_lost_and_is_not_is_found() -> None:
    made = telling()
    made.of_service(PERMIT, REACTION, told(made.register_version, EvidenceSourceLost), cause=cause_in(made))

    assert "a service.held_elements_asked is due here" in made.accused()


def test_an_act_on_the_last_of_all_days_ends_no_audit() -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    asked = events.ResourceUseAsked(resource=POPULATION, audited_on=TODAY)
    made = MadeLedger().honest(*BEGUN, *established()).of_register(system("town"), asked, at=last)

    assert made.findings == []


def test_an_element_twice_in_a_proposal_is_found() -> None:
    planted = events.ResourceProposed(description=description(POPULATION, NUMBER, NUMBER))

    assert "element-named-twice" in MadeLedger().honest(*BEGUN).of_register(system("town"), planted).accused()
