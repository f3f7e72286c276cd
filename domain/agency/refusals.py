"""Why an agency may not be registered."""

from domain.refusals import InvalidInput, Refusal


class AgencyAlreadyRegistered(Refusal):
    """There is an agency of this name already."""


class AgencyWithoutDesk(InvalidInput):
    """An agency needs at least one desk, so that cases have a place to land."""


class DeskNamedTwice(InvalidInput):
    """Two desks of the agency have the same name."""


class TimeZoneUnknown(InvalidInput):
    """There is no IANA time zone of this name."""
