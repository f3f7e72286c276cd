"""The rules of a case's term; each is a function whose name says what it demands."""

from datetime import date

from domain.case.answers import is_text
from domain.case.clock_commands import (
    ClockCommand,
    ExtendTerm,
    GrantBySilence,
    LapseCase,
    NoteUnpublishedGrant,
    PublishSilentGrant,
)
from domain.case.clock_state import SilentGrant
from domain.case.commands import AskApplicant, DecideCase
from domain.case.refusals import (
    AnswerNotDue,
    CaseGrantedBySilence,
    DeadlineAlreadyExtended,
    DeadlineAlreadyOver,
    ExtensionNotAllowed,
    ExtensionTooLong,
    LegalBasisMissing,
    NotTheAgency,
    NotTheClock,
    ReasonsMissing,
    SilenceIsNoAnswer,
    SilentGrantMissing,
    TermIsSuspended,
    TextTooLong,
)
from domain.case.rules import by_the_assigned_official, can_be_sealed, case_is_open, case_is_undecided
from domain.case.stage import Stage
from domain.case.state import CaseState
from domain.envelope import CLOCK
from domain.service.definition import ServiceDefinition
from domain.text import LONGEST_LINE


def by_the_clock(command: ClockCommand, _: CaseState) -> None:
    """Only the clock says what time has led to."""
    if command.actor != CLOCK or command.origin != "clock":
        raise NotTheClock


def by_the_agency(command: PublishSilentGrant, case: CaseState) -> None:
    """A system of the agency makes a grant public: the place of it is read by everybody, so no official says it."""
    if command.actor.role != "agency" or command.actor.pseudonym not in case.concerned:
        raise NotTheAgency


def extension_is_allowed(command: ExtendTerm, case: CaseState, last_day: date | None) -> None:
    """The assigned official extends a running term once, before it is over, by no more than the service allows."""
    case_is_open(command, case)
    case_is_undecided(command, case)
    by_the_assigned_official(command, case)
    allowed = command.service.extension
    if allowed is None:
        raise ExtensionNotAllowed
    if case.clock.clock.extension is not None:
        raise DeadlineAlreadyExtended
    if case.clock.clock.is_suspended:
        raise TermIsSuspended
    if last_day is None or command.local_date > last_day:
        raise DeadlineAlreadyOver
    if command.by.kind != allowed.kind or command.by.days > allowed.days:
        raise ExtensionTooLong(field="by")
    if len(command.ground) > LONGEST_LINE:
        raise TextTooLong(field="ground")
    if not is_text(command.ground):
        raise LegalBasisMissing(field="ground")
    if command.reason is not None:
        can_be_sealed(command.reason, "reason", case)
    elif not case.applicant_is_erased:
        raise ReasonsMissing(field="reason")


def grants_by_silence(service: ServiceDefinition, case: CaseState) -> bool:
    """Return whether silence grants the request: where the law says so, and for a reopened case only in a new term.

    An order that reopens a case and lets its clock go on would else be answered by a term that was over before it.
    """
    return service.silent_approval and (not case.reopenings or case.clock.clock.restart is not None)


def silence_is_an_answer(command: GrantBySilence, case: CaseState) -> None:
    """Silence grants only where the law says so."""
    if not grants_by_silence(command.service, case):
        raise SilenceIsNoAnswer


def silence_has_not_answered(command: AskApplicant | DecideCase, case: CaseState) -> None:
    """After the last day the law has granted the request, also in the moments before the clock says so.

    A decision would come too late, and a question would suspend a term that is over. The last day is the one that the
    case's events say. It does not bind what another system did, nor cases of before there was a clock that grants.
    """
    if command.origin == "import" or case.clock.clock.is_stated is None:
        return
    last = case.last_day
    if grants_by_silence(command.service, case) and last is not None and command.local_date > last:
        raise CaseGrantedBySilence


def grant_is_unpublished(_: PublishSilentGrant | NoteUnpublishedGrant, case: CaseState) -> SilentGrant:
    """Only a grant by silence is made public, once; return it."""
    grant = case.clock.silent_grant
    if grant is None or grant.published:
        raise SilentGrantMissing
    return grant


def the_applicant_owes_an_answer(_: LapseCase, case: CaseState) -> date:
    """A request lapses only for a question of the official's that is open; return when it was asked."""
    asked_on = case.clock.asked_on
    if asked_on is None or case.stage is not Stage.AWAITING_APPLICANT or not case.evidence.is_settled:
        raise AnswerNotDue
    return asked_on
