"""An appending process: reads its orders from stdin, appends until stdin closes, and reports on stdout."""

import asyncio
import os
import random
import sys

import uvloop

from ledger.refusals import KeyReusedError, LedgerUnavailableError, VersionConflictError
from ledger.store.ledger import Ledger
from tests.ledger.journal import (
    APPENDED,
    CONFLICT,
    KEY_REUSED,
    REPEATED,
    UNAVAILABLE,
    Line,
    Orders,
    Outcome,
    Request,
    Wrong,
    to_line,
    to_orders,
)
from tests.ledger.lanes import Lane, lane_of


def say(said: Line) -> None:
    """Print it, so that it is known whatever happens to this process now."""
    os.write(sys.stdout.fileno(), to_line(said))


async def ask(ledger: Ledger, request: Request) -> tuple[Request, Outcome]:
    """Append until the outcome is known, with a report before and after."""
    while True:
        say(request)
        outcome = await _told(ledger, request)
        say(outcome)
        if outcome.kind != UNAVAILABLE:
            return request, outcome
        request = repeat(request)


def repeat(request: Request) -> Request:
    """Return the request to repeat: if the outcome is unknown, it may have been appended already."""
    maybe = APPENDED in request.expected and REPEATED not in request.expected
    return request.again(f"{request.expected}|{REPEATED}" if maybe else request.expected)


async def _told(ledger: Ledger, request: Request) -> Outcome:
    try:
        answer = await ledger.append(request.events(), key=request.idempotency_key())
    except VersionConflictError:
        return Outcome(request.lane, CONFLICT)
    except KeyReusedError:
        return Outcome(request.lane, KEY_REUSED)
    except LedgerUnavailableError:
        return Outcome(request.lane, UNAVAILABLE)
    return Outcome(
        request.lane,
        REPEATED if answer.repeated else APPENDED,
        answer.position,
        answer.recorded_at,
        answer.version,
    )


async def _work(ledger: Ledger, lane: Lane, unknown: Request | None, stop: asyncio.Event) -> None:
    wanted = unknown and repeat(unknown)
    while wanted or not stop.is_set():
        request, outcome = await ask(ledger, wanted or lane.next())
        if outcome.kind not in request.expected.split("|"):
            say(Wrong(f"{request} was told {outcome}"))
        wrong = await lane.learn(request, outcome, ledger)
        if wrong:
            say(wrong)
        wanted = None


async def append_until_stopped(orders: Orders) -> None:
    """Let every lane append until stdin closes, and then until it has its answer."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
    async with Ledger(orders.url) as ledger, asyncio.TaskGroup() as lanes:
        for state in orders.lanes:
            lane = lane_of(state, random.Random(f"{orders.seed} {state}"), orders.seed)
            lanes.create_task(_work(ledger, lane, state.unknown, stop))


if __name__ == "__main__":
    uvloop.run(append_until_stopped(to_orders(sys.stdin.readline())))
