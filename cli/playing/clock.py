"""The seventh scene: a term that a decree, a question and an extension move, with its causes at each step."""

import time
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

from application.clock import system_clock
from cli.playing import documents as sent
from cli.playing.people import Answer, Person
from cli.playing.play import Play
from domain.case.deadlines import local_date

_PATIENCE: Final = 40.0  # seconds
_BETWEEN_LOOKS: Final = 0.2  # seconds
_FRIDAY: Final = 5
_TERM: Final = 10  # working days, as the service says
_LONGER: Final = 5
_COUNTED: Final = "case.term_counted"


def the_clock_is_law(play: Play) -> None:
    """A term is counted by a calendar, moved, suspended and extended, and says at each step why it ends then."""
    who, tell = play.who, play.tell
    tell.begin("The clock is law: every last day has its causes, and anybody can count it again")
    tell.says("The coordinator keeps the calendar of the country, act by act. The city counts by it.")
    today = local_date(system_clock(), sent.TIME_ZONE)
    holiday, moved_to = _working_day(today, _TERM + 2 * _LONGER), _working_day(today, 3)
    play.does(who.coordinator, "POST", "/v1/calendars", sent.calendar(holiday))
    play.does(who.coordinator, "PUT", f"/v1/agencies/{sent.CITY}/calendar", {"calendar": sent.CALENDAR})
    play.publishes(sent.PARKING, version=1)
    tell.says("Leyla asks for a parking place. The city has ten working days.")
    asked = who.leyla.sends("POST", "/v1/cases", {"service": "parking-place", "answers": {}})
    play.done("POST", "/v1/cases", asked)
    case, submitted = asked.headers["location"], asked.headers["position-token"]
    began = _term_ends(play, case, submitted, after=_TERM)
    tell.says("A decree moves a holiday into these days. The window counts every open term anew, and says why.")
    decree = sent.decree(today, holiday, moved_to)
    play.does(who.coordinator, "POST", f"/v1/calendars/{sent.CALENDAR}/acts", decree)
    _is_counted(play, case, _working_day(began, _TERM + 1))
    _term_ends(play, case, submitted, after=_TERM + 1)
    tell.says("An official is drawn, and asks Leyla something. The term does not run until she answers.")
    play.is_drawn_for(case)
    official = _whose(play, case)
    _changes(play, official, f"{case}/questions", {"question": "For which street?"})
    _is_counted(play, case, None)
    _term_ends(play, case, submitted, after=None)
    tell.says("She answers on the same day, so that no day is lost.")
    _changes(play, who.leyla, f"{case}/answers", {"answer": "Mulberry Street."})
    _is_counted(play, case, _working_day(began, _TERM + 1))
    tell.says("The official makes the term longer, on a legal ground and with a reason. A second time is refused.")
    _changes(play, official, f"{case}/extension", sent.LONGER)
    _is_counted(play, case, _working_day(began, _TERM + 1 + _LONGER))
    _changes(play, official, f"{case}/extension", sent.LONGER, refused_by="deadline-already-extended")
    _term_ends(play, case, submitted, after=_TERM + 1 + _LONGER)
    tell.says("What was known when Leyla asked can be counted again at any time.")
    _term_ends(play, case, submitted, after=_TERM, then=submitted.partition(".")[0])


def _working_day(after: date, days: int) -> date:
    """Return the day that so many days from Monday to Friday after a day end on; acts are not looked at."""
    while days:
        after += timedelta(days=1)
        days -= after.isoweekday() <= _FRIDAY
    return after


def _term_ends(play: Play, case: str, position: str, after: int | None, then: str | None = None) -> date:
    """Show the term of the case with its causes, as of a position or now, and return the day on which it began.

    Args:
        play: the demonstration.
        case: the address of the case.
        position: what its reader has seen.
        after: after how many days from Monday to Friday it ends; None: it is suspended.
        then: the position as of which it is shown.
    """
    path = f"{case}/term" + (f"?asOf={then}" if then else "")
    answer = play.who.leyla.asks(path, Position_Token=position, Prefer="wait=10")
    play.done("GET", f"/v1/cases/CASE/term{'?asOf=POSITION' if then else ''}", answer)
    term = answer.body
    play.tell.fact(last_day=term["lastDay"], suspended=term["suspended"], acts_known=term["calendarVersion"])
    for cause in term["causes"]:
        play.tell.cause(cause["text"]["en"])
    began = date.fromisoformat(term["began"])
    last = None if after is None else _working_day(began, after).isoformat()
    play.expects(term["lastDay"] == last, f"the last day is {term['lastDay']}, not {last}")
    return began


def _is_counted(play: Play, case: str, last_day: date | None) -> None:
    """Wait until the clock has counted the last day anew, and show what the case says of it."""
    wanted = None if last_day is None else last_day.isoformat()
    give_up_at = time.monotonic() + _PATIENCE
    while True:
        answer = play.who.leyla.asks(f"{case}/history", Prefer="wait=10")
        counted: list[dict[str, Any]] = [each for each in answer.body.get("items", []) if each["type"] == _COUNTED]
        if counted and counted[-1]["data"]["last_day"] == wanted:
            break
        play.expects(time.monotonic() < give_up_at, f"the last day is not counted within {_PATIENCE:.0f} seconds")
        time.sleep(_BETWEEN_LOOKS)
    play.done("GET", "/v1/cases/CASE/history", answer)
    play.tell.event(counted[-1], "last_day", "ground")


def _whose(play: Play, case: str) -> Person:
    """Return the official who was drawn for the case."""
    mine = f"/v1/desks/{sent.DESK}/worklist?show=mine"
    found = [
        official
        for official in play.who.officials
        if any(case.endswith(each["caseId"]) for each in official.asks(mine).body["items"])
    ]
    play.expects(len(found) == 1, "nobody has the case")
    return found[0]


def _changes(play: Play, person: Person, path: str, body: object, refused_by: str | None = None) -> Answer:
    """Change the case as it is now, of which the answer to a stale request has the version; or be refused by a rule."""
    version = '"1"'
    while True:
        answer = person.sends("POST", path, body, If_Match=version)
        if answer.status != HTTPStatus.PRECONDITION_FAILED:
            break
        version = answer.headers["etag"]
    shown = f"/v1/cases/CASE/{path.rpartition('/')[2]}"
    if refused_by is None:
        play.done("POST", shown, answer)
    else:
        play.tell.shows("POST", shown, [answer])
        play.expects(answer.rule == refused_by, f"POST {shown} is not refused by {refused_by}")
    return answer
