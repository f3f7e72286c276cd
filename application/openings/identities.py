"""Opens what is sealed about who the applicant of a case is, and who acts for them.

Who the officials are cannot be opened: the vault knows them by keyed hashes only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from application.mandates.streams import content_of, load_mandate
from application.window import Window
from domain.case.events import SEALED_ANSWERS, SEALED_IDENTIFIERS
from domain.case.representation_events import RepresentativeAdded
from domain.case.state import CaseState
from domain.mandate.content import Identifier, MandateContent
from domain.values import AnswerValue, Party
from ledger.published.codec import decode
from ledger.store.entries import StoredEntry
from ledger.vault.seal import open_sealed


@dataclass(frozen=True)
class Applicant:
    """What is sealed about the applicant; nothing of whoever is erased.

    Attributes:
        pseudonym: who they are in the case.
        party: what they are.
        is_erased: whether their keys are destroyed.
        elements: what the case holds, by data elements that can name a person.
        known_by: how registers know them, as their login or a mandate of theirs has said.
    """

    pseudonym: str
    party: Party
    is_erased: bool
    elements: Mapping[str, AnswerValue] = field(repr=False)
    known_by: Sequence[Identifier] = field(repr=False)


@dataclass(frozen=True)
class Representative:
    """Who acts or has acted for the applicant, as the mandate names them; their login alone leaves no name."""

    pseudonym: str
    is_erased: bool
    acts_now: bool
    known_by: Sequence[Identifier] = field(repr=False)


@dataclass(frozen=True)
class Identities:
    """The people of a case."""

    applicant: Applicant
    representatives: Sequence[Representative]


async def identities_in(window: Window, case_id: UUID, case: CaseState) -> Identities:
    """Return what is sealed about the people of a case. Whoever calls has recorded that it is read.

    Raises:
        LedgerUnavailableError, VaultUnavailableError.
    """
    entries = [entry for entry in await window.ledger.read_stream(case_id) if entry.topic.startswith("case.")]
    deks = await window.vault.open_keys([UUID(case.applicant)])
    sealed: dict[str, AnswerValue] = {}
    mandates: dict[str, MandateContent | None] = {}
    for entry in entries:
        opened = open_sealed(entry.sealed, deks, case_id, entry.version).fields
        sealed |= {name: value for name, value in opened.items() if isinstance(value, str | bool | int)}
        if entry.topic == RepresentativeAdded.topic:
            mandates[_representative(entry)] = await _mandate(window, opened.get("mandate"))
    givers = {giver: None for each in mandates.values() if each is not None for giver in each.givers}
    applicant = Applicant(
        case.applicant,
        case.party,
        case.applicant_is_erased,
        await _naming(window, _named(sealed, SEALED_ANSWERS)),
        [*{**_identifiers(sealed), **givers}],
    )
    return Identities(applicant, [_seen(case, *each) for each in mandates.items()])


def _seen(case: CaseState, pseudonym: str, mandate: MandateContent | None) -> Representative:
    is_erased = pseudonym in case.erased
    known_by = [] if mandate is None or is_erased else [mandate.receiver]
    return Representative(pseudonym, is_erased, pseudonym in case.representatives, known_by)


def _named(sealed: Mapping[str, AnswerValue], prefix: str) -> dict[str, AnswerValue]:
    return {name.removeprefix(prefix): value for name, value in sealed.items() if name.startswith(prefix)}


def _identifiers(sealed: Mapping[str, AnswerValue]) -> dict[Identifier, None]:
    named = _named(sealed, SEALED_IDENTIFIERS)
    return {Identifier(element=element, value=str(value)): None for element, value in named.items()}


async def _naming(window: Window, answers: Mapping[str, AnswerValue]) -> dict[str, AnswerValue]:
    """Return the answers that can name a person, and those of which the register does not say whether they can."""
    register = (await window.catalogue.register()).state
    if register is None:
        return dict(answers)
    harmless = {name for name, element in register.elements.items() if not element.identifies_person}
    return {element: value for element, value in answers.items() if element not in harmless}


def _representative(entry: StoredEntry) -> str:
    event = decode(entry).event
    assert isinstance(event, RepresentativeAdded)  # noqa: S101 - by its topic
    return event.representative


async def _mandate(window: Window, mandate: object) -> MandateContent | None:
    """Return what a mandate says; None if there is none, or its giver is erased."""
    if not isinstance(mandate, str):
        return None
    state = (await load_mandate(window, UUID(mandate))).state
    if state is None:
        return None
    return await content_of(window, UUID(mandate), await window.vault.open_keys([UUID(state.giver)]))
