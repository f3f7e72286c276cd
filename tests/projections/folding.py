"""Runs a projector beside a test."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from projections.folds import ALL_VIEWS
from projections.runner import Projector
from projections.view import View


@asynccontextmanager
async def folding(url: str, views: Sequence[View] = ALL_VIEWS, *, batch: int = 1000) -> AsyncIterator[Projector]:
    """Run a projector while the block runs. If it dies, the block ends with its error."""
    async with Projector(url, views, batch=batch) as projector, projector.running():
        yield projector


async def fold(url: str, position: int, views: Sequence[View] = ALL_VIEWS, *, batch: int = 1000) -> None:
    """Fold the ledger at least up to a position, with a separate projector."""
    async with folding(url, views, batch=batch) as projector:
        await projector.catch_up(position)
