"""The rules by which a service meets the register: once only, from the source, and with a grant."""

from collections.abc import Iterator

from domain.refusals import Breach
from domain.register.state import RegisterState
from domain.service.definition import EvidenceNeed, Question, ServiceDefinition
from domain.service.refusals import (
    ElementOfAnotherType,
    ElementsHeldByTheState,
    ElementsNamePeople,
    ElementUndefined,
    EvidenceNotGranted,
    EvidenceSourceNotIntegrated,
)


def meets_the_register(definition: ServiceDefinition, register: RegisterState | None) -> None:
    """Check that the service asks for nothing that the state holds, and may use what it needs.

    A window without a register has no vocabulary: then any element may be asked for, and there is no evidence.

    Raises:
        Refusal: the first of these rules that is broken, with a breach for each element that breaks it.
    """
    if register is not None:
        _elements_are_defined(definition, register)
        _asks_nothing_twice(definition, register)
    _sources_answer(definition, register or RegisterState())
    _uses_are_granted(definition, register or RegisterState())


def shows_nobody(definition: ServiceDefinition, register: RegisterState | None) -> None:
    """Check that officials read nothing that can name a person, unless the law says so: law 2.

    Raises:
        ElementsNamePeople: with a breach for each element that they would read.
    """
    naming = {name for name, element in register.elements.items() if element.identifies_person} if register else set()
    breaches = [
        Breach(place, f"{each.element} can name a person.")
        for place, each in _places(definition)
        if each.element in naming and each.shown_on is None and _is_read(each)
    ]
    if breaches:
        raise ElementsNamePeople(field="version", breaches=breaches)


def _is_read(each: Question | EvidenceNeed) -> bool:
    return each.shown_to_official or (isinstance(each, Question) and each.open)


def asked_though_held(definition: ServiceDefinition, register: RegisterState) -> dict[str, str]:
    """Return element -> resource for each question whose answer an integrated resource holds (once only)."""
    return register.answered(definition.questions_by_element)


def lost_sources(definition: ServiceDefinition, register: RegisterState) -> dict[str, str]:
    """Return element -> resource for the evidence that its resource does not answer."""
    return {
        need.element: need.resource
        for need in definition.evidence
        if need.resource not in register.answering.get(need.element, ())
    }


def _asks_nothing_twice(definition: ServiceDefinition, register: RegisterState) -> None:
    """Nobody is asked for what the state holds: law 3."""
    held = asked_though_held(definition, register)
    breaches = [
        Breach(place, f"{held[question.element]} holds {question.element}.")
        for place, question in _places(definition)
        if isinstance(question, Question) and question.element in held
    ]
    if breaches:
        says = " ".join(breach.detail for breach in breaches)
        raise ElementsHeldByTheState(f"{says} Take it from there (once only).", field="version", breaches=breaches)


def _elements_are_defined(definition: ServiceDefinition, register: RegisterState) -> None:
    """A service names elements of the vocabulary, and asks for them in their form."""
    unknown, otherwise = [], []
    for place, question in _places(definition):
        element = register.elements.get(question.element)
        if element is None:
            unknown.append(Breach(place, f"The vocabulary has no element {question.element}."))
        elif element.type != question.type:
            otherwise.append(Breach(place, f"{question.element} is of the type {element.type}."))
    if unknown:
        raise ElementUndefined(field="version", breaches=unknown)
    if otherwise:
        raise ElementOfAnotherType(field="version", breaches=otherwise)


def _sources_answer(definition: ServiceDefinition, register: RegisterState) -> None:
    """Evidence comes from an integrated resource that answers it."""
    lost = lost_sources(definition, register)
    breaches = [
        Breach(place, f"{need.resource} does not answer {need.element}.")
        for place, need in _places(definition)
        if isinstance(need, EvidenceNeed) and need.element in lost
    ]
    if breaches:
        raise EvidenceSourceNotIntegrated(field="version", breaches=breaches)


def _uses_are_granted(definition: ServiceDefinition, register: RegisterState) -> None:
    """Evidence is used on the terms that the resource's owner has granted to the agency."""
    breaches = [
        Breach(place, f"{definition.agency} has no grant for {need.element} of {need.resource}.")
        for place, need in _places(definition)
        if isinstance(need, EvidenceNeed) and not register.lets(definition.agency, need.resource, need.element)
    ]
    if breaches:
        raise EvidenceNotGranted(field="version", breaches=breaches)


def _places(definition: ServiceDefinition) -> Iterator[tuple[str, Question | EvidenceNeed]]:
    for number, question in enumerate(definition.questions):
        yield f"definition.questions.{number}.element", question
    for number, need in enumerate(definition.evidence):
        yield f"definition.evidence.{number}.element", need
