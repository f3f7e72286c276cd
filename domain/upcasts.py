"""Turns old stored data into today's: one function a topic and old version, each a step to the next version."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Data: TypeAlias = dict[str, Any]
Upcast: TypeAlias = Callable[[Data], Data]

UPCASTS: Mapping[tuple[str, int], Upcast] = {}


def upcast(topic: str, schema_version: int, data: Data, upcasts: Mapping[tuple[str, int], Upcast] = UPCASTS) -> Data:
    """Return the data in the newest schema version of its topic."""
    while step := upcasts.get((topic, schema_version)):
        data = step(data)
        schema_version += 1
    return data
