"""What readers of the register receive."""

from typing import Literal, TypeAlias

from domain.register.values import DataElement, Integration, RegisterRules, ResourceDescription
from projections.dates import RowDate
from projections.instants import RowInstant
from projections.view_type import ViewType


class Coordination(ViewType):
    """That an agency is the coordinator from a date on, by which act; until another one's date begins."""

    agency: str
    from_date: RowDate
    begins_at: RowInstant
    act: str
    named_at: RowInstant


class RegisterDocument(ViewType):
    """Who coordinates, and by which rules; the namings are those named last, at most a hundred, the newest first."""

    coordinator: str | None
    namings: list[Coordination]
    rules: RegisterRules
    rules_set_at: RowInstant | None


class RegisteredElement(ViewType):
    """A data element.

    Attributes:
        holder: its authoritative resource.
        shared_by: the other resources that hold it, as the coordinator allows; the first comes next.
        answered_by: the resources that the window can ask for it.
    """

    name: str
    definition: DataElement
    holder: str | None
    shared_by: list[str]
    answered_by: list[str]


ResourceStatus: TypeAlias = Literal[
    "proposed", "refused", "approved", "use_asked", "in_use", "integrated", "retired", "archived"
]


class RegisteredResource(ViewType):
    """A resource as its owner describes it, how far it has come, and when; `auditedOn` comes when use is asked for."""

    slug: str
    status: ResourceStatus
    description: ResourceDescription
    integration: Integration | None
    proposed_at: RowInstant
    refused_at: RowInstant | None
    approved_at: RowInstant | None
    audited_on: RowDate | None
    in_use_at: RowInstant | None
    integrated_at: RowInstant | None
    retired_on: RowDate | None
    retired_why: dict[str, str] | None
    successor: str | None
    archived_at: RowInstant | None
    archive: str | None


class Judgement(ViewType):
    """What an approving body has answered, and why."""

    approval: str
    body: str
    verdict: str
    reasons: dict[str, str]
    judged_at: RowInstant


class Sharing(ViewType):
    """That the coordinator lets the resource hold what another one holds, and why."""

    elements: list[str]
    reasons: dict[str, str]
    allowed_at: RowInstant


class NotifiedChange(ViewType):
    """A change that the owner has notified; it is late after the day on which notice was due."""

    changed_on: RowDate
    due_on: RowDate
    notified_on: RowDate
    late: bool


class Grant(ViewType):
    """The terms on which an agency may use elements of a resource; `reasons` say why it was refused or ended."""

    name: str
    status: Literal["asked", "given", "refused", "ended"]
    agency: str
    resource: str
    elements: list[str]
    purpose: dict[str, str]
    legal_basis: str
    reasons: dict[str, str] | None
    asked_at: RowInstant
    decided_at: RowInstant | None
    ended_at: RowInstant | None


class ResourceRecord(ViewType):
    """What is on record about a resource: each list has at most a hundred of the newest, the newest first.

    `judgements` are those about the last proposal. `holds` are the elements of which it is the authoritative resource.
    """

    holds: list[str]
    judgements: list[Judgement]
    sharings: list[Sharing]
    changes: list[NotifiedChange]


class Violation(ViewType):
    """That a published version asks applicants for what an integrated resource answers.

    `publishBy` is the last day to publish a version that does not; null while the agency has not been told.
    """

    service: str
    version: int
    agency: str
    resource: str
    elements: list[str]
    since: RowInstant
    publish_by: RowDate | None


class SimilarResource(ViewType):
    """Another resource, by what counts: the elements that both describe; and by a hint: how alike the titles are.

    Attributes:
        elements: what both describe.
        jaccard: shared elements in a hundred of all elements of the two.
        contained: shared elements in a hundred of those of the resource that was asked about.
        titles: how alike the titles are, of a hundred, in the language in which they are most alike. Names decide
            nothing.
    """

    slug: str
    status: str
    owner: str
    title: dict[str, str]
    elements: list[str]
    jaccard: int
    contained: int
    titles: int
