"""What befalls a crew of writers: some are killed, one is stopped half-way, one holds the head and stops."""

import random
import signal
import time
from collections import Counter
from collections.abc import Callable

from tests.ledger.crew import Crew
from tests.ledger.journal import Outcome
from tests.ledger.processes import running

TRANSACTION_TIMEOUT = 5.0  # seconds: as in ledger/store/append.py
_LOADED_MACHINE = 3.0  # seconds more that we grant


class Chaos:
    """Chooses victims and moments by a seed, and counts what it did."""

    def __init__(self, crew: Crew, seed: int) -> None:
        self._crew, self._chance = crew, random.Random(seed)
        self.done: Counter[str] = Counter()
        self.longest_stall = 0.0

    def kill(self) -> None:
        """`kill -9` a writer and start another in its place; let some time pass."""
        self._crew.kill(self._chance.choice([writer for writer in self._crew.writers if not writer.stopped]))
        self.done["kills"] += 1
        self._crew.more(self._chance.randrange(1, 200))

    def stop(self, meanwhile: Callable[[], object]) -> None:
        """Stop a writer as it stands; see that the others go on; let it go on, and see whether it was in mid-batch."""
        writer = self._chance.choice(self._crew.writers)
        self._crew.stop(writer)
        self.done["stops"] += 1
        self._others_go_on()
        meanwhile()
        stopped_until = time.time_ns() // 1000
        self._crew.go_on(writer)
        (answer, *_) = self._told(lambda outcome: outcome.lane in writer.streams and outcome.position > 0, 1)
        # What was recorded before it went on, and is told only now, was under way when it was stopped.
        self.done["stopped_in_mid_batch"] += answer.recorded_at < stopped_until

    def hold_the_head(self, url: str) -> None:
        """Have a process append, and stop before it commits; see that the others go on, and that it comes too late."""
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
        """See that fifty requests are appended that were not yet appended now."""
        began, now = time.monotonic(), time.time_ns() // 1000
        self._told(lambda outcome: outcome.recorded_at > now, 50, within=TRANSACTION_TIMEOUT + _LOADED_MACHINE)
        self.longest_stall = max(self.longest_stall, time.monotonic() - began)

    def _told(self, wanted: Callable[[Outcome], bool], count: int, within: float = 60) -> list[Outcome]:
        """Wait for so many outcomes from now on that are as wanted."""
        told, found = self._crew.history.told, list[Outcome]()
        seen = len(told)

        def enough() -> bool:
            nonlocal seen
            found.extend(outcome for _, outcome in told[seen:] if wanted(outcome))
            seen = len(told)
            return len(found) >= count

        self._crew.listen(enough, within)
        return found
