"""Faults of a crew of writers: some are killed, one is stopped half-way, one stops while it holds the head."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable

from tests.ledger.crew import Crew
from tests.ledger.journal import Outcome
from tests.ledger.processes import running

TRANSACTION_TIMEOUT = 5.0  # seconds: as in ledger/store/append.py
_LOADED_MACHINE = 3.0  # seconds more, for a machine under load


class Chaos:
    """Chooses victims and moments by a seed, and counts its faults."""

    def __init__(self, crew: Crew, seed: int) -> None:
        self._crew, self._chance = crew, random.Random(seed)
        self.done: Counter[str] = Counter()
        self.longest_stall = 0.0

    def kill(self) -> None:
        """`kill -9` a writer and start a new one; let some time pass."""
        self._crew.kill(self._chance.choice([writer for writer in self._crew.writers if not writer.stopped]))
        self.done["kills"] += 1
        self._crew.more(self._chance.randrange(1, 200))

    def stop(self, meanwhile: Callable[[], object]) -> None:
        """Stop a writer, check that the others go on, continue it, and note whether it was in the middle of a batch."""
        writer = self._chance.choice(self._crew.writers)
        self._crew.stop(writer)
        self.done["stops"] += 1
        self._others_go_on()
        meanwhile()
        stopped_until = time.time_ns() // 1000
        self._crew.go_on(writer)
        (answer, *_) = self._told(lambda outcome: outcome.lane in writer.streams and outcome.position > 0, 1)
        # An outcome that was recorded before it went on and is reported only now was under way when it was stopped.
        self.done["stopped_in_mid_batch"] += answer.recorded_at < stopped_until

    def hold_the_head(self, url: str) -> None:
        """Stop a process between its append and its commit; check that the others go on, and that its commit fails."""
        with running("tests.ledger.holder", url) as holder:
            assert holder.stdout
            assert holder.stdout.readline() == b"holds\n"
            holder.send_signal(signal.SIGSTOP)
            self.done["holders"] += 1
            self._others_go_on()
            holder.send_signal(signal.SIGCONT)
            said, _ = holder.communicate(b"commit\n", timeout=30)

        assert said.startswith(b"lost"), said

    def _others_go_on(self) -> None:
        """Check that fifty more requests are appended from now on."""
        began, now = time.monotonic(), time.time_ns() // 1000
        self._told(lambda outcome: outcome.recorded_at > now, 50, within=TRANSACTION_TIMEOUT + _LOADED_MACHINE)
        self.longest_stall = max(self.longest_stall, time.monotonic() - began)

    def _told(self, wanted: Callable[[Outcome], bool], count: int, within: float = 60) -> list[Outcome]:
        """Wait for so many outcomes from now on that meet the condition."""
        told, found = self._crew.history.told, list[Outcome]()
        seen = len(told)

        def enough() -> bool:
            nonlocal seen
            found.extend(outcome for _, outcome in told[seen:] if wanted(outcome))
            seen = len(told)
            return len(found) >= count

        self._crew.listen(enough, within)
        return found
