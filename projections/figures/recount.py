"""Counts the figures again, from the events alone: an auditor's own code, which shares none with the view's.

It takes one event after the other, stream by stream, and keeps those of one stream only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import partial
from itertools import groupby
from typing import Any, Final

from ledger.published.recorded import Recorded
from projections.figures.by_hand import Month
from projections.figures.recount_evidence import ABOUT_EVIDENCE, count_evidence

TOPICS: Final = (
    "case.submitted",
    "case.applicant_asked",
    "case.applicant_answered",
    "case.decided",
    "case.closed",
    "case.granted_by_silence",
    "case.lapsed",
    "case.reopened",
    "case.term_counted",
    "case.withdrawn",
    *sorted(ABOUT_EVIDENCE),
    "service.drafted",
    "service.published",
    "service.withdrawn",
)


class _Version:
    """A version that holds from a day on, or, without phases, a withdrawal."""

    def __init__(self, begins: date, ends: date | None, is_online: Counter[bool]) -> None:
        self.begins, self.ends, self.is_online = begins, ends, is_online


class Recount:
    """The figures of every service and agency, from events that come stream by stream in their order."""

    def __init__(self) -> None:
        self.agencies: dict[str, str] = {}
        self._months: dict[tuple[str, str], Month] = defaultdict(Month)
        self._versions: dict[str, list[_Version]] = {}

    def count(self, events: Iterable[Recorded]) -> None:
        """Count all of the events."""
        for _, stream in groupby(events, key=lambda event: event.stream):
            first, *others = stream
            if first.topic == "case.submitted":
                service = first.data["service"]
                self._count_case(first.data, [event for event in others if event.topic not in ABOUT_EVIDENCE])
                count_evidence(others, partial(self._of, service))
            elif first.topic == "service.drafted":
                self._count_service(first, others)

    def months(self) -> set[str]:
        """Return the months in which anything was counted, or a version of a service began to hold."""
        begun = {_month(version.begins) for versions in self._versions.values() for version in versions}
        return begun | {month for _, month in self._months}

    def of_service(self, service: str, month: str) -> Month:
        """Return what happened to a service in a month."""
        found = Month()
        found.add(self._months.get((service, month), Month()))
        found.is_online = self._online(service, month)
        return found

    def of_agency(self, agency: str, month: str) -> Month:
        """Return what happened to the services of an agency in a month."""
        found = Month()
        for service, its in self.agencies.items():
            if its == agency:
                found.add(self.of_service(service, month))
        return found

    def _count_case(self, submission: Mapping[str, Any], events: Iterable[Recorded]) -> None:
        service, began = submission["service"], date.fromisoformat(submission["term_began"])
        self.agencies.setdefault(service, submission["agency"])
        self._of(service, began).channels[submission["channel"]] += 1
        asked: date | None = None
        decided: tuple[date, str] | None = None
        closed: date | None = None
        last: str | None = submission["last_day"]
        for event in events:
            day = date.fromisoformat(event.data["local_date"])
            if event.topic == "case.term_counted":
                last = event.data["last_day"]
                continue
            if event.topic == "case.applicant_answered" and asked is not None:
                self._of(service, day).waits[max(0, (day - asked).days)] += 1
            asked = day if event.topic == "case.applicant_asked" else None
            if event.topic in ("case.decided", "case.granted_by_silence"):
                decided = day, event.data.get("outcome", "granted")
            elif event.topic in ("case.closed", "case.lapsed"):
                closed = day
            elif event.topic == "case.reopened":
                decided = closed = None
        if decided is not None:
            self._of(service, decided[0]).outcomes[decided[1]] += 1
        if closed is not None:
            self._of(service, closed).was_late[last is not None and closed > date.fromisoformat(last)] += 1
        finished = decided[0] if decided else closed
        if finished is not None:
            month = self._of(service, finished)
            month.working[_weekdays(began, finished)] += 1
            month.calendar[max(0, (finished - began).days)] += 1

    def _of(self, service: str, day: date) -> Month:
        return self._months[service, _month(day)]

    def _count_service(self, first: Recorded, events: Iterable[Recorded]) -> None:
        service, agency = first.data["definition"]["slug"], first.data["definition"]["agency"]
        drafts = {first.data["version"]: first.data["definition"]["steps"]}
        begins: dict[int, date] = {}
        found: list[_Version] = []
        for event in events:
            number, on = event.data["version"], date.fromisoformat(event.occurred_at[:10])
            if event.topic == "service.drafted":
                drafts[number] = event.data["definition"]["steps"]
            elif event.topic == "service.withdrawn":
                found.append(_Version(max(on, begins.get(number, on)), None, Counter()))
            else:
                said, until = event.data["valid_from"] or event.data["local_date"], event.data["valid_to"]
                begins[number] = date.fromisoformat(said) if said else on
                ends = date.fromisoformat(until) if until else None
                found.append(_Version(begins[number], ends, _phases(drafts[number])))
        if found:
            self._versions[service] = found
            self.agencies[service] = agency

    def _online(self, service: str, month: str) -> Counter[bool]:
        year, number = map(int, month.split("-"))
        # The first day of the next month, if the calendar has one, is the day after the last.
        last = date.max if month == "9999-12" else date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
        holding = _Version(date.min, None, Counter())
        for version in self._versions.get(service, ()):
            if holding.begins <= version.begins <= last:
                holding = version
        return Counter() if holding.ends is not None and holding.ends < last else holding.is_online


def _month(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def _phases(steps: Iterable[Mapping[str, Any]]) -> Counter[bool]:
    channels: dict[str, list[str | None]] = {}
    for step in steps:
        channels.setdefault(step["phase"], []).append(step["channel"])
    return Counter(all(channel == "electronic" for channel in each) for each in channels.values())


def _weekdays(began: date, ended: date) -> int:
    """Count the days from Monday to Friday, day by day, but whole weeks at once."""
    weeks, rest = divmod(max(0, (ended - began).days), 7)
    return weeks * 5 + sum((began + timedelta(days=day)).weekday() < 5 for day in range(1, rest + 1))  # noqa: PLR2004 - a working week
