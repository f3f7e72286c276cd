"""Whoever runs a server is let go of, whatever its tasks make of being cancelled."""

import asyncio

from api.server import run


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
