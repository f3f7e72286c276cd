"""A small town with one service, and the events and commands of a case in it."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from domain.agency.state import AgencyState
from domain.case import commands
from domain.case.events import (
    ApplicantAnswered,
    ApplicantAsked,
    CaseAssigned,
    CaseBecameOverdue,
    CaseClosed,
    CaseDecided,
    CaseReopened,
    CaseSubmitted,
    CaseWithdrawn,
    StepRecorded,
)
from domain.case.reference import reference_of
from domain.envelope import Actor
from domain.service.definition import PublishedService, Question, ServiceDefinition, Step
from domain.values import Term

AT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
TODAY = date(2026, 11, 24)  # a Tuesday; in Baku too
LAST_DAY = date(2026, 12, 1)  # five working days later
TOO_LATE = date(2026, 12, 2)
CASE_ID = UUID("019abcde-f012-7345-8678-9abcdef01234")

APPLICANT = Actor(role="applicant", pseudonym="aaaaaaaa-1111-4111-8111-111111111111")
OFFICIAL = Actor(role="official", pseudonym="bbbbbbbb-2222-4222-8222-222222222222")
COLLEAGUE = Actor(role="official", pseudonym="cccccccc-3333-4333-8333-333333333333")
REPRESENTATIVE = Actor(role="representative", pseudonym="dddddddd-4444-4444-8444-444444444444")
AGENCY = Actor(role="agency", pseudonym="town")
WINDOW = Actor(role="window", pseudonym="desk")
CLOCK = Actor(role="clock", pseudonym="clock")

TOWN = AgencyState("town", {"az": "Şəhər", "en": "Town"}, "Asia/Baku", ("front", "back"))

SERVICE = ServiceDefinition(
    slug="building-permit",
    agency="town",
    desk="front",
    title={"az": "Tikinti icazəsi", "en": "Building permit"},
    description={"en": "Permission to build."},
    legal_basis="Town planning code, article 5",
    steps=(
        Step(name="T02 Check", label={"en": "Check"}, first=True),
        Step(name="T04 Decide", label={"en": "Decide"}, may_follow=("T02 Check", "T04 Decide")),
    ),
    questions=(
        Question(element="person.birth_date", label={"en": "Born on"}, type="date"),
        Question(element="person.phone", label={"en": "Telephone"}, type="text", required=False),
        Question(element="plot.area", label={"en": "Area"}, type="number", open=True),
        Question(element="plot.kind", label={"en": "Kind"}, type="choice", choices=("house", "shed"), open=True),
        Question(element="plot.owned", label={"en": "Owned"}, type="boolean", required=False),
    ),
    term=Term(days=5, kind="working"),
    appeal_term=Term(days=30, kind="calendar"),
    channels=("online", "desk"),
    languages=("az", "en"),
)
PUBLISHED = PublishedService(SERVICE, 2)
ANSWERS = {"person.birth_date": "1990-02-28", "plot.area": "120.50", "plot.kind": "shed"}

SUBMITTED = CaseSubmitted(
    reference=reference_of(CASE_ID),
    service="building-permit",
    service_version=2,
    calendar_version=0,
    agency="town",
    desk="front",
    time_zone="Asia/Baku",
    applicant=APPLICANT.pseudonym,
    channel="online",
    language="az",
    term_began=TODAY,
    last_day=LAST_DAY,
    open_answers={"plot.area": "120.50", "plot.kind": "shed"},
    sealed_answers={"person.birth_date": "1990-02-28"},
)
ASSIGNED = CaseAssigned(desk="front", official=OFFICIAL.pseudonym, rule="order")
CHECKED = StepRecorded(step="T02 Check")
ASKED = ApplicantAsked(local_date=TODAY, number=1, elements=("person.phone",), question="How can the plot be reached?")
ANSWERED = ApplicantAnswered(
    local_date=TODAY, number=1, open_answers={}, answer="By the old road.", sealed_answers=None
)
DECIDED = CaseDecided(local_date=TODAY, outcome="granted", legal_basis="Article 5", reasons="Everything is in order.")
CLOSED = CaseClosed(local_date=TODAY, reason="decided")
WITHDRAWN = CaseWithdrawn(local_date=TODAY, reason=None)
OVERDUE = CaseBecameOverdue(local_date=TOO_LATE, term_began=TODAY, term=SERVICE.term, last_day=LAST_DAY)
REOPENED = CaseReopened(local_date=TODAY, order="Court order 12/2026", reason=None)


def submit(**changes: Any) -> commands.SubmitCase:
    """Return the applicant's submission, with the given changes."""
    parts: dict[str, Any] = {
        "at": AT,
        "local_date": TODAY,
        "actor": APPLICANT,
        "case_id": CASE_ID,
        "service": PUBLISHED,
        "time_zone": "Asia/Baku",
        "applicant": APPLICANT.pseudonym,
        "channel": "online",
        "language": "az",
        "answers": ANSWERS,
    }
    return commands.SubmitCase(**parts | changes)


