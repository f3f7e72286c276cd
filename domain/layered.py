"""Defines a mapping that never changes, and whose changed copies cost little however large it is."""

from collections.abc import Iterable, Iterator, Mapping
from math import isqrt
from typing import Any, Final, TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")

_GONE: Final = object()
_FEW: Final = 16


class Layered(Mapping[K, V]):
    """A mapping in two layers: a large one that copies share, and a small one with what has changed since.

    A copy is made of the small layer only. As soon as that has more than about the square root of the large one's
    entries, both become a new large one: n changes of n entries cost n times √n, and not n times n.
    """

    __slots__ = ("_above", "_below", "_size")

    def __init__(self, entries: Mapping[K, V] | None = None) -> None:
        self._below: Mapping[K, V] = dict(entries or {})
        self._above: Mapping[K, Any] = {}
        self._size = len(self._below)

    def updated(self, entries: Mapping[K, V], without: Iterable[K] = ()) -> "Layered[K, V]":
        """Return the mapping with these entries, and without those."""
        gone = [key for key in dict.fromkeys(without) if key in self and key not in entries]
        copy: Layered[K, V] = Layered()
        copy._size = self._size + sum(key not in self for key in entries) - len(gone)
        copy._below, copy._above = self._below, {**self._above, **entries, **dict.fromkeys(gone, _GONE)}
        if len(copy._above) > _FEW + isqrt(len(copy._below)):
            merged = {**copy._below, **copy._above}
            for key in [key for key, value in copy._above.items() if value is _GONE]:
                del merged[key]
            copy._below, copy._above = merged, {}
        return copy

    def __getitem__(self, key: K) -> V:
        found = self._above[key] if key in self._above else self._below[key]
        if found is _GONE:
            raise KeyError(key)
        return cast("V", found)

    def __contains__(self, key: object) -> bool:
        return self._above[cast("K", key)] is not _GONE if key in self._above else key in self._below

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[K]:
        for key in self._below:
            if self._above.get(key) is not _GONE:
                yield key
        for key, value in self._above.items():
            if value is not _GONE and key not in self._below:
                yield key

    def __repr__(self) -> str:
        return f"Layered({dict(self)!r})"
