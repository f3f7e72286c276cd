"""The reference resource over real HTTP: what it answers, and every switch of it as the window meets it."""

import base64
import stat
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from application.clock import system_clock
from application.evidence.replies import PendingDispute, accepted_about_dispute, asked
from application.evidence.sealing import heard, sealed
from application.evidence.signing import LARGEST_SIGNED, signed
from application.identity import new_id
from consumers.reference_resource.behaviour import Behaviour
from consumers.reference_resource.registers import REGISTERS
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.messages import Acknowledgement, ErrorReply, EvidenceAnswer
from domain.evidence.values import Statement, Subject
from tests.evidence.examples import OTHER, WINDOW, WINDOW_SEALING, dispute
from tests.evidence.made_window import TOKEN, MadeWindow
from tests.evidence.reference import LEYLA, Running


@pytest.fixture
def resource(tmp_path: Path, window: MadeWindow) -> Iterator[Running]:
    """A population register that this window may ask."""
    with Running(tmp_path / "population", window) as running:
        yield running


def signed_in(raw: bytes) -> bytes:
    return heard(raw, WINDOW_SEALING)


def payload_of(raw: bytes) -> bytes:
    return base64.urlsafe_b64decode(signed_in(raw).split(b".")[1] + b"==")


def fault_of(resource: Running, **switches: Any) -> Fault:
    resource.switch(**switches)
    with pytest.raises(NotAcceptedError) as refused:
        resource.answers(resource.request())
    return refused.value.fault


def code_of(reply: object) -> ErrorCode:
    assert isinstance(reply, ErrorReply)
    return reply.code


def test_it_answers_at_once_with_what_was_asked_and_nothing_else(resource: Running) -> None:
    message = resource.request(elements=("person.birth_date",))
    response = resource.ask(message)
    answer = resource.accept(message, response.content)

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/jose"
    assert isinstance(answer, EvidenceAnswer)
    assert answer.values == {"person.birth_date": "1990-02-28"}


def test_it_answers_as_of_the_day_that_was_asked(resource: Running) -> None:
    then = resource.answers(resource.request(as_of=date(2024, 5, 1), elements=("person.address",)))
    now = resource.answers(resource.request(elements=("person.address",)))

    assert isinstance(then, EvidenceAnswer)
    assert isinstance(now, EvidenceAnswer)
    assert (then.values, then.source_version) == ({"person.address": "Nümunə küçəsi 1"}, "1")
    assert (now.values, now.source_version) == ({"person.address": "Misal prospekti 12"}, "2")
    assert (then.valid_to, now.valid_from) == (date(2024, 5, 1), date(2024, 5, 2))


def test_the_same_request_gets_the_same_answer_also_after_a_restart(tmp_path: Path, window: MadeWindow) -> None:
    folder = tmp_path / "population"
    with Running(folder, window) as first:
        message = first.request()
        answers = [signed_in(first.ask(message).content) for _ in range(3)]
    with Running(folder, window) as second:
        answers.append(signed_in(second.ask(message).content))

        assert len(set(answers)) == 1
        assert isinstance(second.answers(message), EvidenceAnswer)
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.rglob("*.j*")} == {0o600}


def test_the_same_request_sealed_again_gets_an_answer_with_the_same_id(resource: Running) -> None:
    first = resource.request()
    second = resource.request(request_id=first.request_id)
    answers = [resource.answers(first), resource.answers(second)]

    assert first.subject != second.subject
    assert {each.response_id for each in answers if isinstance(each, EvidenceAnswer)} == {answers[0].response_id}  # type: ignore[union-attr]


def test_nobody_is_found_who_is_not_there(resource: Running) -> None:
    assert code_of(resource.answers(resource.request("ZZ99999"))) is ErrorCode.NOT_FOUND
    assert code_of(resource.answers(resource.request(as_of=date(1980, 1, 1)))) is ErrorCode.NOT_FOUND


def test_what_it_does_not_hold_is_an_unresolved_reference(resource: Running) -> None:
    other = resource.request(elements=("person.religion",))
    with_other_element = Subject(request_id=other.request_id, element="person.phone", value="1")
    by_phone = resource.request(
        request_id=other.request_id, subject=sealed(with_other_element, resource.registered.sealing_key)
    )

    assert code_of(resource.answers(other)) is ErrorCode.UNRESOLVED_REFERENCE
    assert code_of(resource.answers(by_phone)) is ErrorCode.UNRESOLVED_REFERENCE


def test_an_expired_request_is_not_answered(resource: Running) -> None:
    now = system_clock()
    message = resource.request(
        issued_at=now - timedelta(hours=3), answer_by=now - timedelta(hours=2), expires_at=now - timedelta(hours=1)
    )
    response = resource.ask(message)

    assert b"1990" not in payload_of(response.content)
    with pytest.raises(NotAcceptedError) as refused:
        resource.accept(message, response.content)
    assert refused.value.fault is Fault.NOT_IN_TIME


