"""The rules of the catalogue; each is a function whose name says what it demands."""

from typing import assert_never

from domain.service.commands import DraftService, PublishService
from domain.service.refusals import (
    AgencyNotRegistered,
    ChoicesMissing,
    ChoicesWithoutChoice,
    DeskNotOfAgency,
    ElementAskedTwice,
    FirstStepMissing,
    NewerVersionAlreadyPublished,
    PrecedingStepUnknown,
    ServiceNamedOtherwise,
    ServiceOfAnotherAgency,
    SilentApprovalWithoutTerm,
    StepNamedTwice,
    VersionAlreadyPublished,
    VersionAlreadySuperseded,
    VersionAlreadyWithdrawn,
    VersionNotDrafted,
)
from domain.service.state import ServiceState, VersionStatus


def agency_is_registered(command: DraftService, _: ServiceState | None) -> None:
    """Only an agency of the window owns services."""
    if command.agency is None or command.agency.slug != command.definition.agency:
        raise AgencyNotRegistered(field="definition.agency")


def desk_is_of_the_agency(command: DraftService, _: ServiceState | None) -> None:
    """Cases arrive at a desk of the agency."""
    if command.agency is None or command.definition.desk not in command.agency.desks:
        raise DeskNotOfAgency(field="definition.desk")


def service_stays_itself(command: DraftService, state: ServiceState | None) -> None:
    """A new version changes neither the service's name nor its owner."""
    if state is None:
        return
    if command.definition.slug != state.slug:
        raise ServiceNamedOtherwise(field="definition.slug")
    if command.definition.agency != state.agency:
        raise ServiceOfAnotherAgency(field="definition.agency")


def steps_form_a_way(command: DraftService, _: ServiceState | None) -> None:
    """Steps have different names, one may be the first, and every preceding step exists."""
    steps = command.definition.steps
    names = {step.name for step in steps}
    if len(names) != len(steps):
        raise StepNamedTwice(field="definition.steps")
    if steps and not any(step.first for step in steps):
        raise FirstStepMissing(field="definition.steps")
    for number, step in enumerate(steps):
        if not names.issuperset(step.may_follow):
            raise PrecedingStepUnknown(field=f"definition.steps.{number}.mayFollow")


def questions_can_be_answered(command: DraftService, _: ServiceState | None) -> None:
    """Each element is asked for once, and a question has choices if, and only if, its type is choice."""
    questions = command.definition.questions
    if len({question.element for question in questions}) != len(questions):
        raise ElementAskedTwice(field="definition.questions")
    for number, question in enumerate(questions):
        field = f"definition.questions.{number}.choices"
        if question.type != "choice":
            if question.choices:
                raise ChoicesWithoutChoice(field=field)
        elif not question.choices or len(set(question.choices)) != len(question.choices):
            raise ChoicesMissing(field=field)


def silence_has_a_term(command: DraftService, _: ServiceState | None) -> None:
    """Silent approval needs a legal term that can end."""
    if command.definition.silent_approval and command.definition.term is None:
        raise SilentApprovalWithoutTerm(field="definition.term")


def version_is_a_draft(command: PublishService, state: ServiceState) -> None:
    """Only a draft can be published."""
    version = state.versions.get(command.version)
    if version is None:
        raise VersionNotDrafted(field="version")
    match version.status:
        case VersionStatus.DRAFT:
            return
        case VersionStatus.PUBLISHED:
            raise VersionAlreadyPublished(field="version")
        case VersionStatus.SUPERSEDED:
            raise VersionAlreadySuperseded(field="version")
        case VersionStatus.WITHDRAWN:
            raise VersionAlreadyWithdrawn(field="version")
        case _:
            assert_never(version.status)


def versions_go_forward(command: PublishService, state: ServiceState) -> None:
    """A version is never published after a later one."""
    for number, version in state.versions.items():
        if number > command.version and version.status is not VersionStatus.DRAFT:
            raise NewerVersionAlreadyPublished(field="version")


DRAFT_RULES = (
    agency_is_registered,
    service_stays_itself,
    desk_is_of_the_agency,
    steps_form_a_way,
    questions_can_be_answered,
    silence_has_a_term,
)
PUBLICATION_RULES = (version_is_a_draft, versions_go_forward)
