"""Readers get all answers in one object, whichever half of the event holds them."""

from uuid import UUID

import orjson
import pytest

from api.cases import _item
from application.access.authorisation import Scope
from application.cases.reading import Reading
from domain.case.events import ApplicantAnswered
from domain.envelope import Actor, Envelope
from domain.values import AnswerValue
from ledger.published.codec import open_part, values_to_seal
from ledger.store.entries import StoredEntry
from ledger.vault.person_key import CaseKey
from ledger.vault.seal import seal_fields
from projections.case_history.fold import entry_of
from projections.case_history.types import HistoryRow
from projections.recorded import recorded
from tests.domain.town import APPLICANT, AT, CASE_ID, TODAY

KEY = CaseKey(UUID(APPLICANT.pseudonym), bytes(range(32)), "applicant")
OPEN: dict[str, AnswerValue] = {"plot.area": 12, "plot.kind": "}}"}
SEALED: dict[str, AnswerValue] = {"answer": "mine", "person.phone": "{}"}


def item(opened: dict[str, AnswerValue], sealed: dict[str, AnswerValue] | None, *, erased: bool) -> dict[str, object]:
    """Return the timeline's item of an answer as the applicant reads it."""
    event = ApplicantAnswered(
        local_date=TODAY, number=1, open_answers=opened, answer="In words.", sealed_answers=sealed
    )
    actor = Actor(role="applicant", pseudonym=APPLICANT.pseudonym)
    envelope = Envelope(actor=actor, agencies=("town",), occurred_at=AT, origin="live")
    part = seal_fields(values_to_seal(event), KEY, CASE_ID, 3)
    entry = StoredEntry(7, CASE_ID, 3, 7, event.topic, bytes(32), open_part(event, envelope), part)
    reading = Reading(Scope.OWN, {} if erased or KEY.dek is None else {KEY.key_ref: KEY.dek}, None)
    told = recorded(entry)
    assert told is not None
    row = HistoryRow(3, 7, CASE_ID, entry_of(told), part)
    found: dict[str, object] = orjson.loads(_item(reading, row))
    return found


@pytest.mark.parametrize("opened", [{}, OPEN])
@pytest.mark.parametrize("sealed", [None, SEALED])
def test_answers_are_one_object_by_element_and_which_are_open_is_said_once(
    opened: dict[str, AnswerValue], sealed: dict[str, AnswerValue] | None
) -> None:
    found = item(opened, sealed, erased=False)

    assert found["answers"] == opened | (sealed or {})
    assert (found["open"], found["erased"], found["opened"]) == (sorted(opened), [], {"answer": "In words."})
    assert found["data"] == {"local_date": TODAY.isoformat(), "number": 1}


def test_what_is_erased_is_named_and_what_is_open_stays() -> None:
    found = item(OPEN, {"person.phone": "{}"}, erased=True)

    assert (found["answers"], found["open"], found["opened"]) == (OPEN, sorted(OPEN), {})
    assert sorted(map(str, found["erased"] if isinstance(found["erased"], list) else [])) == ["answer", "person.phone"]
