"""The refusals of an agency's commands."""

from domain.refusals import InvalidInput, Refusal


class AgencyAlreadyRegistered(Refusal):
    """There is an agency of this name already."""


class AgencyUnknown(InvalidInput):
    """There is no agency of this name."""


class AgencyWithoutDesk(InvalidInput):
    """An agency needs at least one desk, where its cases arrive."""


class CalendarNotOpened(InvalidInput):
    """There is no calendar of this name: it is opened first."""


class DeskLimitOutOfRange(InvalidInput):
    """A desk's limit of open cases for each official is between 1 and 1000."""


class DeskNamedTwice(InvalidInput):
    """Two desks of the agency have the same name."""


class DeskUnknown(InvalidInput):
    """The agency has no such desk."""


class StandInOfTheSameAgency(InvalidInput):
    """A desk of another agency stands in: at one's own agency too few can take the case."""


class TimeZoneUnknown(InvalidInput):
    """There is no IANA time zone of this name."""
