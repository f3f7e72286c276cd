"""The form in which the API answers mandates."""

from datetime import date
from typing import Literal
from uuid import UUID

from application.mandates.listing import SeenMandate
from domain.mandate.content import Identifier
from domain.mandate.state import MandateStatus
from domain.values import Party
from projections.view_type import ViewType, written_as


class NamedDocument(ViewType):
    """By which data element and value a login names a person or an organisation."""

    element: str
    value: str


class MandateDocument(ViewType):
    """A mandate as the caller sees it: `part` is what they have to do with it.

    What it says is missing where it is not the caller's to see (any more). Whoever is offered one is not told for which
    cases it is before they accept it. Whether it is in force today is asked at every use.
    """

    mandate_id: UUID
    part: Literal["giver", "receiver", "offered"]
    status: MandateStatus
    party: Party | None
    givers: list[NamedDocument] | None
    receiver: NamedDocument | None
    services: list[str] | None
    cases: list[UUID] | None
    first_day: date | None
    last_day: date | None


class MandatesPage(ViewType):
    """Mandates, the newest first; `next` is the cursor of the page after this one."""

    items: list[MandateDocument]
    next: str | None


def written_mandate(seen: SeenMandate) -> bytes:
    """Return the body of an answer with a mandate."""
    content = seen.content
    return written_as(
        MandateDocument(
            mandate_id=seen.mandate,
            part=seen.part,
            status=seen.state.status,
            party=content and content.party,
            givers=content and [_named(giver) for giver in content.givers],
            receiver=content and _named(content.receiver),
            services=content and list(content.services),
            cases=None if content is None or seen.part == "offered" else list(content.cases),
            first_day=content and content.first_day,
            last_day=content and content.last_day,
        )
    )


def _named(identifier: Identifier) -> NamedDocument:
    return NamedDocument(element=identifier.element, value=identifier.value)
