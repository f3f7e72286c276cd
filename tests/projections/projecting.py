"""Runs the projector in a process of its own, to be stopped at a random place and begun anew."""

import asyncio
import sys

from tests.projections.folding import folding


async def main(url: str, batch: int) -> None:
    """Fold for ever."""
    async with folding(url, batch=batch):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
