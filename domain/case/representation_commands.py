"""The commands about who acts for the applicant of a case. Each has its time and its actor."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from domain.envelope import Actor, Origin


@dataclass(frozen=True, slots=True)
class AddRepresentative:
    """Act for the applicant from now on, by this mandate; None: by what the login proves about an organisation.

    The application has checked that the mandate covers the case.
    """

    at: datetime
    actor: Actor
    mandate: str | None = field(repr=False)
    origin: Origin = "live"


@dataclass(frozen=True, slots=True)
class RemoveRepresentative:
    """Let somebody act for the applicant no longer: they say so, or the window has found their right over."""

    at: datetime
    actor: Actor
    representative: str
    origin: Origin = "live"


RepresentationCommand: TypeAlias = AddRepresentative | RemoveRepresentative
