"""Messages are JSON that every reader reads the same, closed where the window receives, bounded everywhere."""

import json
from typing import Any
from uuid import UUID

import pytest

from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.json_text import read_asked, read_reply, read_sealed, written
from domain.evidence.messages import MESSAGES, EvidenceRequest
from domain.evidence.values import LARGEST_MESSAGE, Subject
from domain.values import Value
from tests.evidence.examples import REQUEST_ID, answer, error, every_message, request

EXAMPLES = every_message()


def read(raw: bytes) -> Value:
    asked = json.loads(raw)["type"] in {"request", "dispute"}
    return read_asked(raw) if asked else read_reply(raw)


def fault_of(raw: bytes) -> Fault:
    with pytest.raises(NotAcceptedError) as refused:
        read_reply(raw)
    return refused.value.fault


def changed(**members: Any) -> bytes:
    """Return an answer with other members; None takes one out."""
    document = {**json.loads(written(answer())), **members}
    return json.dumps({name: value for name, value in document.items() if value is not None}).encode()


def test_there_is_an_example_of_every_message() -> None:
    assert {json.loads(written(message))["type"] for message in EXAMPLES} == set(MESSAGES)


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_is_read_as_it_was_written(message: Value) -> None:
    assert read(written(message)) == message
    assert written(read(written(message))) == written(message)


def test_names_are_in_camel_case_and_in_order_and_nothing_is_null() -> None:
    raw = written(request(on_behalf_of=None))

    names = list(json.loads(raw))
    assert names == sorted(names)
    assert {"requestId", "answerBy", "asOf", "replyTo"} <= set(names)
    assert b"null" not in raw
    assert b" :" not in raw
    assert b"_" not in b"".join(name.encode() for name in names)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"", Fault.NOT_JSON),
        (b"{", Fault.NOT_JSON),
        (b"\xff{}", Fault.NOT_JSON),
        (b"[" * 100_000, Fault.NOT_JSON),
        (b"[]", Fault.NOT_A_MESSAGE),
        (b"null", Fault.NOT_A_MESSAGE),
        (b'{"spec":"pencere-evidence/1","spec":"pencere-evidence/1"}', Fault.NOT_JSON),
        (b" " * (LARGEST_MESSAGE + 1), Fault.TOO_LARGE),
        (b"{}", Fault.UNKNOWN_SPEC),
        (changed(spec="pencere-evidence/2"), Fault.UNKNOWN_SPEC),
        (changed(spec=["pencere-evidence/1"]), Fault.UNKNOWN_SPEC),
        (changed(type="request"), Fault.NOT_A_MESSAGE),
        (changed(type="shout"), Fault.NOT_A_MESSAGE),
        (changed(floor=3), Fault.NOT_A_MESSAGE),
        (changed(requestId=None), Fault.NOT_A_MESSAGE),
        (changed(requestId="5f0c1f0e-3c52-4f43-9d2a-3f6f6f0d8a11"), Fault.NOT_A_MESSAGE),  # no version 7
        (changed(requestId=12), Fault.NOT_A_MESSAGE),
        (changed(requestHash="A" * 64), Fault.NOT_A_MESSAGE),
        (changed(issuedAt=1764581400), Fault.NOT_A_MESSAGE),
        (changed(issuedAt="2026-12-01T09:30:00"), Fault.NOT_A_MESSAGE),
        (changed(issuedAt="0001-01-01T00:00:00+14:00"), Fault.NOT_A_MESSAGE),
        (changed(validFrom="2026-02-30"), Fault.NOT_A_MESSAGE),
        (changed(values={}), Fault.NOT_A_MESSAGE),
        (changed(values=None), Fault.NOT_A_MESSAGE),
        (changed(values={"person.birth_date": None}), Fault.NOT_A_MESSAGE),
        (changed(values={"person.birth_date": ["1990-02-28"]}), Fault.NOT_A_MESSAGE),
        (changed(values={"Person birth": "1990-02-28"}), Fault.NOT_A_MESSAGE),
        (changed(values={"person.full_name": "x" * 10_001}), Fault.NOT_A_MESSAGE),
        (changed(values={f"person.e{number}": "x" for number in range(201)}), Fault.NOT_A_MESSAGE),
        (changed(values={"person.children": 2.0}), Fault.NOT_JSON),
        (changed(values={"person.children": float("nan")}), Fault.NOT_JSON),
        (changed(values={"person.children": 2**53}), Fault.NOT_JSON),
        (changed(values={"person.children": 10**999}), Fault.NOT_JSON),
        (changed(values={"person.full_name": "Ley\x00la"}), Fault.UNREADABLE_TEXT),
        (changed(values={"person.full_name": "\u202eLeyla"}), Fault.UNREADABLE_TEXT),
        (changed(sourceVersion="x" * 101), Fault.NOT_A_MESSAGE),
        (changed(document={"sha256": "ab" * 32, "size": 1, "mediaType": "application/pdf"}), Fault.NOT_A_MESSAGE),
    ],
)
def test_what_is_no_message_is_refused_by_the_name_of_its_fault(raw: bytes, fault: Fault) -> None:
    assert fault_of(raw) is fault


