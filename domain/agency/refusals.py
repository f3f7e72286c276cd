"""Why an agency may not be registered."""

from domain.refusals import Refusal


class AgencyAlreadyRegistered(Refusal):
    """There is an agency of this name already."""


class AgencyWithoutDesk(Refusal):
    """An agency needs at least one desk, so that cases have a place to land."""


class DeskNamedTwice(Refusal):
    """Two desks of the agency have the same name."""


class TimeZoneUnknown(Refusal):
    """There is no IANA time zone of this name."""
