"""The server answers at once, and it ends whatever its tasks do when they are cancelled."""

import asyncio
import socket

import pytest

from api.server import bind
from application.event_loop import run


def test_a_task_that_misses_its_cancellation_is_ended_all_the_same() -> None:
    missed: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    async def hard_of_hearing() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            missed.append("one")
        await asyncio.Event().wait()

    async def main() -> str:
        tasks.append(asyncio.get_running_loop().create_task(hard_of_hearing()))
        await asyncio.sleep(0)
        return "done"

    assert run(main()) == "done"
    assert missed == ["one"]
    assert tasks[0].cancelled()


def test_small_answers_do_not_wait_for_the_caller_to_acknowledge_what_came_before() -> None:
    found: list[int] = []

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def main() -> None:
        listener = bind("127.0.0.1", 0)
        async with await asyncio.start_server(accept, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await reader.read()
            writer.close()

    asyncio.run(main())

    assert found == [1]


def test_a_name_that_no_host_can_have_is_an_error_of_the_address() -> None:
    with pytest.raises(OSError, match="no host"):
        bind("ü" * 64, 0)
