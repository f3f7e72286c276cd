"""What integrated resources answer, as the register's events say: one small row, since every submission needs it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson

from projections.recorded import Recorded
from projections.tables import Rows

REGISTER: Final = "register"
"""The key of the row."""

_INTEGRATED, _JUDGED = "register.resource_integrated", "register.resource_judged"
_MOVED: Final = frozenset(
    {
        "register.resource_proposed",
        "register.resource_approved",
        "register.resource_use_asked",
        "register.resource_taken_into_use",
        "register.resource_retired",
        "register.resource_archived",
    }
)
TOPICS: Final = frozenset({_INTEGRATED, _JUDGED, *_MOVED})
"""The topics of the events after which a resource may answer, or does no longer."""


def fold_of_register(rows: Rows, event: Recorded) -> None:
    """Fold an event of the register."""
    known = rows.keyed["register"].get(REGISTER)
    answering = dict(_answering(known["answering"])) if known else {}
    if event.topic == _INTEGRATED:
        answering[event.data["resource"]] = sorted(event.data["integration"]["elements"])
    elif event.topic in _MOVED or event.data["verdict"] == "negative":
        answering.pop(_resource_of(event.data), None)
    text = orjson.dumps(answering, option=orjson.OPT_SORT_KEYS).decode()
    if known is None or known["answering"] != text:
        rows.keyed["register"].put(REGISTER, {"name": REGISTER, "answering": text})


def answerers(rows: Rows) -> Mapping[str, str]:
    """Return element -> the integrated resource that answers it; of several, the first by name."""
    known = rows.keyed["register"].get(REGISTER)
    return _by_element(known["answering"]) if known else {}


def _resource_of(data: Mapping[str, Any]) -> str:
    resource: str = data["description"]["slug"] if "description" in data else data["resource"]
    return resource


@lru_cache(maxsize=8)
def _answering(text: str) -> Mapping[str, Sequence[str]]:
    found: Mapping[str, Sequence[str]] = orjson.loads(text)
    return found


@lru_cache(maxsize=8)
def _by_element(text: str) -> Mapping[str, str]:
    return {name: slug for slug, elements in reversed(list(_answering(text).items())) for name in elements}
