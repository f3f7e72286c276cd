"""Group commit, and group read: questions that arrive while one batch is under way go together into the next."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Hashable, Sequence
from typing import Generic, TypeAlias, TypeVar

from ledger.refusals import AwayError, LedgerBusyError, LedgerClosedError

Question = TypeVar("Question")
Answer = TypeVar("Answer")
# With its weight, and the names that it touches.
_Waiting: TypeAlias = tuple[Question, asyncio.Future[Answer], int, frozenset[Hashable]]
_NO_NAMES: frozenset[Hashable] = frozenset()


class Gatherer(Generic[Question, Answer]):
    """Answers questions in batches, one batch at a time; each question gets its own answer or its own error.

    Args:
        send: answers a batch, one answer or error for each question; an error that it raises goes to all of them. An
            `AwayError` also goes to the questions that wait: otherwise the last would wait many times as long.
        most: the largest number of questions in a batch.
        heaviest: the largest sum of `weigh` over a batch (its last question may exceed it).
        most_waiting: how many questions may wait; one more is refused with LedgerBusyError.
        heaviest_waiting: the largest sum of `weigh` over waiting questions; once reached, one more is refused too.
        weigh: returns the weight of a question, such as its bytes. Its errors go to the caller.
        touches: returns names that only one question of a batch may touch; a second question waits for the first
            one's answer. Its errors go to the caller.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Question]], Awaitable[Sequence[Answer | Exception]]],
        *,
        most: int = 512,
        heaviest: int = 4 << 20,
        most_waiting: int = 4096,
        heaviest_waiting: float = math.inf,
        weigh: Callable[[Question], int] | None = None,
        touches: Callable[[Question], Collection[Hashable]] | None = None,
    ) -> None:
        self._send, self._weigh, self._touches = send, weigh, touches
        self._most, self._heaviest = most, heaviest
        self._most_waiting, self._heaviest_waiting = most_waiting, heaviest_waiting
        self._waiting: deque[_Waiting[Question, Answer]] = deque()
        self._weight = 0
        self._runner: asyncio.Task[None] | None = None
        self._closed = self._some_have_gone = False

    async def ask(self, question: Question) -> Answer:
        """Return the answer to this question.

        Raises:
            LedgerBusyError: at once, when too many questions wait already.
            LedgerClosedError: at once, after `close`.
        """
        if self._closed:
            raise LedgerClosedError
        if len(self._waiting) >= self._most_waiting or self._weight >= self._heaviest_waiting:
            self._make_room()
        weight = self._weigh(question) if self._weigh else 0
        names = frozenset(self._touches(question)) if self._touches else _NO_NAMES
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((question, answer, weight, names))
        self._weight += weight
        if self._runner is None:
            self._runner = loop.create_task(self._run())
        try:
            return await answer
        except asyncio.CancelledError:
            self._some_have_gone = True
            raise

    async def close(self) -> None:
        """Accept no more questions, and wait until all questions are answered."""
        self._closed = True
        while self._runner is not None:
            # A cancelled `close` only stops waiting; the answers still come.
            await asyncio.shield(self._runner)

    def _make_room(self) -> None:
        """Drop cancelled questions; refuse one more question when that is not enough."""
        if self._some_have_gone:
            self._waiting = deque([item for item in self._waiting if not item[1].done()])
            self._weight = sum([weight for _, _, weight, _ in self._waiting])
            self._some_have_gone = False
        if len(self._waiting) >= self._most_waiting or self._weight >= self._heaviest_waiting:
            raise LedgerBusyError(retry_after=1)

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = self._take()
                await self._answer(batch)
                # Callers that were just answered may ask again: let them run, so that they share the next batch.
                await asyncio.sleep(0)
        finally:
            self._runner = None

    async def _answer(self, batch: Sequence[_Waiting[Question, Answer]]) -> None:
        if not batch:
            return
        try:
            outcomes = await self._send([item[0] for item in batch])
        except Exception as error:  # noqa: BLE001 - handed to everybody in the batch
            if isinstance(error, AwayError):
                batch = [*batch, *self._waiting]
                self._waiting.clear()
                self._weight = 0
            outcomes = [error] * len(batch)
        for (_, answer, _, _), outcome in zip(batch, outcomes, strict=True):
            if answer.done():
                continue  # the caller was cancelled; what was done stays done
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)

    def _take(self) -> list[_Waiting[Question, Answer]]:
        batch: list[_Waiting[Question, Answer]] = []
        held: list[_Waiting[Question, Answer]] = []
        touched: set[Hashable] = set()
        weight = 0
        while self._waiting and len(batch) < self._most and weight < self._heaviest:
            item = self._waiting.popleft()
            if item[1].done():
                self._weight -= item[2]
                continue  # the caller was cancelled, and nothing was sent yet: drop the question
            if touched.isdisjoint(item[3]):
                batch.append(item)
                weight += item[2]
            else:
                held.append(item)  # after the question that it conflicts with, in its order
            touched.update(item[3])
        self._waiting.extendleft(reversed(held))
        self._weight -= weight
        return batch
