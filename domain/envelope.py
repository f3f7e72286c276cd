"""What is said about every event: who acted, when, whom it concerns, what led to it."""

from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from domain.values import Instant, Pseudonym, Slug

ActorRole: TypeAlias = Literal[
    "applicant", "representative", "official", "agency", "coordinator", "auditor", "clock", "resource", "window"
]
"""What somebody was to the case when they acted; `window` is Pencere itself."""

Origin: TypeAlias = Literal["live", "import", "clock", "resource"]
"""Where an event comes from; only a live one has happened at the time of the server's clock."""


class Actor(BaseModel):
    """Who acted, under the pseudonym of this one case."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    role: ActorRole
    pseudonym: Pseudonym


class Envelope(BaseModel):
    """The open data of an event that do not depend on its type."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    actor: Actor
    agencies: tuple[Slug, ...]
    occurred_at: Instant
    origin: Origin
    causation: UUID | None = None
    correlation: UUID | None = None
