"""The kinds of callers in an appending process: alone, in conflict over streams, in conflict over keys."""

import hashlib
import random
from typing import ClassVar
from uuid import UUID

from ledger.store.ledger import Ledger
from tests.ledger.journal import (
    APPENDED,
    CONFLICT,
    KEY_REUSED,
    REPEATED,
    LaneState,
    Outcome,
    Request,
    Wrong,
    new_nonce,
)

_WINDOW = 40  # positions, during which all processes use the same few keys


class Lane:
    """One caller, with one request at a time; its state is what its next process must know."""

    kind: ClassVar[str]

    def __init__(self, state: LaneState, chance: random.Random, seed: str) -> None:
        self.name, self.stream, self.version = state.name, state.stream, state.version
        self.chance, self.seed = chance, seed

    def next(self) -> Request:
        """Return the next request."""
        raise NotImplementedError

    async def learn(self, request: Request, outcome: Outcome, ledger: Ledger) -> Wrong | None:
        """Note the outcome; return what is wrong with it."""
        raise NotImplementedError

    def fresh(self, version: int, expected: str, count: int = 1) -> Request:
        """Return a new request."""
        return Request(self.name, new_nonce(), new_nonce(), new_nonce(), self.stream, version, count, expected)


class Own(Lane):
    """Alone on its stream, so that it knows each answer in advance: a request without fault is never refused."""

    kind = "own"
    _last: Request | None = None

    def next(self) -> Request:
        """Return the stream's next events, or sometimes a request that must be refused or is a repeat."""
        roll = self.chance.random()
        if self._last and roll < 0.06:
            return self._last.again(REPEATED)
        if self._last and roll < 0.12:
            return self._last.again(KEY_REUSED)._replace(body=new_nonce())
        if self.version and roll < 0.18:
            return self.fresh(self.chance.randint(1, self.version), CONFLICT)
        if roll < 0.24:
            return self.fresh(self.version + self.chance.randint(2, 9), CONFLICT)
        return self.fresh(self.version + 1, APPENDED, self.chance.randint(1, 3))

    async def learn(self, request: Request, outcome: Outcome, ledger: Ledger) -> Wrong | None:
        """Go on from the version that was answered."""
        del ledger
        if outcome.kind in {APPENDED, REPEATED}:
            if outcome.version != request.version + request.together - 1:
                return Wrong(f"{request} was answered with version {outcome.version}")
            self.version, self._last = outcome.version, request
        return None


class Shared(Lane):
    """On a stream to which callers of every process append: one of them wins, the others read and try again."""

    kind = "shared"

    def next(self) -> Request:
        """Return the stream's next event as far as we know, or sometimes one with a version that is far too high."""
        if self.chance.random() < 0.05:
            return self.fresh(self.version + 10**9, CONFLICT)
        return self.fresh(self.version + 1, f"{APPENDED}|{CONFLICT}")

    async def learn(self, request: Request, outcome: Outcome, ledger: Ledger) -> Wrong | None:
        """Go on from the stream's version; a refusal is right only if the stream has moved on."""
        if outcome.kind in {APPENDED, REPEATED}:
            self.version = outcome.version
        elif request.version == self.version + 1:
            entries = await ledger.read_stream(UUID(self.stream), after_version=self.version)
            if not entries:
                return Wrong(f"{request} was refused, and the stream is at {self.version} still")
            self.version = entries[-1].version
        return None


class Common(Lane):
    """With a key that callers of every process use at the same time, with one of two bodies: one caller wins."""

    kind = "common"
    _seen = 0

    def next(self) -> Request:
        """Return a request for a new stream, with one of the present keys."""
        name = f"{self.seed} {self._seen // _WINDOW} {self.chance.randrange(4)}"
        key, body = (_hash(f"{name} {part}") for part in ("key", self.chance.choice(("this", "this", "that"))))
        return Request(self.name, new_nonce(), key, body, new_nonce(), 1, 1, f"{APPENDED}|{REPEATED}|{KEY_REUSED}")

    async def learn(self, request: Request, outcome: Outcome, ledger: Ledger) -> Wrong | None:
        """Note how far the ledger is."""
        del request
        self._seen = max(self._seen, await ledger.wait_beyond(0, timeout=0), outcome.position)
        return None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def lane_of(state: LaneState, chance: random.Random, seed: str) -> Lane:
    """Return the lane; the first word of its name is its kind."""
    kinds: dict[str, type[Lane]] = {kind.kind: kind for kind in (Own, Shared, Common)}
    return kinds[state.name.partition("-")[0]](state, chance, seed)
