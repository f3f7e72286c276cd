"""The route of auditors to a sample of what applicants and officials write to each other."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.answers import json_answer
from api.calls import JsonCall
from api.documentation import described
from api.paging import Cursor, number_of, paged
from application.access.authorisation import Action
from application.cases.sampled_messages import sampled_messages
from domain.case.message_events import Side
from projections.view_type import ViewType, written_as

router = APIRouter(prefix="/v1/messages", tags=["cases"])


class SampledMessageDocument(ViewType):
    """A message of a case. `form` names a form of the service; both are null where the sender is erased."""

    case_id: UUID
    position: int
    number: int
    side: Side
    form: str | None
    words: str | None


class SampledMessagesPage(ViewType):
    """Messages in the order in which they were sent; a page may be empty though another one follows."""

    items: list[SampledMessageDocument]
    next: str | None


@router.get("/sample", **described("Read a sample of messages", Action.SAMPLE_MESSAGES, gives=SampledMessagesPage))
async def read_sample(call: JsonCall, cursor: Cursor = None) -> Response:
    """Read one in fifty messages. A hash of a message's entry in the log decides whether it is one of them.

    The applicant sees each read as a look. `next` is null where no event follows yet: ask again with the last cursor.
    """
    sample = await sampled_messages(call.services.window, call.caller, number_of(cursor) or 0)
    items = [written_as(SampledMessageDocument(**message._asdict())) for message in sample.messages]
    body, link = paged(call.request, items, None if sample.last is None else str(sample.last))
    return json_answer(body, 200, link)
