"""A process dies before any question to the vault or the ledger: nobody has a right by that; a repeat completes it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple, TypeAlias
from uuid import UUID

import pytest

from application.access.callers import Caller
from application.cases.casework import CaseNotFoundError
from application.cases.reading import open_entry, read_own
from application.cases.submission import submit
from application.idempotency import Idempotency
from application.mandates.answering import accept_mandate, decline_mandate, revoke_mandate
from application.mandates.giving import give_mandate
from application.mandates.joining import leave_case
from application.mandates.listing import own_mandates
from application.mandates.requests import MandateToGive, NamedBy
from application.mandates.streams import MandateNotFoundError
from application.window import Window
from domain.case.refusals import RepresentativeAlreadyAdded
from domain.mandate.refusals import MandateNotAccepted, MandateOver
from tests.application.conftest import OpenWindow
from tests.application.stepping import Stepped
from tests.application.town import open_town, submitted
from tests.mandates.family import (
    LEYLA,
    NUMBER,
    SISTER,
    SISTER_NUMBER,
    accepted,
    asks,
    case_of,
    day,
    gives,
    joins,
    request,
    topics_of,
)

_MOST_STEPS = 40
ONCE = Idempotency("POST /v1/cases", "once", b"")


class World(NamedTuple):
    """A mandate, and a case of its giver's."""

    mandate: UUID
    case_id: UUID


Use: TypeAlias = Callable[[Window, World], Awaitable[object]]
Check: TypeAlias = Callable[[Window, World], Awaitable[None]]


async def dies_everywhere(
    open_window: OpenWindow, prepare: Callable[[Window], Awaitable[World]], use: Use, meanwhile: Check, after: Check
) -> None:
    """Let the use case die before each of its questions in turn, in a world of its own; check, repeat it, and check."""
    async with open_window() as window:
        await open_town(window)
        for steps in range(_MOST_STEPS):
            world = await prepare(window)
            process = Stepped("a process", window, partial(_in, use, world))
            await process.arrived()
            await process.go(steps)
            has_ended = process.has_ended
            await process.die()
            if not has_ended:
                await meanwhile(window, world)
            await use(window, world)
            await after(window, world)
            if has_ended:
                assert steps > 2, "it asks several questions"
                return
    raise AssertionError("it never ended")


async def _in(use: Use, world: World, window: Window) -> object:
    return await use(window, world)


async def may(window: Window, who: Caller, case_id: UUID) -> bool:
    """Return whether somebody may read a case now."""
    try:
        await read_own(window, who, case_id)
    except CaseNotFoundError:
        return False
    return True


async def may_not(window: Window, world: World) -> None:
    assert not await may(window, SISTER, world.case_id)
    assert await may(window, LEYLA, world.case_id)


async def may_now(window: Window, world: World) -> None:
    assert await may(window, SISTER, world.case_id)
    assert len((await case_of(window, world.case_id)).representatives) == 1


async def not_represented(window: Window, world: World) -> None:
    await may_not(window, world)
    assert (await case_of(window, world.case_id)).representatives == frozenset()


async def either_way(window: Window, world: World) -> None:
    assert await may(window, LEYLA, world.case_id)


async def offered(window: Window) -> World:
    return World(await gives(window), (await submitted(window, LEYLA)).case_id)


async def held(window: Window) -> World:
    return World(await accepted(window), (await submitted(window, LEYLA)).case_id)


async def joined(window: Window) -> World:
    world = await held(window)
    await joins(window, SISTER, world.case_id, world.mandate)
    return world


def test_an_acceptance_that_dies_gives_no_right_and_is_completed(open_window: OpenWindow) -> None:
    async def gives_no_right(window: Window, world: World) -> None:
        with pytest.raises((MandateNotFoundError, MandateNotAccepted)):
            await asks(window, SISTER, mandate=world.mandate)

    async def gives_a_right(window: Window, world: World) -> None:
        assert await may(window, SISTER, (await asks(window, SISTER, mandate=world.mandate)).case_id)

    async def accepts(window: Window, world: World) -> object:
        return await accept_mandate(window, SISTER, world.mandate)

    asyncio.run(dies_everywhere(open_window, offered, accepts, gives_no_right, gives_a_right))


