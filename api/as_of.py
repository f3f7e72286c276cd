"""The query parameter `asOf`; `projections.as_of` defines its meaning."""

from typing import Annotated

from fastapi import Query
from pydantic import WithJsonSchema

from domain.values import DIGITS

_FORMS = {
    "anyOf": [
        {"type": "string", "pattern": f"^{DIGITS}$"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
    ]
}
AsOf = Annotated[
    Annotated[str, WithJsonSchema(_FORMS)] | None,
    Query(
        alias="asOf",
        max_length=40,
        description="A position, an instant (RFC 3339), or a date: the end of that day at the agency.",
    ),
]