@pytest.mark.parametrize("body", [b"", b"\x00", b"{}", b"a.b.c", b"x" * 1000])
def test_what_nobody_has_signed_is_refused_without_a_word_about_anybody(resource: Running, body: bytes) -> None:
    refused = resource.http.post("/evidence", content=body)

    assert refused.status_code == 400
    assert refused.text in set(Fault)


def test_only_the_window_is_answered(resource: Running) -> None:
    refused = resource.http.post("/evidence", content=signed(resource.request(), OTHER))

    assert (refused.status_code, refused.text) == (400, "OtherSigner")
    too_large = resource.http.post("/evidence", content=b"x" * (LARGEST_SIGNED + 1))
    assert too_large.status_code == 413
    for path in ("/", "/evidence/", "/preview/x", "/../keys"):
        assert resource.http.get(path).status_code == 404


def test_a_request_for_another_resource_and_a_moved_subject_are_invalid(resource: Running) -> None:
    message = resource.request()

    assert code_of(resource.answers(resource.request(resource="land"))) is ErrorCode.INVALID_REQUEST
    assert code_of(resource.answers(resource.request(subject=message.subject))) is ErrorCode.INVALID_REQUEST


def test_another_version_of_the_protocol_is_an_unsupported_capability(resource: Running) -> None:
    message = resource.request().model_copy(update={"spec": "pencere-evidence/9"})

    assert code_of(resource.answers(message)) is ErrorCode.UNSUPPORTED_CAPABILITY


@pytest.mark.parametrize("code", [code for code in ErrorCode if code is not ErrorCode.PREVIEW_REQUIRED])
def test_it_answers_with_the_error_that_it_is_switched_to(resource: Running, code: ErrorCode) -> None:
    resource.switch(error=code)

    assert code_of(resource.answers(resource.request())) is code


@pytest.mark.parametrize(
    ("planted", "fault"),
    [
        ("unsealed", Fault.NOT_SEALED),
        ("malformed", Fault.NOT_A_JWS),
        ("unsigned", Fault.OTHER_ALGORITHM),
        ("other_signer", Fault.OTHER_SIGNER),
        ("other_request", Fault.OTHER_REQUEST),
        ("other_hash", Fault.OTHER_HASH),
        ("other_element", Fault.ELEMENT_NOT_ASKED),
        ("wrong_type", Fault.WRONG_TYPE),
    ],
)
def test_a_fault_that_it_is_switched_to_is_found_by_its_name(resource: Running, planted: str, fault: Fault) -> None:
    assert fault_of(resource, fault=planted) is fault


def test_a_fault_is_forgotten_with_its_switch(resource: Running) -> None:
    message = resource.request()
    resource.switch(fault="other_signer")
    resource.ask(message)
    resource.switch()

    assert isinstance(resource.answers(message), EvidenceAnswer)


def test_silence_is_no_word_and_no_answer_later(resource: Running, window: MadeWindow) -> None:
    resource.switch(silent=True)
    response = resource.ask(resource.request())

    assert (response.status_code, response.content) == (202, b"")
    resource.switch(twice=True)
    resource.ask(resource.request())
    assert len(window.wait_for(1)) == 1  # of the second request alone


def test_a_delay_keeps_the_request_waiting(resource: Running) -> None:
    resource.switch(delay_ms=5000)
    with pytest.raises(httpx2.ReadTimeout):
        resource.http.post("/evidence", content=asked(resource.request(), WINDOW)[0], timeout=0.3)
    resource.switch(delay_ms=10)

    assert isinstance(resource.answers(resource.request()), EvidenceAnswer)


def test_an_answer_comes_later_with_the_token_of_its_request(resource: Running, window: MadeWindow) -> None:
    resource.switch(later_ms=50)
    message = resource.request()
    response = resource.ask(message)
    acknowledged = resource.accept(message, response.content)
    [posted] = window.wait_for(1)

    assert response.status_code == 202
    assert isinstance(acknowledged, Acknowledgement)
    assert acknowledged.available_at is None
    assert isinstance(resource.accept(message, posted.body), EvidenceAnswer)
    assert (posted.token, posted.media_type) == (TOKEN, "application/jose")


def test_a_deferral_says_when_and_a_retry_is_told_the_same(resource: Running, window: MadeWindow) -> None:
    resource.switch(defer_ms=300)
    message = resource.request()
    first, again = resource.answers(message), resource.answers(message)

    assert isinstance(first, Acknowledgement)
    assert isinstance(again, Acknowledgement)
    assert first.available_at == again.available_at != None  # noqa: E711 - both, and there is one
    [posted] = window.wait_for(1)
    answer = resource.accept(message, posted.body)
    assert isinstance(answer, EvidenceAnswer)
    assert first.available_at is not None
    assert answer.issued_at >= first.available_at
    assert signed_in(resource.ask(message).content) == signed_in(posted.body)


def test_a_late_answer_is_posted_again_until_the_window_takes_it(resource: Running, window: MadeWindow) -> None:
    window.statuses = [503, 500]
    resource.switch(later_ms=0)
    message = resource.request()
    resource.ask(message)
    [posted] = window.wait_for(1)

    assert isinstance(resource.accept(message, posted.body), EvidenceAnswer)