def test_a_refusal_that_dies_shows_nobody_what_is_over_and_is_completed(open_window: OpenWindow) -> None:
    async def declines(window: Window, world: World) -> None:
        with suppress(MandateNotFoundError):  # it was completed
            await decline_mandate(window, SISTER, world.mandate)

    async def is_listed_only_while_it_is_offered(window: Window, world: World) -> None:
        seen = (await own_mandates(window, SISTER, None, 50)).items
        listed = world.mandate in {each.mandate for each in seen}
        assert listed == (await topics_of(window, world.mandate) == ["mandate.given"])

    async def is_over(window: Window, world: World) -> None:
        assert (await topics_of(window, world.mandate))[-1] == "mandate.declined"
        assert not (await own_mandates(window, SISTER, None, 50)).items

    asyncio.run(dies_everywhere(open_window, offered, declines, is_listed_only_while_it_is_offered, is_over))


def test_a_joining_that_dies_gives_no_right_and_is_completed(open_window: OpenWindow) -> None:
    async def joins_it(window: Window, world: World) -> None:
        with suppress(RepresentativeAlreadyAdded):
            await joins(window, SISTER, world.case_id, world.mandate)

    async def no_right_without_the_event(window: Window, world: World) -> None:
        has_event = "case.representative_added" in await topics_of(window, world.case_id)
        assert await may(window, SISTER, world.case_id) == has_event

    asyncio.run(dies_everywhere(open_window, held, joins_it, no_right_without_the_event, may_now))


def test_a_leaving_that_dies_is_completed(open_window: OpenWindow) -> None:
    async def leaves(window: Window, world: World) -> None:
        with suppress(CaseNotFoundError):
            await leave_case(window, SISTER, world.case_id)

    asyncio.run(dies_everywhere(open_window, joined, leaves, either_way, not_represented))


def test_a_revocation_that_dies_after_its_event_has_ended_every_right(open_window: OpenWindow) -> None:
    async def revokes(window: Window, world: World) -> None:
        await revoke_mandate(window, LEYLA, world.mandate)

    async def holds_at_once(window: Window, world: World) -> None:
        is_revoked = "mandate.revoked" in await topics_of(window, world.mandate)
        assert await may(window, SISTER, world.case_id) != is_revoked

    async def ended(window: Window, world: World) -> None:
        await not_represented(window, world)
        with pytest.raises(MandateOver):
            await asks(window, SISTER, mandate=world.mandate)

    asyncio.run(dies_everywhere(open_window, joined, revokes, holds_at_once, ended))


def test_a_submission_for_another_that_dies_leaves_one_case_when_it_is_repeated(open_window: OpenWindow) -> None:
    async def submits(window: Window, world: World) -> object:
        once = ONCE._replace(key=str(world.mandate))
        return await submit(window, SISTER, request(mandate=world.mandate), "internet", once)

    async def both_read_it(window: Window, world: World) -> None:
        cases = [
            own.case_id
            for own in await window.vault.keys_of(SISTER.issuer, SISTER.subject)
            if own.role == "representative" and await topics_of(window, own.case_id)
        ]
        of_mandate = [case for case in cases if await _by(window, case) == str(world.mandate)]
        assert len(of_mandate) == 1
        assert await may(window, SISTER, of_mandate[0])
        assert await may(window, LEYLA, of_mandate[0])

    asyncio.run(dies_everywhere(open_window, held, submits, either_way, both_read_it))


async def _by(window: Window, case_id: UUID) -> object:
    """Return the mandate by which a case is represented, as its applicant reads it."""
    reading = await read_own(window, LEYLA, case_id)
    (_, entry) = await window.ledger.read_versions(case_id, 0, 2)
    return open_entry(reading, entry.sealed, case_id, 2).fields["mandate"]


def test_a_giving_that_dies_is_offered_to_nobody_and_is_given_once_when_it_is_repeated(
    open_window: OpenWindow,
) -> None:
    asked = MandateToGive(
        receiver=NamedBy(element=NUMBER, value=SISTER_NUMBER),
        services=("permit",),
        first_day=day(0),
        last_day=day(1),
    )

    async def gives_it(window: Window, world: World) -> object:
        return await give_mandate(window, LEYLA, asked, ONCE._replace(key=str(world.case_id)))

    async def listed(window: Window) -> set[UUID]:
        return {each.mandate for each in (await own_mandates(window, SISTER, None, 50)).items}

    before: set[UUID] = set()

    async def prepared(window: Window) -> World:
        case = await submitted(window, LEYLA)
        before.clear()
        before.update(await listed(window))
        return World(case.case_id, case.case_id)

    async def only_what_is_stored(window: Window, _: World) -> None:
        for mandate in await listed(window) - before:
            assert await topics_of(window, mandate) == ["mandate.given"]

    async def once(window: Window, _: World) -> None:
        assert len(await listed(window) - before) == 1

    asyncio.run(dies_everywhere(open_window, prepared, gives_it, only_what_is_stored, once))
