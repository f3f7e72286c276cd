"""The promises of an append, on a real PostgreSQL."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg
import pytest

from ledger.refusals import KeyReusedError, UnstorableEventError, VersionConflictError
from ledger.store.entries import Appended, NewEvent
from ledger.store.ledger import Ledger
from tests.ledger.audit import check_ledger
from tests.ledger.samples import new_event, new_events, new_key, new_stream

Answer = TypeVar("Answer")
HOUR = 3_600_000_000


def with_ledger(url: str, scenario: Callable[[Ledger], Awaitable[Answer]]) -> Answer:
    async def run() -> Answer:
        async with Ledger(url) as ledger:
            return await scenario(ledger)

    return asyncio.run(run())


def test_positions_and_versions_are_gapless(writer_url: str, owner_url: str) -> None:
    async def scenario(ledger: Ledger) -> list[int]:
        assert await ledger.head() == 0
        streams = [new_stream() for _ in range(20)]
        answers = [
            answer
            for version in (1, 2, 3)
            for answer in await asyncio.gather(*[ledger.append([new_event(stream, version)]) for stream in streams])
        ]
        assert [entry.version for entry in await ledger.read_stream(streams[7])] == [1, 2, 3]
        assert [entry.version for entry in await ledger.read_stream(streams[7], after_version=2)] == [3]
        assert [entry.position for entry in await ledger.read_at([5, 3, 999])] == [3, 5]
        assert await ledger.head() == 60
        return [answer.position for answer in answers]

    positions = with_ledger(writer_url, scenario)

    assert sorted(positions) == list(range(1, 61))
    assert check_ledger(owner_url) == 60


def test_requests_that_are_appended_together_have_different_times_and_each_has_one(writer_url: str) -> None:
    """Two cases of one person that are changed at the same moment would have an equal value else."""

    async def scenario(ledger: Ledger) -> None:
        taken = new_stream()
        await ledger.append([new_event(taken, 1)])
        requests = [new_events(new_stream(), 1, 2) for _ in range(40)]
        conflict = ledger.append([new_event(taken, 1)])
        appends = [ledger.append(request) for request in requests]
        answers = await asyncio.gather(*appends, conflict, return_exceptions=True)
        stored = await ledger.read(1, 100)

        assert isinstance(answers.pop(), VersionConflictError)
        times = [entry.recorded_at for entry in stored]
        assert [times[0::2], len(set(times))] == [times[1::2], 40]
        assert times == sorted(times)
        assert {answer.recorded_at for answer in answers if isinstance(answer, Appended)} == set(times)
        later = await ledger.append([new_event(new_stream(), 1)])
        assert later.recorded_at > times[-1]

    with_ledger(writer_url, scenario)


def test_every_byte_comes_back_as_it_was_given(writer_url: str) -> None:
    event = NewEvent(new_stream(), 1, "case.\N{SNOWMAN}", bytes(range(256)), b"\x00" * 5000, bytes(range(32)))

    async def scenario(ledger: Ledger) -> None:
        answer = await ledger.append([event])
        (stored,) = await ledger.read(0, 5)

        assert stored[1:3] == event[:2]
        assert (stored.topic, stored.open, stored.sealed, stored.salt) == event[2:]
        assert (stored.position, stored.recorded_at) == answer[:2]

    with_ledger(writer_url, scenario)


@pytest.mark.parametrize("version", [0, 1, 2, 4, 2**40])
def test_an_expected_version_that_is_too_low_or_too_high_is_refused(
    writer_url: str, owner_url: str, version: int
) -> None:
    stream = new_stream()

    async def scenario(ledger: Ledger) -> None:
        await ledger.append(new_events(stream, 1, 2))
        with pytest.raises(VersionConflictError) as refused:
            await ledger.append([new_event(stream, version)])

        assert refused.value.stream == stream
        assert (await ledger.append([new_event(stream, 3)])).position == 3

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 3


@pytest.mark.parametrize("version", [0, 2])
def test_a_new_stream_begins_at_version_1(writer_url: str, version: int) -> None:
    async def scenario(ledger: Ledger) -> None:
        with pytest.raises(VersionConflictError):
            await ledger.append([new_event(new_stream(), version)])

        assert await ledger.read(0, 10) == []

    with_ledger(writer_url, scenario)


def test_a_conflict_fails_its_own_request_only(writer_url: str, owner_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        taken = new_stream()
        await ledger.append([new_event(taken, 1)])
        wrong = [new_event(taken, 1), new_event(taken, 5), new_event(new_stream(), 2)]
        innocent = [new_event(new_stream(), 1) for _ in range(20)]
        requests = [ledger.append([event]) for event in (*innocent[:10], *wrong, *innocent[10:])]

        answers = await asyncio.gather(*requests, return_exceptions=True)

        refused, appended = answers[10:13], [*answers[:10], *answers[13:]]
        assert all(isinstance(answer, VersionConflictError) for answer in refused)
        positions = [answer.position for answer in appended if isinstance(answer, Appended)]
        # The second of the two requests for the same stream is in a separate batch; the others are in one.
        assert positions == list(range(2, 22))

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 21


def test_a_request_of_many_events_and_streams_is_appended_whole_or_not_at_all(writer_url: str, owner_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        one, two = new_stream(), new_stream()
        answer = await ledger.append([new_event(one, 1), new_event(two, 1), new_event(one, 2)])
        assert answer[:1] + answer[2:] == (3, one, 2, False)
        halves = [
            [new_event(one, 3), new_event(two, 1)],  # the second version exists already
            [new_event(two, 2), new_event(one, 5)],  # the second version is too high
            [new_event(two, 2), new_event(two, 2)],  # one version twice
            [new_event(two, 3), new_event(two, 2)],  # backwards
            [new_event(two, 2), new_event(two, 4)],  # with a gap
        ]
        for half in halves:
            with pytest.raises(VersionConflictError):
                await ledger.append(half)

        stored = await ledger.read(0, 10)
        assert [(entry.stream, entry.version) for entry in stored] == [(one, 1), (two, 1), (one, 2)]

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 3


def test_an_append_of_nothing_is_refused(writer_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        with pytest.raises(ValueError, match="at least one event"):
            await ledger.append([])

    with_ledger(writer_url, scenario)


def test_the_same_key_with_the_same_body_returns_the_first_answer(writer_url: str, owner_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        key, stream = new_key(), new_stream()
        assert await ledger.answer_to(key) is None
        first = await ledger.append(new_events(stream, 1, 2), key=key)
        await ledger.append([new_event(stream, 3)])
        again = await ledger.append(new_events(new_stream(), 1, 1), key=key)

        assert not first.repeated
        assert again == first._replace(repeated=True) == await ledger.answer_to(key)

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 3


def test_the_same_key_with_another_body_is_refused(writer_url: str, owner_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        key, stream = new_key(), new_stream()
        other = key._replace(body=bytes(16))
        await ledger.append([new_event(stream, 1)], key=key)
        with pytest.raises(KeyReusedError):
            await ledger.append([new_event(stream, 2)], key=other)
        with pytest.raises(KeyReusedError):
            await ledger.answer_to(other)

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 1


def test_a_refused_append_leaves_its_key_free(writer_url: str, owner_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        key, stream = new_key(), new_stream()
        with pytest.raises(VersionConflictError):
            await ledger.append([new_event(stream, 2)], key=key)

        assert not (await ledger.append([new_event(stream, 1)], key=key)).repeated

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 1


def test_the_same_key_twice_at_once_is_applied_once(writer_url: str, owner_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        key = new_key()
        first, second, third = await asyncio.gather(
            ledger.append([new_event(new_stream(), 1)], key=key),
            ledger.append([new_event(new_stream(), 1)], key=key),
            ledger.append([new_event(new_stream(), 1)], key=key._replace(body=bytes(16))),
            return_exceptions=True,
        )

        assert isinstance(first, Appended)
        assert second == first._replace(repeated=True)
        assert isinstance(third, KeyReusedError)

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 1


def test_of_two_appends_to_one_stream_at_once_the_second_is_judged_after_the_first(
    writer_url: str, owner_url: str
) -> None:
    async def scenario(ledger: Ledger) -> None:
        stream = new_stream()
        first, second, third = await asyncio.gather(
            ledger.append([new_event(stream, 1)]),
            ledger.append([new_event(stream, 2)]),
            ledger.append([new_event(stream, 2)]),
            return_exceptions=True,
        )

        assert isinstance(first, Appended)
        assert isinstance(second, Appended)
        assert (first.version, second.version) == (1, 2)
        assert isinstance(third, VersionConflictError)

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 2


def test_keys_expire_with_the_time_of_their_event_and_not_before(writer_url: str, owner_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        keys = [new_key() for _ in range(5)]
        answers = [await ledger.append([new_event(new_stream(), 1)], key=key) for key in keys]
        async with await psycopg.AsyncConnection.connect(writer_url, autocommit=True) as writer:
            for before, gone in ((answers[0].recorded_at, 0), (answers[3].recorded_at, 3), (2**62, 2), (2**62, 0)):
                cursor = await writer.execute("SELECT ledger.expire_idempotency_keys(%s)", [before])
                assert await cursor.fetchone() == (gone,)

        assert not (await ledger.append([new_event(new_stream(), 1)], key=keys[0])).repeated

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 6


def test_recorded_at_never_decreases_though_the_clock_is_set_back(writer_url: str, owner_url: str) -> None:
    ahead = time.time_ns() // 1000 + HOUR

    async def scenario(ledger: Ledger) -> list[int]:
        now = (await ledger.append([new_event(new_stream(), 1)])).recorded_at
        assert abs(now - time.time_ns() // 1000) < HOUR // 60
        with psycopg.connect(owner_url) as owner:
            owner.execute("UPDATE ledger.head SET recorded_at = %s", [ahead])
        return [(await ledger.append([new_event(new_stream(), 1)])).recorded_at for _ in range(3)]

    times = with_ledger(writer_url, scenario)

    assert times == [ahead + 1, ahead + 2, ahead + 3]
    assert check_ledger(owner_url) == 4


def test_with_uniqueness_only_a_version_merely_has_to_be_new(writer_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        stream = new_stream()
        for version in (0, 7, 3):
            await ledger.append([new_event(stream, version)], uniqueness_only=True)
        for events in ([new_event(stream, 7)], [new_event(stream, 8), new_event(stream, 3)]):
            with pytest.raises(VersionConflictError):
                await ledger.append(events, uniqueness_only=True)

        assert [entry.version for entry in await ledger.read_stream(stream, after_version=-1)] == [0, 3, 7]

    with_ledger(writer_url, scenario)


def _poison() -> dict[str, NewEvent]:
    fine = new_event(new_stream(), 1)
    return {
        "a NUL in the topic": fine._replace(topic="case.\0"),
        "half a character in the topic": fine._replace(topic="case.\ud800"),
        "a short salt": fine._replace(salt=bytes(31)),
        "a version that no bigint holds": fine._replace(version=2**63),
        "a version that not every reader holds": fine._replace(version=2**53),
        "a topic that no record of a replica holds": fine._replace(topic="x" * 10_001),
        "far too many bytes": fine._replace(open=bytes(65 << 20)),
    }


@pytest.mark.parametrize("poison", _poison())
def test_a_poison_event_fails_alone(writer_url: str, owner_url: str, poison: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        innocent = [new_events(new_stream(), 1, 2) for _ in range(20)]
        requests = [*innocent[:9], [new_event(new_stream(), 1), _poison()[poison]], *innocent[9:]]

        answers = await asyncio.gather(*[ledger.append(events) for events in requests], return_exceptions=True)

        refused = answers.pop(9)
        assert isinstance(refused, UnstorableEventError)
        assert all(isinstance(answer, Appended) for answer in answers)

    with_ledger(writer_url, scenario)
    assert check_ledger(owner_url) == 40


def test_a_key_that_has_not_16_bytes_fails_alone(writer_url: str) -> None:
    async def scenario(ledger: Ledger) -> None:
        fine, bad = await asyncio.gather(
            ledger.append([new_event(new_stream(), 1)], key=new_key()),
            ledger.append([new_event(new_stream(), 1)], key=new_key()._replace(key=b"short")),
            return_exceptions=True,
        )

        assert isinstance(fine, Appended)
        assert isinstance(bad, UnstorableEventError)

    with_ledger(writer_url, scenario)


def test_a_server_that_forgets_commits_by_default_is_told_not_to(writer_url: str, owner_url: str) -> None:
    """An answer means that the event is durable, whatever the database's own setting is."""
    asked = "SELECT setting FROM pg_settings WHERE name = 'synchronous_commit'"
    with psycopg.connect(owner_url, autocommit=True) as owner:
        name = owner.info.dbname
        owner.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())

    async def scenario(ledger: Ledger) -> object:
        await ledger.append([new_event(new_stream(), 1)])
        connection = ledger._coordinator._line.current
        assert connection
        return await (await connection.execute(asked.encode())).fetchone()

    assert with_ledger(writer_url, scenario) == ("on",)
