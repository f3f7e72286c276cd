"""What auditors send about the opening of identities."""

from typing import Annotated

from pydantic import Field

from application.request_document import RequestDocument, TrimmedProse

_MOST_DAYS = 10_000  # what can be counted at all; the domain says what is allowed
Days = Annotated[int, Field(ge=0, le=_MOST_DAYS)]


class OpeningToAsk(RequestDocument):
    """Why the identities in a case are to be opened, for how many days, and after how many days the applicant is told.

    Both are counted from now. With `sealedDays` 0 the applicant is told at once.
    """

    reason: TrimmedProse
    days: Days
    sealed_days: Days


class OpeningToAgreeTo(RequestDocument):
    """Why the second auditor agrees."""

    reason: TrimmedProse
