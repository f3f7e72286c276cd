"""The ledger's answer to a request that it has stored before, wholly or in part, and to a head that is wrong."""

import asyncio
from datetime import UTC, datetime

import psycopg
import pytest

from ledger.refusals import VersionConflictError
from ledger.store.ledger import Ledger
from tests.ledger.audit import check_ledger
from tests.ledger.samples import new_event, new_events, new_key, new_stream

FAR_AHEAD = datetime(2999, 1, 1, tzinfo=UTC)


def test_a_request_that_is_stored_gets_its_first_answer_though_its_key_has_expired(
    writer_url: str, owner_url: str
) -> None:
    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            events, key = new_events(new_stream(), 1, 2), new_key()
            first = await ledger.append(events, key=key)
            assert await ledger.expire_keys(FAR_AHEAD) == 1

            assert await ledger.append(events, key=key) == first
            assert await ledger.answer_to(key) is None, "an expired key stays forgotten"
            assert not (await ledger.append([new_event(new_stream(), 1)], key=key)).repeated

    asyncio.run(scenario())
    assert check_ledger(owner_url) == 3


def test_with_uniqueness_only_too_a_request_that_is_stored_gets_its_first_answer(writer_url: str) -> None:
    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            events = [new_event(new_stream(), 7), new_event(new_stream(), 3)]
            first = await ledger.append(events, uniqueness_only=True)

            assert await ledger.append(events, uniqueness_only=True) == first
            assert await ledger.head() == 2

    asyncio.run(scenario())


@pytest.mark.parametrize("uniqueness_only", [False, True])
def test_a_request_of_which_only_a_part_is_stored_is_another_request(
    writer_url: str, owner_url: str, *, uniqueness_only: bool
) -> None:
    """If it counted as the stored one, its other events would be acknowledged and lost."""

    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            events = new_events(new_stream(), 1, 3)
            await ledger.append(events[:2], uniqueness_only=uniqueness_only)
            for part in (events, [events[1], events[2]]):
                with pytest.raises(VersionConflictError):
                    await ledger.append(part, uniqueness_only=uniqueness_only)

            assert await ledger.head() == 2

    asyncio.run(scenario())
    assert check_ledger(owner_url) == 2


def test_a_head_that_is_behind_its_events_is_not_taken_for_a_conflict(writer_url: str, owner_url: str) -> None:
    """A caller that gets 'conflict' reads and tries again without end, but this is a broken database."""

    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            await ledger.append(new_events(new_stream(), 1, 2))
            with psycopg.connect(owner_url) as owner:
                owner.execute("UPDATE ledger.head SET position = position - 1")

            with pytest.raises(psycopg.errors.UniqueViolation):
                await ledger.append([new_event(new_stream(), 1)])

    asyncio.run(scenario())
