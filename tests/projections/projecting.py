"""Runs the projector in a separate process, which tests stop at a random place and restart."""

import asyncio
import sys

from tests.projections.folding import folding


async def main(url: str, batch: int) -> None:
    """Fold until killed."""
    async with folding(url, batch=batch):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
