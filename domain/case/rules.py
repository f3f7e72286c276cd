"""The rules of a case, each a named function that refuses or does nothing."""

from domain.case.commands import (
    AskApplicant,
    AssignCase,
    DecideCase,
    EraseSubject,
    RecordStep,
    ReopenCase,
    SubmitCase,
)
from domain.case.refusals import (
    ActorNotApplicant,
    AnswerNotAsked,
    CaseAlreadyAssigned,
    CaseAlreadyDecided,
    CaseNotClosed,
    CaseNotDecided,
    CaseNotInProgress,
    CaseNotOpen,
    ChannelNotOffered,
    LanguageNotOffered,
    LegalBasisMissing,
    NoQuestionOpen,
    OfficialNotAssigned,
    OrderMissing,
    OutcomeUnknown,
    QuestionEmpty,
    ReasonsMissing,
    ServiceNotOffered,
    StepMayNotFollow,
    StepUnknown,
    SubjectAlreadyErased,
    SubjectIsErased,
    SubjectUnknown,
)
from domain.case.stage import OPEN, UNDECIDED, Stage
from domain.case.state import CaseState
from domain.envelope import Actor

_APPLICANTS = frozenset({"applicant", "representative"})
_OUTCOMES = frozenset({"granted", "refused", "partly"})


def service_is_offered(command: SubmitCase) -> None:
    """Only a published version can be asked for, in its channels and languages; imports take what was used."""
    if command.version is None:
        raise ServiceNotOffered
    if command.origin == "import":
        return
    if command.channel not in command.service.channels:
        raise ChannelNotOffered
    if command.language not in command.service.languages:
        raise LanguageNotOffered


def case_is_open(state: CaseState) -> None:
    """Nothing is done with a case that is closed, withdrawn or archived."""
    if state.stage not in OPEN:
        raise CaseNotOpen


def case_is_undecided(state: CaseState) -> None:
    """What is decided stays decided."""
    if state.stage not in UNDECIDED:
        raise CaseAlreadyDecided


def case_is_in_progress(state: CaseState) -> None:
    """Work is done on a case in progress only."""
    if state.stage is not Stage.IN_PROGRESS:
        raise CaseNotInProgress


def assigned_official_acts(actor: Actor, state: CaseState) -> None:
    """Nobody but the assigned official works on a case."""
    if actor.role != "official" or actor.pseudonym != state.official:
        raise OfficialNotAssigned


def applicant_acts(actor: Actor) -> None:
    """Some things only the applicant, or who acts for them, can do."""
    if actor.role not in _APPLICANTS:
        raise ActorNotApplicant


def desk_assigns_once(command: AssignCase, state: CaseState) -> None:
    """The desk gives a case to one official; what was done elsewhere changed hands as it did."""
    if command.origin != "import" and state.official is not None:
        raise CaseAlreadyAssigned


def step_may_follow(command: RecordStep, state: CaseState) -> None:
    """A step follows only the steps that the service names, or is one of its first."""
    step = command.service.step(command.step)
    if step is None:
        raise StepUnknown
    if not (step.first if state.step is None else state.step in step.may_follow):
        raise StepMayNotFollow


def question_has_words(command: AskApplicant) -> None:
    """A question says what is wanted."""
    if not command.question.strip():
        raise QuestionEmpty


def elements_are_the_services(command: AskApplicant) -> None:
    """Nobody is asked for a data element that the service does not name."""
    known = {question.element for question in command.service.questions}
    for element in command.elements:
        if element not in known:
            raise AnswerNotAsked(field="elements")


def question_is_open(state: CaseState) -> None:
    """An answer needs a question."""
    if state.stage is not Stage.AWAITING_APPLICANT:
        raise NoQuestionOpen


def decision_is_complete(command: DecideCase) -> None:
    """A decision has an outcome, a legal basis and reasons."""
    if command.outcome not in _OUTCOMES:
        raise OutcomeUnknown
    if not command.legal_basis.strip():
        raise LegalBasisMissing
    if not command.reasons.strip():
        raise ReasonsMissing


def case_is_decided(state: CaseState) -> None:
    """A case is closed when it is decided."""
    if state.stage is not Stage.DECIDED:
        raise CaseNotDecided


def case_is_closed(state: CaseState) -> None:
    """Only what is closed can be opened again."""
    if state.stage is not Stage.CLOSED:
        raise CaseNotClosed


def order_is_named(command: ReopenCase) -> None:
    """A closed case is opened again by an order only."""
    if not command.order.strip():
        raise OrderMissing


def words_can_be_sealed(state: CaseState) -> None:
    """Words to an erased person have no key to be sealed under."""
    if state.applicant in state.erased:
        raise SubjectIsErased


def subject_can_be_erased(command: EraseSubject, state: CaseState) -> None:
    """A person of the case is erased once."""
    if command.pseudonym in state.erased:
        raise SubjectAlreadyErased
    if command.pseudonym not in state.people:
        raise SubjectUnknown
