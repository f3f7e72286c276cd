"""What the public receives about once only: what applicants are spared, and what they are asked all the same."""

from typing import Literal

from domain.evaluation.figures import Why
from projections.view_type import ViewType

Per = Literal["service", "agency", "resource", "month"]
"""What the counts are divided by."""


class AskedThoughHeld(ViewType):
    """Questions of cases whose answers an integrated resource held when they were asked, and the cases asked so."""

    questions: int
    cases: int


class RequestCounts(ViewType):
    """The requests for evidence, and what became of each.

    `made` is the sum of the others. `timedOut` and `failed` count against the resource. `failedAtWindow` never reached
    it, `endedOtherwise` it has answered or the applicant has ended, `abandoned` were those of cases that ended first.
    """

    made: int
    answered_in_time: int
    answered_late: int
    timed_out: int
    failed: int
    failed_at_window: int
    ended_otherwise: int
    abandoned: int
    open: int


class Exceptions(ViewType):
    """Questions to applicants that count against the resource: how often, about how many elements, and why."""

    asked: int
    elements: int
    timed_out: int
    failed: int
    not_integrated: int


class AnswerTimes(ViewType):
    """How many seconds answers took, rounded up to two digits, and the service levels that were promised.

    `why` says why there are none.
    """

    p50_seconds: int | None
    p95_seconds: int | None
    why: Why | None
    service_levels: tuple[int, ...]


class Remarks(ViewType):
    """Messages that changed nothing: too late, repeated, or not proven to be the resource's word."""

    late: int
    duplicate: int
    unacceptable: int


class AboutApplicants(ViewType):
    """Counts that tell something about applicants; `why` says why they are withheld.

    The first three are how requests ended, `objected` are answers that the applicant did not want to be used. `asked…`
    are questions to applicants that do not count against the resource, and `elementsAsked` what all those are about.
    """

    why: Why | None = None
    not_found: int | None = None
    refused: int | None = None
    preview_rejected: int | None = None
    objected: int | None = None
    asked_not_found: int | None = None
    asked_refused: int | None = None
    asked_preview_rejected: int | None = None
    asked_failed_at_window: int | None = None
    asked_not_granted: int | None = None
    asked_not_in_answer: int | None = None
    elements_asked: int | None = None
    disputed: int | None = None
    disputes_corrected: int | None = None
    disputes_confirmed: int | None = None
    disputes_refused: int | None = None
    disputes_open: int | None = None


class OnceOnlyCounts(ViewType):
    """The counts of a service, an agency, a resource or a month.

    `documentsNotAskedFor` are the data elements that resources answered instead of applicants.
    """

    name: str
    documents_not_asked_for: int
    asked_though_held: AskedThoughHeld
    requests: RequestCounts
    exceptions: Exceptions
    answer_times: AnswerTimes
    remarks: Remarks
    about_applicants: AboutApplicants
