"""What the last day of a case's term is counted from; events of the case put it there."""

from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from domain.calendar.counting import Pause
from domain.values import Term

OwedBy: TypeAlias = Literal["applicant", "resource"]
"""Who owes the answer for which a term is suspended."""


class Suspension(NamedTuple):
    """The term does not run because an answer is owed, on a ground of the law; `pause` says on which days."""

    pause: Pause
    owed_by: OwedBy
    ground: str


class Extension(NamedTuple):
    """The term was made longer, once, on a local date and a ground of the law."""

    on: date
    by: Term
    ground: str


class Restart(NamedTuple):
    """An order has reopened the case and let its term begin anew; `term` is the order's own, if it sets one."""

    order: str
    term: Term | None


class CaseClock(NamedTuple):
    """A case's clock.

    Attributes:
        began: the local date from which the term is counted.
        submitted_with: the last day that the submission has said.
        is_stated: whether an imported file has stated that day, so that it is not counted; None where the submission is
            too old to say.
        known: the version of the calendar when the term began; 0: there was no calendar; None: the term has begun
            anew and was not counted since, so that what is known now is what it began with.
        suspensions: when it did not run; only the last one may still last.
        extension: by what it was made longer.
        restart: why it has begun anew.
    """

    began: date
    submitted_with: date | None = None
    is_stated: bool | None = False
    known: int | None = 0
    suspensions: tuple[Suspension, ...] = ()
    extension: Extension | None = None
    restart: Restart | None = None

    @property
    def is_suspended(self) -> bool:
        """Return whether the term does not run now."""
        return bool(self.suspensions) and self.suspensions[-1].pause.until is None

    def suspended(self, on: date, owed_by: OwedBy, ground: str) -> "CaseClock":
        """Return the clock that does not run after a day, for whose answer now is owed."""
        clock = self.resumed(on)
        return clock._replace(suspensions=(*clock.suspensions, Suspension(Pause(on, None), owed_by, ground)))

    def resumed(self, on: date) -> "CaseClock":
        """Return the clock that runs again after a day; one that runs already stays as it is."""
        if not self.is_suspended:
            return self
        last = self.suspensions[-1]
        ended = last._replace(pause=Pause(last.pause.since, on))
        return self._replace(suspensions=(*self.suspensions[:-1], ended))

    def begun_anew(self, on: date, restart: Restart) -> "CaseClock":
        """Return the clock that begins anew on a day, by an order; what was extended or suspended before is over."""
        return CaseClock(on, known=None, restart=restart)
