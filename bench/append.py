"""Rows 1 to 3: the ledger's append, with all of its promises, compared with three ways without them."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from application.event_loop import run
from bench.callers import keep_asking
from bench.figures import Contender, Contest, Measured
from bench.ground import Ground
from bench.parts import Author
from bench.peers import hand_written, naive_group_commit, stock_recorder
from ledger.store.ledger import Ledger

CALLERS, MANY_CALLERS = 32, 128


@contextmanager
def against_the_stock_recorder(ground: Ground) -> Iterator[Contest]:
    """Compare with the eventsourcing package's own recorder."""

    def stock(seconds: float, *, functions: bool = False) -> Measured:
        with ground.fresh() as place:
            return stock_recorder.measure(place.owner, CALLERS, seconds, functions=functions)

    beside = Contender("stock, DB functions on (loses events)", lambda seconds: stock(seconds, functions=True))
    yield Contest(_ours(ground, CALLERS), Contender("stock recorder, 32 threads", stock), (beside,))


@contextmanager
def against_a_naive_group_commit(ground: Ground) -> Iterator[Contest]:
    """Compare with a group commit that checks nothing."""

    async def append(url: str, seconds: float) -> Measured:
        async with naive_group_commit.NaiveGroupCommit(url) as naive:
            return await keep_asking([_next(naive.append) for _ in range(CALLERS)], seconds)

    def naive(seconds: float) -> Measured:
        with ground.fresh() as place:
            naive_group_commit.make_tables(place.owner)
            return run(append(place.owner, seconds))

    yield Contest(_ours(ground, CALLERS), Contender("naive group commit", naive))


@contextmanager
def against_hand_written_batches(ground: Ground) -> Iterator[Contest]:
    """Compare with hand-written batches."""

    def written(seconds: float) -> Measured:
        with ground.fresh() as place:
            return run(hand_written.measure(place.owner, seconds))

    yield Contest(_ours(ground, MANY_CALLERS), Contender("hand-written batches of 100", written))


async def append_together(url: str, callers: int, seconds: float) -> Measured:
    """Return the figures of callers that append to one ledger, each with an idempotency key."""
    async with Ledger(url) as ledger:
        return await keep_asking([_append(ledger) for _ in range(callers)], seconds)


def _ours(ground: Ground, callers: int) -> Contender:
    def ours(seconds: float) -> Measured:
        with ground.fresh() as place:
            return run(append_together(place.writer, callers, seconds))

    return Contender(f"ledger, {callers} callers", ours)


def _append(ledger: Ledger) -> Callable[[], Awaitable[object]]:
    author = Author()
    return lambda: ledger.append([author.next_event()], key=author.next_key())


def _next(append: Callable[..., Awaitable[object]]) -> Callable[[], Awaitable[object]]:
    author = Author()
    return lambda: append(author.next_event())
