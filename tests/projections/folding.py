"""A projector at work beside a test, and what it is to have folded."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from projections.folds import ALL_VIEWS
from projections.runner import Projector
from projections.view import View


@asynccontextmanager
async def folding(url: str, views: Sequence[View] = ALL_VIEWS, *, batch: int = 1000) -> AsyncIterator[Projector]:
    """Have a projector run as long as the block does; should it die, the block ends with its error."""
    async with Projector(url, views, batch=batch) as projector, projector.running():
        yield projector


async def fold(url: str, position: int, views: Sequence[View] = ALL_VIEWS, *, batch: int = 1000) -> None:
    """Fold the ledger up to a position at least, with a projector of its own."""
    async with folding(url, views, batch=batch) as projector:
        await projector.catch_up(position)
