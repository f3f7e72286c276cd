"""One event of each topic about the term of a case, and of a calendar."""

from datetime import date

from domain.agency.events import CalendarNamed
from domain.calendar.events import ActEntered, CalendarOpened
from domain.calendar.values import CountingRules, Entries, LegalAct, NamedDay, YearlyDay
from domain.case.clock_events import (
    CaseEscalated,
    CaseLapsed,
    CaseNearsItsLastDay,
    GrantedBySilence,
    SilentGrantNotPublished,
    SilentGrantPublished,
    TermCounted,
    TermExtended,
)
from domain.event import Event
from domain.values import Term
from tests.domain.town import LAST_DAY, TODAY, TOO_LATE

CODE = LegalAct(title={"az": "Əmək Məcəlləsi", "en": "Labour Code"}, number="105", published_on=date(1999, 2, 1))
DECREE = LegalAct(title={"az": "Qərar", "en": "Decree"}, number="362", published_on=date(2026, 11, 20))
OPENED = CalendarOpened(
    slug="az",
    jurisdiction="az",
    territory="baku",
    working_week="five_days",
    act=CODE,
    entries=Entries(
        every_year=(YearlyDay(month=1, day=1, name={"en": "New Year"}, carried_over=True),),
        rest_days=(6, 7),
        counting=CountingRules(last_day_off="next_working_day", least_working_days=2),
        from_day=date(2006, 1, 1),
    ),
)
ENTERED = ActEntered(
    slug="az",
    number=2,
    act=DECREE,
    entries=Entries(
        days=(NamedDay(day=date(2026, 11, 27), effect="off", why="swap", name={"en": "Swapped"}),),
        ends=(1,),
        from_day=date(2026, 11, 27),
        to_day=date(2026, 11, 28),
    ),
)
COUNTED = TermCounted(
    local_date=TODAY, last_day=None, ground="Administrative code, article 12", calendar="az", calendar_version=2
)
EXTENDED = TermExtended(
    local_date=TODAY,
    by=Term(days=3, kind="working"),
    ground="Administrative code, article 14",
    calendar_version=0,
    reason="The plans are on eleven sheets.",
)
GRANTED = GrantedBySilence(
    local_date=TOO_LATE,
    last_day=LAST_DAY,
    legal_basis="Town planning code, article 5",
    looked_up_to=7,
    calendar_version=0,
    publish_by=date(2026, 12, 9),
)
LAPSED = CaseLapsed(
    local_date=TOO_LATE, question=1, answer_by=LAST_DAY, ground="Licences law, article 18", calendar_version=0
)
CLOCK_EXAMPLES: tuple[Event, ...] = (
    CalendarNamed(slug="town", calendar="az"),
    OPENED,
    ENTERED,
    COUNTED,
    EXTENDED,
    CaseNearsItsLastDay(local_date=TODAY, last_day=LAST_DAY, calendar_version=0),
    CaseEscalated(local_date=TOO_LATE, number=1, last_day=LAST_DAY, calendar_version=0),
    GRANTED,
    SilentGrantPublished(local_date=TOO_LATE, published_at="Official gazette, 2026, no. 340"),
    SilentGrantNotPublished(local_date=date(2026, 12, 10), publish_by=date(2026, 12, 9)),
    LAPSED,
)
