"""Who has the open cases of a desk: a view knows it, and this says what is asked of the view."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, TypeAlias
from uuid import UUID


class Held(NamedTuple):
    """The pseudonyms of officials in a desk's open cases, and the position of which this is true."""

    officials: Sequence[UUID]
    position: int


HeldAt: TypeAlias = Callable[[str, str], Awaitable[Held]]
"""Given agency and desk, returns who has its open cases: as of the moment of the question, or later."""
