"""The form in which the API answers openings of identities, and the identities."""

from collections.abc import Sequence
from uuid import UUID

from application.openings.identities import Applicant, Representative
from application.openings.listing import SeenOpening
from application.openings.reading import ReadByOpening
from domain.mandate.content import Identifier
from domain.opening.state import OpeningStatus
from domain.values import AnswerValue, Party
from projections.instants import RowInstant
from projections.view_type import ViewType, written_as


class OpeningDocument(ViewType):
    """An opening of the identities in a case. The pseudonyms of the two auditors are of this opening only.

    A reason is missing where nobody has given one yet, and where the applicant is erased. `looks` counts the hours in
    which one of the two has read the identities, or the case while the applicant was not told.
    """

    case_id: UUID
    number: int
    status: OpeningStatus
    first_auditor: str
    second_auditor: str | None
    first_reason: str | None
    second_reason: str | None
    until: RowInstant
    sealed_until: RowInstant
    lapses_at: RowInstant
    looks: int


class OpeningsDocument(ViewType):
    """The openings of a case, by their numbers."""

    items: list[OpeningDocument]


class KnownByDocument(ViewType):
    """By which data element and value a register knows somebody."""

    element: str
    value: str


class ApplicantDocument(ViewType):
    """The applicant: of whoever is erased there is the pseudonym only."""

    pseudonym: str
    party: Party
    erased: bool
    elements: dict[str, AnswerValue]
    known_by: list[KnownByDocument]


class RepresentativeDocument(ViewType):
    """Who acts or has acted for the applicant, as the mandate names them."""

    pseudonym: str
    erased: bool
    acts_now: bool
    known_by: list[KnownByDocument]


class IdentitiesDocument(ViewType):
    """Who the people of a case are, as far as the window holds it. It does not hold who the officials are."""

    case_id: UUID
    opening: int
    until: RowInstant
    applicant: ApplicantDocument
    representatives: list[RepresentativeDocument]


def written_openings(seen: list[SeenOpening]) -> bytes:
    """Return the body of an answer with openings."""
    return written_as(OpeningsDocument(items=[_opening(each) for each in seen]))


def written_opening(seen: SeenOpening) -> bytes:
    """Return the body of an answer with one opening."""
    return written_as(_opening(seen))


def written_identities(read: ReadByOpening) -> bytes:
    """Return the body of an answer with the identities."""
    identities = read.identities
    return written_as(
        IdentitiesDocument(
            case_id=read.opening.case_id,
            opening=read.opening.number,
            until=read.opening.until,
            applicant=_applicant(identities.applicant),
            representatives=[_representative(each) for each in identities.representatives],
        )
    )


def _opening(seen: SeenOpening) -> OpeningDocument:
    state = seen.state
    return OpeningDocument(
        case_id=state.case_id,
        number=state.number,
        status=seen.status,
        first_auditor=state.first,
        second_auditor=state.second,
        first_reason=seen.first_reason,
        second_reason=seen.second_reason,
        until=state.until,
        sealed_until=state.sealed_until,
        lapses_at=state.lapses_at,
        looks=len(state.looks),
    )


def _applicant(one: Applicant) -> ApplicantDocument:
    return ApplicantDocument(
        pseudonym=one.pseudonym,
        party=one.party,
        erased=one.is_erased,
        elements=dict(one.elements),
        known_by=_known_by(one.known_by),
    )


def _representative(one: Representative) -> RepresentativeDocument:
    return RepresentativeDocument(
        pseudonym=one.pseudonym, erased=one.is_erased, acts_now=one.acts_now, known_by=_known_by(one.known_by)
    )


def _known_by(identifiers: Sequence[Identifier]) -> list[KnownByDocument]:
    return [KnownByDocument(element=each.element, value=each.value) for each in identifiers]
