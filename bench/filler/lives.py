"""The events of made-up cases: two to forty each, in an order that the domain allows."""

import random
from bisect import bisect
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from application.identity import new_id
from bench.filler.templates import CaseTemplates, Template
from bench.filler.town import SERVICES, TIME_ZONE, WEIGHTS
from domain.case.deadlines import last_day, local_date
from domain.case.reference import reference_of
from domain.service.definition import ServiceDefinition
from domain.values import text_at
from ledger.vault.person_key import random_ref
from projections.instants import instant_at

LONGEST: Final = 40
_SHORTEST, _USUALLY_MORE = 2, 9  # events of a life
_FRAME = 4  # submitted, assigned, decided, closed
_HANDLING = 1500  # microseconds between the server's clock, by which people act, and the ledger's
_WITHDRAWN, _ASKED, _NOTED = 0.08, 0.12, 0.3  # how often


class Happened(NamedTuple):
    """An event of a case, ready to be stored."""

    stream: bytes
    version: int
    topic: bytes
    open: bytes
    sealed: bytes


class Town:
    """Open cases of all services at the same time.

    Args:
        seed: the same seed gives cases of the same shapes, though never the same ids and ciphertexts.
        under_way: how many cases are open at a time.
    """

    def __init__(self, seed: int, under_way: int) -> None:
        self._drawn = random.Random(seed)  # noqa: S311 - the shapes of lives are no secret
        self._templates = [CaseTemplates(service) for service in SERVICES]
        self._cases: list[_Case | None] = [None] * under_way

    def happens(self, at: int) -> Happened:
        """Return the next event, at this time (microseconds), of a random case."""
        number = int(self._drawn.random() * len(self._cases))
        case = self._cases[number]
        if case is None:
            service = bisect(WEIGHTS, self._drawn.random() * WEIGHTS[-1])
            case = self._cases[number] = _Case(self._templates[service], self._drawn, at - _HANDLING)
        happened = case.next_event(at - _HANDLING)
        if case.version == case.length:
            self._cases[number] = None
        return happened


class _Case:
    """An open case; it knows how many events it will have."""

    __slots__ = ("_holes", "_life", "_stream", "length", "version")

    def __init__(self, templates: CaseTemplates, drawn: random.Random, at: int) -> None:
        submitted_at = instant_at(at)
        case_id, began = new_id(submitted_at), local_date(submitted_at, TIME_ZONE)
        self.version = 0
        self.length = min(LONGEST, _SHORTEST + int(drawn.expovariate(1 / _USUALLY_MORE)))
        self._stream = case_id.bytes
        self._holes = {
            b"case": str(case_id).encode(),
            b"applicant": str(random_ref()).encode(),
            b"official": str(random_ref()).encode(),
            b"reference": reference_of(case_id).encode(),
            b"began": began.isoformat().encode(),
            b"last_day": _last_day(templates.service, began),
            b"number": b"%d" % drawn.randint(1, 6),
        }
        self._life = _life(templates, self.length, self._holes, drawn)

    def next_event(self, at: int) -> Happened:
        holes = self._holes
        template = next(self._life)
        holes[b"at"], holes[b"today"] = text_at(at).encode(), _date(at)
        self.version += 1
        return Happened(self._stream, self.version, template.topic, *template.filled(holes))


def _life(templates: CaseTemplates, length: int, holes: dict[bytes, bytes], drawn: random.Random) -> Iterator[Template]:
    yield templates.submitted
    if length < _FRAME or drawn.random() < _WITHDRAWN:
        if length > _SHORTEST:
            yield templates.assigned
            yield from _work(templates, length - 3, holes, drawn)
        yield templates.withdrawn
        return
    yield templates.assigned
    yield from _work(templates, length - _FRAME, holes, drawn)
    yield drawn.choice(templates.decided)
    yield templates.closed


def _work(templates: CaseTemplates, left: int, holes: dict[bytes, bytes], drawn: random.Random) -> Iterator[Template]:
    """Yield a number of events of an official's work: steps, and answered questions."""
    questions, step = 0, ""
    followers = templates.followers
    while left:
        if left > 1 and drawn.random() < _ASKED:
            questions += 1
            holes[b"number"] = b"%d" % questions
            yield templates.asked
            yield templates.answered
            left -= 2
            continue
        # A step that no other may follow comes last.
        step = drawn.choice([name for name in followers[step] if left == 1 or followers[name]])
        yield templates.steps[step][drawn.random() < _NOTED]
        left -= 1


def _last_day(service: ServiceDefinition, began: date) -> bytes:
    return last_day(began, service.term).isoformat().encode() if service.term else b""


def _date(at: int) -> bytes:
    return local_date(instant_at(at), TIME_ZONE).isoformat().encode()
