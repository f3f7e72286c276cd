"""The rules of the catalogue; each is a function whose name says what it demands."""

from collections.abc import Sequence
from typing import Final, assert_never

from domain.refusals import Breach
from domain.service.commands import DraftService, PublishService
from domain.service.definition import EvidenceNeed, Question
from domain.service.refusals import (
    AgencyNotRegistered,
    AppealBodyNotRegistered,
    AppealBodyWithoutTerm,
    ChoicesMissing,
    ChoicesWithoutChoice,
    DeskNotOfAgency,
    ElementAskedTwice,
    ExtensionWithoutTerm,
    FirstStepMissing,
    FormNamedTwice,
    LifeEventAsksNothing,
    NewerVersionAlreadyPublished,
    OpenedServiceNotInForce,
    OpenedServiceUnknown,
    OutputNamedTwice,
    PrecedingStepUnknown,
    ServiceNamedOtherwise,
    ServiceOfAnotherAgency,
    SilentApprovalWithoutTerm,
    StepNamedTwice,
    TooManyOpenedServices,
    ValidityBackwards,
    VersionAlreadyPublished,
    VersionAlreadySuperseded,
    VersionAlreadyWithdrawn,
    VersionNotDrafted,
)
from domain.service.state import ServiceState, VersionStatus

MOST_OPENED: Final = 20


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
    questions, evidence = command.definition.questions, command.definition.evidence
    asked = {question.element for question in questions}
    if len(asked) != len(questions):
        raise ElementAskedTwice(field="definition.questions")
    if len(asked | {need.element for need in evidence}) != len(questions) + len(evidence):
        raise ElementAskedTwice(field="definition.evidence")
    _choices_are_named(questions, "definition.questions")
    _choices_are_named(evidence, "definition.evidence")


def _choices_are_named(questions: Sequence[Question | EvidenceNeed], place: str) -> None:
    for number, question in enumerate(questions):
        field = f"{place}.{number}.choices"
        if question.type != "choice":
            if question.choices:
                raise ChoicesWithoutChoice(field=field)
        elif not question.choices or len(set(question.choices)) != len(question.choices):
            raise ChoicesMissing(field=field)


def outputs_and_costs_have_names(command: DraftService, _: ServiceState | None) -> None:
    """Two outputs have different names, and so have two costs: each has an address of its own."""
    outputs, costs = command.definition.outputs, command.definition.costs
    if len({output.name for output in outputs}) != len(outputs):
        raise OutputNamedTwice(field="definition.outputs")
    if len({cost.name for cost in costs}) != len(costs):
        raise OutputNamedTwice(field="definition.costs")


def forms_have_names(command: DraftService, _: ServiceState | None) -> None:
    """A side of a case has one form of a name."""
    forms = command.definition.message_forms
    if len({(form.by, form.name) for form in forms}) != len(forms):
        raise FormNamedTwice(field="definition.messageForms")


def only_a_term_is_extended(command: DraftService, _: ServiceState | None) -> None:
    """An extension needs a term to extend."""
    if command.definition.extension is not None and command.definition.term is None:
        raise ExtensionWithoutTerm(field="definition.extension")


def appeals_are_heard(command: DraftService, _: ServiceState | None) -> None:
    """An appeal body is an agency of the window, and hears appeals within a term."""
    body = command.definition.appeal_body
    if body is None:
        return
    if command.definition.appeal_term is None:
        raise AppealBodyWithoutTerm(field="definition.appealBody")
    if body not in command.agencies:
        raise AppealBodyNotRegistered(field="definition.appealBody")


def opened_services_exist(command: DraftService, _: ServiceState | None) -> None:
    """A life event opens other services of the catalogue, each once, and asks nothing itself."""
    definition = command.definition
    if not definition.opens:
        return
    is_itself = definition.slug in definition.opens
    if (
        is_itself
        or len(set(definition.opens)) != len(definition.opens)
        or not command.services >= set(definition.opens)
    ):
        raise OpenedServiceUnknown(field="definition.opens")
    if len(definition.opens) > MOST_OPENED:
        raise TooManyOpenedServices(field="definition.opens")
    if definition.questions or definition.evidence or definition.steps or definition.term or definition.message_forms:
        raise LifeEventAsksNothing(field="definition.opens")


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


def validity_goes_forward(command: PublishService, _: ServiceState) -> None:
    """A version holds from today or later, and not until an earlier day."""
    if command.begins < command.local_date:
        raise ValidityBackwards(field="validFrom")
    if command.valid_to is not None and command.valid_to < command.begins:
        raise ValidityBackwards(field="validTo")


def opened_services_are_in_force(command: PublishService, state: ServiceState) -> None:
    """Whoever asks for a life event on its first day can ask for each service that it opens."""
    opens = state.versions[command.version].definition.opens
    breaches = [
        Breach(f"definition.opens.{number}", f"{slug} does not hold on that day, or is a life event itself.")
        for number, slug in enumerate(opens)
        if slug not in command.opened
    ]
    if breaches:
        raise OpenedServiceNotInForce(field="version", breaches=breaches)


DRAFT_RULES = (
    agency_is_registered,
    service_stays_itself,
    desk_is_of_the_agency,
    steps_form_a_way,
    questions_can_be_answered,
    silence_has_a_term,
    only_a_term_is_extended,
    appeals_are_heard,
    outputs_and_costs_have_names,
    forms_have_names,
    opened_services_exist,
)
PUBLICATION_RULES = (version_is_a_draft, versions_go_forward, validity_goes_forward, opened_services_are_in_force)
