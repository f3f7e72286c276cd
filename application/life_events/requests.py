"""What people send about a life event."""

from typing import Annotated

from pydantic import Field

from application.cases.requests import Answers
from application.request_document import RequestDocument, TrimmedLine
from domain.service.rules import MOST_OPENED
from domain.values import Slug


class LifeEventPart(RequestDocument):
    """What one of the services asks for: element -> value."""

    answers: Answers = Field(default_factory=dict)


class LifeEventRequest(RequestDocument):
    """A request for a life event: for each service that it opens, by its name, what that service asks for."""

    service: Slug
    parts: Annotated[dict[Slug, LifeEventPart], Field(min_length=1, max_length=MOST_OPENED)]
    language: TrimmedLine | None = None
