"""The indicators of evidence: what resources are asked, what they answer, and what that costs applicants."""

from typing import Final

from domain.evaluation.indicator import Count, Total
from domain.evaluation.indicators import FEW, indicator

_ASKED: Final = ("case.evidence_asked_of_applicant",)
_ANSWERS: Final = (
    "case.evidence_requested",
    "case.evidence_sent",
    "case.evidence_preview_asked",
    "case.evidence_accepted",
    "case.evidence_answered",
)
_WAITS: Final = (
    "case.evidence_requested",
    "case.evidence_accepted",
    "case.evidence_objected",
    "case.evidence_supplied",
    "case.evidence_awaited",
    "case.evidence_preview_asked",
    "case.evidence_review_asked",
    "case.evidence_asked_of_applicant",
    "case.applicant_awaited",
    "case.evidence_settled",
    "case.withdrawn",
    "case.closed",
)
_DAYS: Final = (
    "in the month in which the waiting ended; one that has not ended does not count yet. Days are local dates."
)

OF_EVIDENCE: Final = (
    indicator(
        "evidence_asked",
        "Requests for evidence",
        "Sübut üçün sorğular",
        "Requests to resources for what applicants are not asked for, in the month of the case's local date.",
        Count(measure="evidence_asked"),
        "requests",
        ("case.evidence_requested",),
    ),
    indicator(
        "evidence_answered",
        "Requests for evidence answered",
        "Cavablandırılmış sübut sorğuları",
        "Requests that a resource has answered with evidence, in the month of the answer's local date.",
        Count(measure="evidence_answered"),
        "requests",
        _ANSWERS,
    ),
    indicator(
        "evidence_in_time",
        "Requests for evidence answered in time",
        "Vaxtında cavablandırılmış sübut sorğuları",
        "Those answered within the resource's service level: from the moment when the request was made to that of the "
        "answer. A request that was previewed begins anew when the applicant has agreed; a deferral does not.",
        Count(measure="evidence_answered", detail="within_level"),
        "requests",
        _ANSWERS,
    ),
    indicator(
        "evidence_exceptions",
        "Exceptions from once only",
        "Bir dəfə prinsipindən istisnalar",
        "Questions to applicants about what a resource should have given, by its own doing: it did not answer, failed, "
        "or had left. In the month of the question's local date.",
        Count(measure="asked_instead", detail="exception"),
        "questions",
        _ASKED,
    ),
    indicator(
        "suspended_days_resources",
        "Days suspended by resources",
        "Resurslara görə dayandırılmış günlər",
        f"Calendar days for which cases waited for resources only, and not for their applicants, {_DAYS}",
        Total(measure="waited_for_resources"),
        "days",
        _WAITS,
        withheld_below=FEW,
    ),
    indicator(
        "suspended_days_applicant_evidence",
        "Days suspended by applicants because of evidence",
        "Sübutla bağlı müraciət edənə görə dayandırılmış günlər",
        "Calendar days for which cases waited for their applicants because of evidence: to look at what a resource "
        "answers, or to give what it has not answered. Days for which a resource was waited for too count here, and "
        "not as suspended by resources. No day counts as suspended by an official's question too: there can be none "
        f"before all evidence is settled, and no evidence is asked for later. They count {_DAYS}",
        Total(measure="waited_for_applicants"),
        "days",
        _WAITS,
        withheld_below=FEW,
    ),
)
