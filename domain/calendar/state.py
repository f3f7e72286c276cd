"""The state of a calendar after its events: all its acts, in the order in which they became known."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, Self

from domain.calendar.commands import OpenCalendar
from domain.calendar.events import ActEntered, CalendarOpened
from domain.calendar.values import Entries, LegalAct
from domain.calendar.working_days import EnteredAct, WorkingDays
from domain.event import Event, UnknownEventError


class CalendarState:
    """A calendar. Its version is the number of its acts, and what an earlier version said can be asked for.

    Args:
        opened: its first event.
        acts: its acts, the first one's too.
        known: what was worked out for some versions.
    """

    def __init__(
        self, opened: CalendarOpened, acts: Sequence[EnteredAct], known: Mapping[int, WorkingDays] | None = None
    ) -> None:
        self._opened, self.acts = opened, tuple(acts)
        self.slug = opened.slug
        self._known = dict(known or {})

    @property
    def version(self) -> int:
        """The number of acts, which is the version of its stream."""
        return len(self.acts)

    def known_at(self, version: int) -> WorkingDays:
        """Return the working days as they were known when the calendar had so many acts.

        Raises:
            LookupError: it never had.
        """
        if (known := self._known.get(version)) is None:
            if not 1 <= version <= len(self.acts):
                raise LookupError(f"the calendar {self.slug} has no version {version}")
            self._known[version] = known = WorkingDays(self.acts[:version])
        return known

    def was_opened_by(self, command: OpenCalendar) -> bool:
        """Return whether the calendar was opened by the same command."""
        return all(
            getattr(self._opened, name) == getattr(command, name)
            for name in ("slug", "jurisdiction", "territory", "working_week", "act", "entries")
        )

    def has(self, act: LegalAct, entries: Entries) -> bool:
        """Return whether the last act is the same one, with the same entries."""
        return self.acts[-1] == EnteredAct(act, entries)

    def after(self, event: ActEntered) -> Self:
        """Return the calendar with one more act; what was worked out for earlier versions stays known."""
        return type(self)(self._opened, (*self.acts, EnteredAct(event.act, event.entries)), self._known)


class KnownCalendar(NamedTuple):
    """A calendar as it is known: by so many acts. No calendar, and version 0: Monday to Friday are worked."""

    state: CalendarState | None = None
    version: int = 0

    @property
    def working(self) -> WorkingDays | None:
        """The working days; None: Monday to Friday."""
        return self.state.known_at(self.version) if self.state is not None else None


MONDAY_TO_FRIDAY: Final = KnownCalendar()
"""What working days are where no calendar is named."""


def evolve(state: CalendarState | None, event: Event) -> CalendarState:
    """Return the calendar after one more event.

    Raises:
        UnknownEventError: the event does not belong here.
    """
    if state is None and isinstance(event, CalendarOpened):
        return CalendarState(event, (EnteredAct(event.act, event.entries),))
    if state is not None and isinstance(event, ActEntered):
        return state.after(event)
    raise UnknownEventError(event)
