"""Folds events of cases, services and the register into what applicants are spared, and what they are asked."""

from collections.abc import Callable, Mapping
from typing import Final

import orjson

from domain.case import stage_machine
from projections.once_only import answering, tables
from projections.once_only.case_evidence import CHANGES, CaseEvidence
from projections.once_only.counting import Counting
from projections.once_only.measures import ABANDONED, HELD_CASES, HELD_QUESTIONS
from projections.recorded import SUBMITTED, Batch, Recorded
from projections.tables import Rows
from projections.view import Needs, View

_DRAFTED: Final = "service.drafted"
_ENDING, _RESUMING = stage_machine.ENDING, stage_machine.RESUMING
_OF_CASES: Final = frozenset({*CHANGES, *_ENDING, *_RESUMING})
_REGISTER: Final = frozenset({answering.REGISTER})


def needs(batch: Batch) -> Needs:
    """Ask for the cases whose evidence changes, and for what decides what new cases are asked."""
    submitted = {
        (event.data["service"], event.data["service_version"]) for event in batch.events if event.topic == SUBMITTED
    }
    is_read = submitted or any(event.topic in answering.TOPICS for event in batch.events)
    return {
        "cases": batch.earlier_cases_of(_OF_CASES),
        "versions": submitted,
        "register": _REGISTER if is_read else (),
    }


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into the counts of its case."""
    if event.topic in _OF_CASES:
        _of_case(rows, event)
    elif event.topic == SUBMITTED:
        _submitted(rows, event)
    elif event.topic == _DRAFTED:
        _drafted(rows, event)
    elif event.topic in answering.TOPICS:
        answering.fold_of_register(rows, event)


def _drafted(rows: Rows, event: Recorded) -> None:
    definition, version = event.data["definition"], event.data["version"]
    questions = sorted({question["element"] for question in definition["questions"]})
    row = {
        "service": definition["slug"],
        "version": version,
        "questions": orjson.dumps(questions).decode(),
        "needs": len(definition["evidence"]),
    }
    rows.keyed["versions"].put((definition["slug"], version), row)


def _submitted(rows: Rows, event: Recorded) -> None:
    """Begin to follow the case if it needs evidence, and count what it was asked though a resource holds it."""
    data = event.data
    case = {
        "case_id": event.stream,
        "month": data["term_began"][:7],
        "service": data["service"],
        "agency": data["agency"],
        "requests": "{}",
        "disputes": "{}",
        "ended": 0,
    }
    version = rows.keyed["versions"].get((data["service"], data["service_version"]))
    if version is None or version["needs"]:
        rows.keyed["cases"].put(event.stream, case)
    if version is not None and event.origin == "live":  # this window has asked nothing in a case of another system
        counting, held = Counting(case), answering.answerers(rows)
        asked = [held[element] for element in orjson.loads(version["questions"]) if element in held]
        for resource in asked:
            counting.count(resource, HELD_QUESTIONS)
        for resource in set(asked):
            counting.count(resource, HELD_CASES)
        counting.write(rows, event.position)


def _of_case(rows: Rows, event: Recorded) -> None:
    row = rows.keyed["cases"].get(event.stream)
    if row is None:
        return  # it needs no evidence
    counting, evidence = Counting(row), CaseEvidence.of(row)
    change = CHANGES.get(event.topic) or _WHETHER_OVER[event.topic]
    change(evidence, event, counting)
    counting.write(rows, event.position)
    changed = evidence.in_row(row)
    if changed != row:
        rows.keyed["cases"].put(event.stream, changed)


def _over(evidence: CaseEvidence, _: Recorded, counting: Counting) -> None:
    evidence.ended = True
    for request in evidence.open_requests():
        counting.count(request["resource"], ABANDONED)


def _begun_again(evidence: CaseEvidence, _: Recorded, counting: Counting) -> None:
    evidence.ended = False
    for request in evidence.open_requests():
        counting.count(request["resource"], ABANDONED, amount=-1)


_WHETHER_OVER: Final[Mapping[str, Callable[[CaseEvidence, Recorded, Counting], None]]] = {
    **dict.fromkeys(_ENDING, _over),
    **dict.fromkeys(_RESUMING, _begun_again),
}

VIEW: Final = View("once_only", tables.ALL, needs, fold, needs_total_order=True)
