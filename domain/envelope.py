"""The envelope of every event: who acted, when, whom it concerns, what led to it."""

from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from domain.values import Instant, Pseudonym, Slug

ActorRole: TypeAlias = Literal[
    "applicant", "representative", "official", "agency", "coordinator", "auditor", "clock", "resource", "window"
]
"""The part in which somebody acted; `window` is Pencere itself."""

Origin: TypeAlias = Literal["live", "import", "clock", "resource"]
"""The source of an event; only a live one happened at the time of the server's clock."""


EventId: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[1-9][0-9]{0,17}$")
]
"""An event named by its stream and version. The name never changes and is the same in every channel."""


class Actor(BaseModel):
    """Who acted, under the pseudonym of this one case."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    role: ActorRole
    pseudonym: Pseudonym


CLOCK: Final = Actor(role="clock", pseudonym="clock")
"""Who acts where nothing but the passing of time has led to it."""
DRAW: Final = Actor(role="window", pseudonym="draw")
"""Who acts where the window draws an official, and where it can draw none."""
COORDINATOR: Final = Actor(role="coordinator", pseudonym="coordinator")
"""The coordinating agency; whoever acts for it has no other name."""


class Envelope(BaseModel):
    """The open data of an event that do not depend on its type.

    `causation` is the event that led to this one; what a person asked for has none. `correlation` is the case.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    actor: Actor
    agencies: tuple[Slug, ...]
    occurred_at: Instant
    origin: Origin
    causation: EventId | None = None
    correlation: UUID | None = None
