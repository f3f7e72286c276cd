"""What the coordinator sends about a calendar."""

from application.request_document import RequestDocument
from domain.calendar.events import WorkingWeek
from domain.calendar.values import Entries, LegalAct
from domain.values import Slug


class CalendarOpening(RequestDocument):
    """A calendar, and the act by which its week and its rules of counting hold."""

    slug: Slug
    jurisdiction: Slug
    territory: Slug | None = None
    working_week: WorkingWeek
    act: LegalAct
    entries: Entries


class ActEntry(RequestDocument):
    """An act of the law, and what it says of the days of a calendar."""

    act: LegalAct
    entries: Entries


class CalendarNaming(RequestDocument):
    """The calendar by which the terms of an agency's new cases are counted."""

    calendar: Slug