def test_half_a_surrogate_pair_is_no_text() -> None:
    raw = written(answer()).replace(b"Leyla", b"\\ud800")

    assert fault_of(raw) in {Fault.NOT_JSON, Fault.NOT_A_MESSAGE, Fault.UNREADABLE_TEXT}


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    raw = changed(values={"person.birth_date": ["SECRET"]}, detail="SECRET")

    with pytest.raises(NotAcceptedError) as refused:
        read_reply(raw)

    assert "SECRET" not in repr(refused.value)
    assert refused.value.__cause__ is None
    assert "values" in str(refused.value)


def test_a_refusal_names_the_request_if_that_can_be_read() -> None:
    with pytest.raises(NotAcceptedError) as refused:
        read_asked(written(request()).replace(b"pencere-evidence/1", b"pencere-evidence/2"))

    assert refused.value.fault is Fault.UNKNOWN_SPEC
    assert refused.value.request_id == REQUEST_ID


def test_a_resource_ignores_what_it_does_not_know_of_a_request() -> None:
    document = {**json.loads(written(request())), "colour": "blue"}

    assert read_asked(json.dumps(document).encode()) == request(subject=document["subject"])


@pytest.mark.parametrize(
    "changes",
    [
        {"elements": ()},
        {"elements": ("person.birth_date", "person.birth_date")},
        {"answer_by": request().expires_at.replace(year=2027)},
        {"expires_at": request().issued_at.replace(year=2025)},
        {"subject": "M0000001"},
        {"request_id": UUID(int=1)},
        {"assurance": "very high"},
        {"reply_to": {"address": "https://window.example/?token=1", "token": "A" * 43}},
    ],
)
def test_a_request_keeps_its_own_rules(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        request(**changes)


def test_a_preview_is_required_where_its_location_is() -> None:
    with pytest.raises(ValueError, match="preview"):
        error(ErrorCode.NOT_FOUND, preview_location="https://population.example/preview/1")
    with pytest.raises(ValueError, match="preview"):
        error(ErrorCode.PREVIEW_REQUIRED, preview_location=None)
    with pytest.raises(ValueError, match="preview"):
        error(ErrorCode.PREVIEW_REQUIRED, severity="error")


def test_an_opened_part_is_read_as_strictly() -> None:
    for raw in (b'{"requestId":"1"}', b'{"value":"a","value":"b"}', b"not json"):
        with pytest.raises(NotAcceptedError):
            read_sealed(raw, Subject)


def test_nothing_in_a_request_names_the_case_or_the_person() -> None:
    assert not {"case", "case_id", "reference", "name", "identifier"} & EvidenceRequest.model_fields.keys()
