"""What of a timeline is shown: an opening to the applicant's side when its seal has expired, and to nobody else."""

from datetime import datetime
from uuid import UUID

import orjson

from application.identity import opening_stream
from domain.event import Event
from projections.case_history.openings import without_openings, without_sealed_openings
from projections.case_history.types import HistoryRow
from tests.domain.town import AT, CASE_ID, SUBMITTED
from tests.openings.examples import ASKED, DAY, DROPPED, OPENED, looked


def row(position: int, stream: UUID, event: Event) -> HistoryRow:
    entry = {"type": event.topic, "position": position, "data": event.model_dump(mode="json", exclude={"reason"})}
    return HistoryRow(position, position, stream, orjson.dumps(entry), b"")


FIRST, SECOND = opening_stream(CASE_ID, 1), opening_stream(CASE_ID, 2)
SHORT = ASKED.model_copy(update={"number": 2, "sealed_until": AT + DAY})
SUBMISSION = row(1, CASE_ID, SUBMITTED)
ROWS = [
    SUBMISSION,
    row(2, FIRST, ASKED),
    row(3, SECOND, SHORT),
    row(4, FIRST, OPENED),
    row(5, SECOND, DROPPED),
    row(6, FIRST, looked()),
]


def told(now: datetime) -> list[int]:
    return [each.position for each in without_sealed_openings(ROWS, now)]


def test_each_opening_is_told_as_a_whole_from_the_moment_on_at_which_its_seal_expires() -> None:
    assert told(AT) == [1]
    assert told(AT + DAY) == [1, 3, 5]
    assert told(ASKED.sealed_until) == [1, 2, 3, 4, 5, 6]


def test_the_number_of_an_opening_is_not_told() -> None:
    for each in without_sealed_openings(ROWS, ASKED.sealed_until)[1:]:
        assert "number" not in orjson.loads(each.entry)["data"]


def test_nobody_else_is_told_of_any() -> None:
    assert without_openings(ROWS) == [SUBMISSION]


def test_an_answer_that_reads_like_an_opening_hides_nothing() -> None:
    """An element may be called `type`, and an open answer may be any text."""
    answers = {"type": "identities.opened"}
    lookalike = SUBMISSION._replace(entry=orjson.dumps({**orjson.loads(SUBMISSION.entry), "answers": answers}))
    assert b'"type":"identities.opened"' in lookalike.entry

    assert without_openings([lookalike]) == [lookalike]
    assert without_sealed_openings([lookalike], AT) == [lookalike]
