"""When a connection breaks, the outcome of a batch is unknown. The ledger finds it out and answers truly."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.refusals import KeyReusedError, VersionConflictError
from ledger.store.append import AppendCoordinator
from ledger.store.batch import Append
from ledger.store.entries import Appended, IdempotencyKey, NewEvent
from tests.ledger.audit import check_ledger
from tests.ledger.fault_proxy import FaultProxy
from tests.ledger.samples import new_event, new_events, new_key, new_stream
from tests.ledger.stopped_processes import stopped

_LIVES = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def socket_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pcp-", dir="/tmp") as folder:
        yield Path(folder)


class Line:
    """A coordinator whose connection goes through the proxy; `answers` holds its answers."""

    def __init__(self, proxy: FaultProxy, patience: float = 30) -> None:
        self.proxy = proxy
        self.heads: list[int] = []
        self._coordinator = AppendCoordinator(proxy.url, on_append=self.heads.append, patience=patience)

    async def append(self, *events: NewEvent, key: IdempotencyKey | None = None) -> Appended:
        return await self._coordinator.append(Append(events, key, uniqueness_only=False))

    async def close(self) -> None:
        await self._coordinator.close()


def on_a_bad_line(url: str, folder: Path, scenario: Callable[[Line], Awaitable[None]], patience: float = 30) -> None:
    async def run() -> None:
        async with FaultProxy(url, folder).running() as proxy:
            line = Line(proxy, patience)
            await line.append(new_event(new_stream(), 1))  # the coordinator is connected and has prepared its statement
            await scenario(line)
            await line.close()

    asyncio.run(run())


@pytest.mark.parametrize("keyed", [True, False])
def test_a_repeat_after_a_lost_answer_is_recognised_by_its_salt(
    writer_url: str, owner_url: str, socket_folder: Path, *, keyed: bool
) -> None:
    async def scenario(line: Line) -> None:
        events, key = new_events(new_stream(), 1, 3), new_key() if keyed else None
        line.proxy.lose_next_answer()

        answer = await line.append(*events, key=key)

        assert answer[0] == 4
        assert answer[2:] == (events[0].stream, 3, False), "it is the answer to this very request, and the first one"
        assert line.proxy.connections == 2

    on_a_bad_line(writer_url, socket_folder, scenario)
    assert check_ledger(owner_url) == 4


def test_of_a_batch_whose_answer_was_lost_everybody_gets_their_true_answer(
    writer_url: str, owner_url: str, socket_folder: Path
) -> None:
    async def scenario(line: Line) -> None:
        taken, key = new_stream(), new_key()
        first = await line.append(new_event(taken, 1), key=key)
        line.proxy.lose_next_answer()

        stale, repeated, reused, *appended = await asyncio.gather(
            line.append(new_event(taken, 1)),
            line.append(new_event(new_stream(), 1), key=key),
            # A key may be in only one request of a batch, so this request is in the next batch, which is sent whole.
            line.append(new_event(new_stream(), 1), key=key._replace(body=bytes(16))),
            *[line.append(new_event(new_stream(), 1)) for _ in range(8)],
            return_exceptions=True,
        )

        assert isinstance(stale, VersionConflictError)
        assert repeated == first._replace(repeated=True)
        assert isinstance(reused, KeyReusedError)
        assert [answer.position for answer in appended if isinstance(answer, Appended)] == list(range(3, 11))

    on_a_bad_line(writer_url, socket_folder, scenario)
    assert check_ledger(owner_url) == 10


def test_a_request_that_never_arrived_is_sent_again(writer_url: str, owner_url: str, socket_folder: Path) -> None:
    async def scenario(line: Line) -> None:
        line.proxy.lose_next_request()

        answer = await line.append(new_event(new_stream(), 1))

        assert (answer.position, answer.repeated) == (2, False)

    on_a_bad_line(writer_url, socket_folder, scenario)
    assert check_ledger(owner_url) == 2


def test_a_lost_answer_beside_another_writer_keeps_both(writer_url: str, owner_url: str, socket_folder: Path) -> None:
    """Between the commit and the repeat others append, also to the same stream."""

    async def scenario(line: Line) -> None:
        stream = new_stream()
        beside = AppendCoordinator(writer_url, on_append=line.heads.append)
        line.proxy.lose_next_answer()
        mine = asyncio.create_task(line.append(new_event(stream, 1)))
        theirs = None
        while theirs is None:
            try:
                theirs = await beside.append(Append([new_event(stream, 2)], None, uniqueness_only=False))
            except VersionConflictError:
                await asyncio.sleep(0)  # not committed yet

        assert ((await mine).version, theirs.version) == (1, 2)
        await beside.close()

    on_a_bad_line(writer_url, socket_folder, scenario)
    assert check_ledger(owner_url) == 3


def test_a_backend_that_is_terminated_costs_nobody_an_answer(writer_url: str, owner_url: str) -> None:
    async def run() -> None:
        coordinator = AppendCoordinator(writer_url, on_append=lambda _: None)
        async with await psycopg.AsyncConnection.connect(writer_url, autocommit=True) as killer:
            for _ in range(10):
                asked = [
                    asyncio.create_task(
                        coordinator.append(Append([new_event(new_stream(), 1)], new_key(), uniqueness_only=False))
                    )
                    for _ in range(20)
                ]
                await killer.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'pencere append' AND datname = current_database()"
                )
                assert not any(answer.repeated for answer in await asyncio.gather(*asked))
        await coordinator.close()

    asyncio.run(run())
    assert check_ledger(owner_url) == 200


def test_a_server_process_that_does_not_answer_is_given_up_and_another_one_asked(
    writer_url: str, owner_url: str
) -> None:
    """It is stopped, so it neither answers nor closes the connection: our own patience decides."""

    async def run() -> None:
        coordinator = AppendCoordinator(writer_url, on_append=lambda _: None, patience=1)

        async def append() -> Appended:
            return await coordinator.append(Append([new_event(new_stream(), 1)], None, uniqueness_only=False))

        await append()
        assert coordinator._line.current
        backend = coordinator._line.current.info.backend_pid
        with stopped([backend]):
            assert (await append()).position == 2, "a new connection does not wait for the stopped one"
        await _end_of(backend, writer_url)
        await coordinator.close()

    asyncio.run(run())
    assert check_ledger(owner_url) == 2, "the stopped one has found its request stored"


async def _end_of(backend: int, url: str) -> None:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as beside:
        while (await (await beside.execute(_LIVES, [backend])).fetchone()) != (0,):
            pass
