"""Idempotency keys are deleted while others append, even with the same keys."""

import asyncio
import random
from datetime import UTC, datetime

import psycopg
import pytest

from ledger.store.entries import Appended, IdempotencyKey
from ledger.store.ledger import Ledger
from tests.ledger.audit import check_ledger
from tests.ledger.samples import new_event, new_key, new_stream

FAR_AHEAD = datetime(2999, 1, 1, tzinfo=UTC)
_FORGET = "SELECT ledger.expire_idempotency_keys(%s)"
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


async def _append(ledger: Ledger, key: IdempotencyKey | None = None) -> Appended:
    return await ledger.append([new_event(new_stream(), 1)], key=key)


@pytest.mark.parametrize("forgotten", [True, False])
def test_an_append_whose_key_is_just_being_forgotten_waits_for_what_becomes_of_it(
    writer_url: str, owner_url: str, *, forgotten: bool
) -> None:
    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            key = new_key()
            first = await _append(ledger, key)
            with psycopg.connect(writer_url) as forgetting:
                assert forgetting.execute(_FORGET, [2**62]).fetchone() == (1,)
                again = asyncio.create_task(_append(ledger, key))
                await asyncio.to_thread(_until_somebody_waits, writer_url)
                if forgotten:
                    forgetting.commit()
                else:
                    forgetting.rollback()
                answer = await again

        assert answer == first._replace(repeated=True) if not forgotten else answer[:1] == (2,)

    asyncio.run(scenario())
    assert check_ledger(owner_url) == (2 if forgotten else 1)


def test_keys_are_forgotten_while_several_writers_use_them_again(writer_url: str, owner_url: str) -> None:
    keys = [new_key() for _ in range(12)]
    stop = asyncio.Event()
    appended: list[bytes] = []

    async def reuse(ledger: Ledger, chance: random.Random) -> None:
        while not stop.is_set():
            event = new_event(new_stream(), 1)
            answer = await ledger.append([event], key=chance.choice(keys))
            if not answer.repeated:
                appended.append(event.salt)

    async def scenario() -> int:
        async with Ledger(writer_url) as one, Ledger(writer_url) as two, asyncio.TaskGroup() as callers:
            for number in range(16):
                callers.create_task(reuse((one, two)[number % 2], random.Random(number)))
            forgotten = 0
            while forgotten < 2000:
                forgotten += await one.expire_keys(FAR_AHEAD)
            stop.set()
        return forgotten

    forgotten = asyncio.run(scenario())

    with psycopg.connect(owner_url) as owner:
        stored = {salt for (salt,) in owner.execute("SELECT salt FROM ledger.events")}
        (left,) = owner.execute("SELECT count(*) FROM ledger.idempotency_keys").fetchone() or (None,)
        assert owner.execute(_DEADLOCKS).fetchone() == (0,)
    assert stored == set(appended)
    assert check_ledger(owner_url) == len(appended) == forgotten + (left or 0), (
        "a key is taken once in each of its lives"
    )


def test_keys_are_forgotten_in_slices_until_all_are(writer_url: str, owner_url: str) -> None:
    async def scenario() -> None:
        async with Ledger(writer_url) as ledger:
            position = (await _append(ledger)).position
            with psycopg.connect(owner_url) as owner:
                owner.execute(
                    "INSERT INTO ledger.idempotency_keys"
                    " SELECT gen_random_uuid(), gen_random_uuid(), %s FROM generate_series(1, 50000)",
                    [position],
                )
                owner.commit()
                (slice_,) = owner.execute(_FORGET, [2**62]).fetchone() or (0,)

            assert 0 < slice_ <= 20000
            assert await ledger.expire_keys(FAR_AHEAD) == 50000 - slice_

    asyncio.run(scenario())


def _until_somebody_waits(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as beside:
        while beside.execute(_WAITING).fetchone() == (0,):
            pass