def assign(**changes: Any) -> commands.AssignCase:
    """Return the assignment to the official, with the given changes."""
    parts: dict[str, Any] = {"at": AT, "actor": WINDOW, "desk": "front", "official": OFFICIAL.pseudonym}
    return commands.AssignCase(**parts | changes)


def record(step: str = "T02 Check", **changes: Any) -> commands.RecordStep:
    """Return the official's record of a step, with the given changes."""
    parts: dict[str, Any] = {"at": AT, "actor": OFFICIAL, "service": SERVICE, "step": step}
    return commands.RecordStep(**parts | changes)


def ask(**changes: Any) -> commands.AskApplicant:
    """Return the official's question, with the given changes."""
    parts: dict[str, Any] = {
        "at": AT,
        "local_date": TODAY,
        "actor": OFFICIAL,
        "service": SERVICE,
        "question": ASKED.question,
    }
    return commands.AskApplicant(**parts | {"elements": ("person.phone",)} | changes)


def answer(**changes: Any) -> commands.AnswerQuestion:
    """Return the applicant's answer, with the given changes."""
    parts: dict[str, Any] = {
        "at": AT,
        "local_date": TODAY,
        "actor": APPLICANT,
        "service": SERVICE,
        "answer": ANSWERED.answer,
    }
    return commands.AnswerQuestion(**parts | changes)


def settle(**changes: Any) -> commands.DecideCase:
    """Return the official's decision, with the given changes."""
    parts: dict[str, Any] = {
        "at": AT,
        "local_date": TODAY,
        "actor": OFFICIAL,
        "service": SERVICE,
        "outcome": "granted",
        "legal_basis": "Article 5",
    }
    return commands.DecideCase(**parts | {"reasons": DECIDED.reasons} | changes)


def close(**changes: Any) -> commands.CloseCase:
    """Return the official's closing, with the given changes."""
    parts: dict[str, Any] = {"at": AT, "local_date": TODAY, "actor": OFFICIAL}
    return commands.CloseCase(**parts | changes)


def withdraw(**changes: Any) -> commands.WithdrawCase:
    """Return the applicant's withdrawal, with the given changes."""
    parts: dict[str, Any] = {"at": AT, "local_date": TODAY, "actor": APPLICANT}
    return commands.WithdrawCase(**parts | changes)


def mark_overdue(**changes: Any) -> commands.MarkOverdue:
    """Return the clock's command that marks the case overdue, with the given changes."""
    parts: dict[str, Any] = {"at": AT, "local_date": TOO_LATE, "actor": CLOCK, "service": SERVICE}
    return commands.MarkOverdue(**parts | changes)


def reopen(**changes: Any) -> commands.ReopenCase:
    """Return the agency's reopening by order, with the given changes."""
    parts: dict[str, Any] = {"at": AT, "local_date": TODAY, "actor": AGENCY, "order": "Court order 12/2026"}
    return commands.ReopenCase(**parts | changes)


def erase(**changes: Any) -> commands.EraseSubject:
    """Return the erasure of the applicant, with the given changes."""
    parts: dict[str, Any] = {"at": AT, "local_date": TODAY, "actor": WINDOW, "pseudonym": APPLICANT.pseudonym}
    return commands.EraseSubject(**parts | changes)