def test_it_answers_twice_with_the_same_bytes(resource: Running, window: MadeWindow) -> None:
    resource.switch(twice=True)
    message = resource.request()
    response = resource.ask(message)
    [posted] = window.wait_for(1)

    assert response.status_code == 200
    assert signed_in(posted.body) == signed_in(response.content)


def previewed(resource: Running, **changes: Any) -> tuple[Any, str]:
    """Return a request that wants a preview, and where the preview is."""
    resource.switch(preview=True)
    message = resource.request(preview="required", return_location="https://window.example/back", **changes)
    reply = resource.answers(message)
    assert isinstance(reply, ErrorReply)
    assert (reply.code, reply.severity) == (ErrorCode.PREVIEW_REQUIRED, "preview_required")
    assert reply.preview_location is not None
    return message, reply.preview_location


def second_of(message: Any, location: str) -> Any:
    return message.model_copy(update={"issued_at": system_clock(), "preview_location": location})


def test_a_person_who_agrees_at_the_preview_is_answered_about_in_a_second_request(resource: Running) -> None:
    message, location = previewed(resource)
    page = resource.http.get(location)
    second = second_of(message, location)

    assert "Leyla Nümunəvi" in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert code_of(resource.accept(second, resource.ask(second).content)) is ErrorCode.PREVIEW_REQUIRED
    agreed = resource.http.post(location, data={"decision": "agreed"})
    assert 'href="https://window.example/back"' in agreed.text
    assert isinstance(resource.accept(second, resource.ask(second).content, message), EvidenceAnswer)


def test_a_person_who_rejects_at_the_preview_is_not_answered_about_and_cannot_be_overruled(resource: Running) -> None:
    message, location = previewed(resource)
    resource.http.post(location, data={"decision": "rejected"})
    resource.http.post(location, data={"decision": "agreed"})
    second = second_of(message, location)
    response = resource.ask(second)

    assert code_of(resource.accept(second, response.content)) is ErrorCode.PREVIEW_REJECTED
    assert b"1990" not in payload_of(response.content)


def test_a_preview_is_found_by_its_secret_alone_and_takes_one_of_two_decisions(resource: Running) -> None:
    _, location = previewed(resource)

    assert resource.http.get(location[:-1] + ("A" if location[-1] != "A" else "B")).status_code == 404
    assert resource.http.post(location, data={"decision": "maybe"}).status_code == 400
    assert resource.http.post(location, content=b"\xff\x00").status_code == 400


def test_a_preview_that_a_restart_interrupts_goes_on(tmp_path: Path, window: MadeWindow) -> None:
    folder = tmp_path / "population"
    with Running(folder, window) as first:
        message, location = previewed(first)
        first.http.post(location, data={"decision": "agreed"})
    with Running(folder, window) as second:
        second.switch(preview=True)
        repeated = second_of(message, location)
        assert isinstance(second.accept(repeated, second.ask(repeated).content), EvidenceAnswer)


@pytest.mark.parametrize("outcome", ["corrected", "confirmed", "refused"])
def test_a_dispute_is_examined_and_then_answered(resource: Running, window: MadeWindow, outcome: str) -> None:
    resource.switch(dispute=outcome)
    dispute_id = new_id(system_clock())
    statement = sealed(Statement(dispute_id=dispute_id, text="It is wrong."), resource.registered.sealing_key)
    message = dispute(dispute_id=dispute_id, issued_at=system_clock(), statement=statement, reply_to=window.reply_to)
    raw, its_hash = asked(message, WINDOW)
    pending = PendingDispute(message, its_hash)
    first = accepted_about_dispute(
        resource.http.post("/evidence", content=raw).content, pending, resource.keys, system_clock()
    )
    [posted] = window.wait_for(1)
    last = accepted_about_dispute(posted.body, pending, resource.keys, system_clock())

    assert (first.outcome, last.outcome) == ("examining", outcome)


def test_a_dispute_that_cannot_be_read_is_refused(resource: Running) -> None:
    message = dispute(issued_at=system_clock())
    raw, its_hash = asked(message, WINDOW)
    response = resource.http.post("/evidence", content=raw)

    reply = accepted_about_dispute(response.content, PendingDispute(message, its_hash), resource.keys, system_clock())
    assert reply.outcome == "refused"


@pytest.mark.parametrize("wrong", [b"", b"{", b'{"loud":true}', b'{"delayMs":-1}', b'{"error":"Tired"}'])
def test_a_switch_that_is_none_changes_nothing(resource: Running, wrong: bytes) -> None:
    assert resource.http.put("/behaviour", content=wrong).status_code == 400
    told = resource.http.get("/behaviour").json()
    assert told.pop("heard") == 0
    assert Behaviour.model_validate(told) == Behaviour()


def test_nobody_in_the_registers_exists_and_both_know_the_same_person() -> None:
    assert all(LEYLA in register.entries for register in REGISTERS.values())
    for register in REGISTERS.values():
        for entries in register.entries.values():
            assert all(set(entry.values) == set(register.elements) for entry in entries)
            assert [entry.version for entry in entries] == list(range(1, len(entries) + 1))
