"""The indicators, a line for each: data.

An indicator whose events come later joins as a line here. If no measure counts its events yet, that joins in
`measures.py`, in the fold of the view `figures` and in the recount of the audit, a line each.
"""

from typing import Final

from domain.evaluation.indicator import (
    Computed,
    Count,
    Indicator,
    Median,
    Percentile,
    Share,
    Total,
    Unit,
)

FEW: Final = 5
"""A figure about fewer cases would tell of single ones."""

ELECTRONIC_CHANNELS: Final = ("app", "e-mail", "email", "internet", "mobile", "online", "portal", "web")
"""The channels that count as electronic, as services name them, in small letters."""

_DECISIONS: Final = ("case.decided", "case.granted_by_silence", "case.reopened")
_ENDS: Final = ("case.submitted", "case.closed", "case.lapsed", "case.reopened")
_TIMES: Final = (*_ENDS, "case.decided", "case.granted_by_silence")
_PAUSES: Final = ("case.applicant_asked", "case.applicant_answered")
_VERSIONS: Final = ("service.drafted", "service.published", "service.withdrawn")
_STANDS: Final = "in the month of the decision's local date; a reopened case's decision does not count"
_FINISHED: Final = (
    "from the local date on which the term began, which does not count, to that of the decision, which does; where "
    "there is only the end of a case, to that. Days of suspension are not taken off. In the month in "
    "which that day lies"
)


def indicator(
    name: str, en: str, az: str, formula: str, computed: Computed, unit: Unit, sources: tuple[str, ...], **more: int
) -> Indicator:
    """Return a line of the catalogue; its formula is told in English."""
    return Indicator(
        id=name,
        name={"en": en, "az": az},
        formula={"en": formula},
        computed=computed,
        unit=unit,
        sources=sources,
        **more,
    )


INDICATORS: Final = (
    indicator(
        "submitted",
        "Requests submitted",
        "Verilmiş müraciətlər",
        "Requests, in the month of the local date from which their term is counted.",
        Count(measure="submitted"),
        "cases",
        ("case.submitted",),
    ),
    indicator(
        "decided",
        "Requests decided",
        "Qərar verilmiş müraciətlər",
        f"Decisions, with grants by silence, {_STANDS}.",
        Count(measure="decided"),
        "cases",
        _DECISIONS,
    ),
    indicator(
        "granted",
        "Requests granted",
        "Təmin edilmiş müraciətlər",
        f"Decisions that grant the request, those that the law has made by silence too, {_STANDS}.",
        Count(measure="decided", detail="granted"),
        "cases",
        _DECISIONS,
        withheld_below=FEW,
    ),
    indicator(
        "refused",
        "Requests refused",
        "İmtina edilmiş müraciətlər",
        f"Decisions that refuse the request, {_STANDS}.",
        Count(measure="decided", detail="refused"),
        "cases",
        _DECISIONS,
        withheld_below=FEW,
    ),
    indicator(
        "partly",
        "Requests partly granted",
        "Qismən təmin edilmiş müraciətlər",
        f"Decisions that grant a part of the request, {_STANDS}.",
        Count(measure="decided", detail="partly"),
        "cases",
        _DECISIONS,
        withheld_below=FEW,
    ),
    indicator(
        "closed",
        "Cases closed",
        "Bağlanmış işlər",
        "Cases closed or lapsed and not reopened since, in the month of that local date; those withdrawn do not count.",
        Count(measure="closed"),
        "cases",
        _ENDS,
    ),
    indicator(
        "late",
        "Cases closed late",
        "Gec bağlanmış işlər",
        "Cases closed of which the local date of the closing is after the last local day of the term. The law counts "
        "dates: a case closed on the last day is in time, at whatever hour. The last day is the one that was counted "
        "last, after suspensions, an extension and acts of the law; a case that has none, or whose term is suspended, "
        "is in time.",
        Count(measure="closed", detail="late"),
        "cases",
        (*_ENDS, "case.term_counted"),
        withheld_below=FEW,
    ),
    indicator(
        "finished",
        "Cases with a known duration",
        "Müddəti məlum olan işlər",
        "Cases decided, and cases that ended without a decision, as only imports and lapsed ones do: those that the "
        "durations are about.",
        Count(measure="working_days"),
        "cases",
        _TIMES,
    ),
    indicator(
        "median_working_days",
        "Median of working days",
        "İş günlərinin medianı",
        f"The median of working days (Monday to Friday) {_FINISHED}. The mean of the two middle ones if there are two.",
        Median(measure="working_days"),
        "working days",
        _TIMES,
        scale=1,
        withheld_below=FEW,
    ),
    indicator(
        "p90_working_days",
        "90th percentile of working days",
        "İş günlərinin 90-cı persentili",
        f"The smallest number of working days that nine in ten cases do not exceed (nearest rank), {_FINISHED}.",
        Percentile(measure="working_days", percent=90),
        "working days",
        _TIMES,
        withheld_below=FEW,
    ),
    indicator(
        "median_calendar_days",
        "Median of calendar days",
        "Təqvim günlərinin medianı",
        f"The median of calendar days {_FINISHED}. For services whose term is in calendar days.",
        Median(measure="calendar_days"),
        "days",
        _TIMES,
        scale=1,
        withheld_below=FEW,
    ),
    indicator(
        "p90_calendar_days",
        "90th percentile of calendar days",
        "Təqvim günlərinin 90-cı persentili",
        f"The smallest number of calendar days that nine in ten cases do not exceed (nearest rank), {_FINISHED}.",
        Percentile(measure="calendar_days", percent=90),
        "days",
        _TIMES,
        withheld_below=FEW,
    ),
    indicator(
        "answered_by_applicants",
        "Answers of applicants",
        "Müraciət edənlərin cavabları",
        "Officials' questions answered by applicants, in the month of the answer's local date.",
        Count(measure="suspended"),
        "answers",
        _PAUSES,
    ),
    indicator(
        "suspended_days_applicant",
        "Days suspended by applicants because of officials' questions",
        "Vəzifəli şəxslərin sualları ilə bağlı müraciət edənə görə dayandırılmış günlər",
        "Calendar days for which cases waited for their applicants' answers to officials' questions: from the local "
        "date of the question to that of the answer, in the month of the answer. A question that is not answered does "
        "not count. What applicants are asked because of evidence is a figure of its own.",
        Total(measure="suspended"),
        "days",
        _PAUSES,
        withheld_below=FEW,
    ),
    indicator(
        "stages_online",
        "Stages online",
        "Elektron mərhələlər",
        "Of the phases (apply, process, result) of the version that holds on the month's last day, the share of those "
        "whose steps are all electronic; a phase without steps does not count, a step of which nobody has said how it "
        "is done is not electronic. A version without a date holds from the date, in UTC, on which it was published.",
        Share(measure="phases", details=("online",)),
        "share",
        _VERSIONS,
        scale=4,
    ),
    indicator(
        "share_electronic",
        "Share of electronic requests",
        "Elektron müraciətlərin payı",
        "Of the requests submitted, the share of those whose channel is electronic.",
        Share(measure="submitted", details=ELECTRONIC_CHANNELS),
        "share",
        ("case.submitted",),
        scale=4,
        withheld_below=FEW,
    ),
)
