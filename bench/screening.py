"""Row: the screening of texts for contacts, compared with what the library of telephone numbers alone takes."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Final

import phonenumbers

from application.screening.screen import screen
from bench.figures import Contender, Contest, Measured
from bench.ground import Ground

_TEXTS: Final = Path(__file__).resolve().parents[1] / "tests" / "screening" / "strangers.json"


@contextmanager
def against_the_library(_: Ground) -> Iterator[Contest]:
    """Compare with searching the same texts for telephone numbers that are written as such."""
    written = json.loads(_TEXTS.read_text())
    texts = [each["text"] for sort in ("honest", "evasive") for each in written[sort]]

    def searched(text: str) -> None:
        for _ in phonenumbers.PhoneNumberMatcher(text, "AZ"):
            pass

    yield Contest(_over(texts, "screen", screen), _over(texts, "phonenumbers' matcher", searched))


def _over(texts: list[str], name: str, look: Callable[[str], object]) -> Contender:
    def measured(seconds: float) -> Measured:
        took: list[float] = []
        ends = time.perf_counter() + seconds
        for text in itertools.cycle(texts):
            began = time.perf_counter()
            look(text)
            now = time.perf_counter()
            took.append(now - began)
            if now > ends:
                break
        percentiles = quantiles(took, n=100)
        characters = sum(map(len, texts)) / len(texts)
        note = f"{len(texts)} texts of {characters:.0f} characters on average"
        return Measured(len(took) / sum(took), percentiles[49] * 1000, percentiles[98] * 1000, note)

    return Contender(name, measured)
