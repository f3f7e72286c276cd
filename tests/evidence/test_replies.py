"""What is checked of a resource's message: every planted fault has the name of its check, in its order."""

import base64
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from application.evidence.replies import (
    SKEW,
    Keys,
    Pending,
    PendingDispute,
    accepted,
    accepted_about_dispute,
    asked,
    happening_of,
    happening_of_fault,
    named_in,
)
from application.evidence.sealing import LARGEST_SEALED, said_raw
from application.evidence.signing import LARGEST_SIGNED, UnusableKeyError, signed, verified, verifying_key
from domain.evidence.errors import ErrorCode
from domain.evidence.faults import PROVEN, Fault, NotAcceptedError
from domain.evidence.json_text import written
from domain.evidence.progress import Happening
from domain.evidence.values import EvidenceDocument
from domain.values import Value
from tests.evidence.examples import (
    DISPUTE_ID,
    NEEDS,
    NOW,
    OTHER,
    REQUEST_ID,
    RESOURCE,
    WINDOW,
    WINDOW_SEALING,
    acknowledgement,
    answer,
    dispute,
    dispute_reply,
    error,
    public,
    request,
)

REQUEST: Final = request()
RAW, HASH = asked(REQUEST, WINDOW)
PENDING: Final = Pending(REQUEST, frozenset({HASH}), NEEDS)
KEYS: Final = Keys(verifying_key(public(RESOURCE)), WINDOW_SEALING)
HONEST: Final = answer(request_hash=HASH)
NOT_SEALED: Final = (
    b"in the clear",
    b"e" * (LARGEST_SEALED + 1),
    signed(acknowledgement(), RESOURCE),
    said_raw(signed(HONEST, RESOURCE), OKPKey.generate_key("X25519")),
)


def fault_of(raw: bytes, pending: Pending = PENDING, now: Any = NOW) -> Fault:
    with pytest.raises(NotAcceptedError) as refused:
        accepted(sealed_reply(raw), pending, KEYS, now)
    return refused.value.fault


def sealed_reply(raw: bytes) -> bytes:
    return said_raw(raw, WINDOW_SEALING) if raw not in NOT_SEALED else raw


def by_resource(message: Value) -> bytes:
    return signed(message, RESOURCE)


def of_json(raw: bytes) -> bytes:
    return jws.serialize_compact({"alg": "Ed25519"}, raw, RESOURCE, algorithms=["Ed25519"]).encode()


def part(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def with_header(header: dict[str, Any]) -> bytes:
    """Return an answer that is signed under another header."""
    body = part(json.dumps(header).encode()) + b"." + part(written(HONEST))
    algorithm = jws.JWSRegistry.algorithms["Ed25519"]
    return body + b"." + part(algorithm.sign(body, RESOURCE))


def by_secret() -> bytes:
    """Return an answer that is "signed" with the public key as an HMAC's secret: the classic confusion."""
    secret = OctKey.import_key(base64.urlsafe_b64decode(public(RESOURCE) + "="))
    return jws.serialize_compact({"alg": "HS256"}, written(HONEST), secret, algorithms=["HS256"]).encode()


def with_values(**values: Any) -> bytes:
    return by_resource(
        answer(request_hash=HASH, values={name.replace("__", "."): each for name, each in values.items()})
    )


PLANTED: Final[dict[str, tuple[Callable[[], bytes], Fault]]] = {
    "oversized": (lambda: NOT_SEALED[1], Fault.TOO_LARGE),
    "oversized within its seal": (lambda: b"e" * (LARGEST_SIGNED + 1), Fault.TOO_LARGE),
    "in the clear": (lambda: NOT_SEALED[0], Fault.NOT_SEALED),
    "signed in the clear": (lambda: NOT_SEALED[2], Fault.NOT_SEALED),
    "sealed for another": (lambda: NOT_SEALED[3], Fault.NOT_SEALED),
    "empty": (lambda: b"", Fault.NOT_A_JWS),
    "malformed": (lambda: b"an answer", Fault.NOT_A_JWS),
    "bare JSON": (lambda: written(HONEST), Fault.NOT_A_JWS),
    "two parts": (lambda: by_resource(HONEST).rpartition(b".")[0], Fault.NOT_A_JWS),
    "a sealed message": (REQUEST.subject.encode, Fault.NOT_A_JWS),
    "a payload beside the message": (lambda: by_resource(HONEST) + b".e30", Fault.NOT_A_JWS),
    "a header of arrays": (lambda: part(b"[]") + b".e30.e30", Fault.NOT_A_JWS),
    "extensions that must be understood": (
        lambda: with_header({"alg": "Ed25519", "crit": ["b64"], "b64": False}),
        Fault.NOT_A_JWS,
    ),
    "algorithm none": (lambda: part(b'{"alg":"none"}') + b"." + part(written(HONEST)) + b".", Fault.OTHER_ALGORITHM),
    "no algorithm": (lambda: with_header({}), Fault.OTHER_ALGORITHM),
    "an HMAC by the public key": (by_secret, Fault.OTHER_ALGORITHM),
    "unsigned": (lambda: by_resource(HONEST).rpartition(b".")[0] + b".", Fault.OTHER_SIGNER),
    "signed by another": (lambda: signed(HONEST, OTHER), Fault.OTHER_SIGNER),
    "signed by the window": (lambda: signed(HONEST, WINDOW), Fault.OTHER_SIGNER),
    "changed after it was signed": (
        lambda: by_resource(HONEST).replace(part(written(HONEST))[:40], part(b"x" * 30)),
        Fault.OTHER_SIGNER,
    ),
    "no JSON": (lambda: of_json(b"an answer"), Fault.NOT_JSON),
    "repeated members": (lambda: of_json(b'{"spec":"x",' + written(HONEST)[1:]), Fault.NOT_JSON),
    "another spec": (
        lambda: of_json(written(HONEST).replace(b"evidence/1", b"evidence/9")),
        Fault.UNKNOWN_SPEC,
    ),
    "an unknown member": (lambda: of_json(b'{"colour":"blue",' + written(HONEST)[1:]), Fault.NOT_A_MESSAGE),
    "our own request": (lambda: of_json(written(REQUEST)), Fault.NOT_A_MESSAGE),
    "NUL": (lambda: of_json(written(HONEST).replace(b"Leyla", b"Ley\\u0000la")), Fault.UNREADABLE_TEXT),
    "for another request": (
        lambda: by_resource(answer(request_hash=HASH, request_id=DISPUTE_ID)),
        Fault.OTHER_REQUEST,
    ),
    "a reply to a dispute": (lambda: by_resource(dispute_reply(dispute_hash=HASH)), Fault.OTHER_REQUEST),
    "of another question": (lambda: by_resource(answer(request_hash="0" * 64)), Fault.OTHER_HASH),
    "another element": (lambda: with_values(person__religion="x"), Fault.ELEMENT_NOT_ASKED),
    "an element more": (
        lambda: with_values(person__birth_date="1990-02-28", person__phone="1"),
        Fault.ELEMENT_NOT_ASKED,
    ),
    "a number as date": (lambda: with_values(person__birth_date=19900228), Fault.WRONG_TYPE),
    "no such day": (lambda: with_values(person__birth_date="1990-02-30"), Fault.WRONG_TYPE),
    "true as number": (lambda: with_values(person__children=True), Fault.WRONG_TYPE),
    "a word as number": (lambda: with_values(person__children="two"), Fault.WRONG_TYPE),
    "none of the choices": (lambda: with_values(person__sex="unknown"), Fault.WRONG_TYPE),
    "a text as boolean": (lambda: with_values(person__alive="true"), Fault.WRONG_TYPE),
    "only later": (lambda: by_resource(answer(request_hash=HASH, valid_from=date(2026, 12, 2))), Fault.NOT_VALID_THEN),
    "no longer": (lambda: by_resource(answer(request_hash=HASH, valid_to=date(2026, 11, 30))), Fault.NOT_VALID_THEN),
    "older than its question": (
        lambda: by_resource(answer(request_hash=HASH, issued_at=NOW - SKEW - timedelta(seconds=1))),
        Fault.NOT_IN_TIME,
    ),
    "out of the future": (
        lambda: by_resource(answer(request_hash=HASH, issued_at=NOW + SKEW + timedelta(seconds=1))),
        Fault.NOT_IN_TIME,
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_found_by_its_name(planted: str) -> None:
    make, fault = PLANTED[planted]

    assert fault_of(make()) is fault


def test_every_fault_of_a_reply_is_planted() -> None:
    ours_alone = {Fault.OTHER_RESOURCE, Fault.NOT_SEALED_FOR_IT}  # what a resource checks of the window

    assert {fault for _, fault in PLANTED.values()} == set(Fault) - ours_alone


@pytest.mark.parametrize(
    ("message", "happening"),
    [
        (HONEST, Happening.ANSWERED),
        (acknowledgement(request_hash=HASH), Happening.ACKNOWLEDGED),
        (acknowledgement(request_hash=HASH, available_at=NOW + timedelta(days=1)), Happening.DEFERRED),
        (error(ErrorCode.NOT_FOUND, request_hash=HASH), Happening.NOT_FOUND),
        (error(ErrorCode.PREVIEW_REQUIRED, request_hash=HASH), Happening.PREVIEW_ASKED),
        (error(ErrorCode.PREVIEW_REJECTED, request_hash=HASH), Happening.PREVIEW_REJECTED),
        (error(ErrorCode.NOT_AUTHORISED, request_hash=HASH), Happening.REFUSED),
        (error(ErrorCode.QUERY_FAILED, request_hash=HASH), Happening.FAILED),
        (error(ErrorCode.TIMED_OUT, request_hash=HASH), Happening.TIMED_OUT),
    ],
)
def test_an_honest_message_is_accepted_and_leads_on(message: Value, happening: Happening) -> None:
    found = accepted(sealed_reply(by_resource(message)), PENDING, KEYS, NOW)

    assert found == message
    assert happening_of(found) is happening


def test_the_older_name_of_the_algorithm_is_accepted() -> None:
    assert accepted(sealed_reply(with_header({"alg": "EdDSA", "kid": "any", "x-own": 1})), PENDING, KEYS, NOW) == HONEST


def test_a_part_of_what_was_asked_and_the_clocks_difference_are_accepted() -> None:
    few = answer(request_hash=HASH, values={"person.alive": False}, issued_at=NOW + SKEW)

    assert accepted(sealed_reply(by_resource(few)), PENDING, KEYS, NOW) == few


def test_a_document_is_accepted() -> None:
    document = EvidenceDocument(sha256="ab" * 32, size=9, media_type="application/pdf")
    whole = answer(request_hash=HASH, values=None, document=document)

    assert accepted(sealed_reply(by_resource(whole)), PENDING, KEYS, NOW) == whole


def test_either_question_of_a_preview_may_be_answered() -> None:
    second = request(preview_location="https://population.example/preview/1", issued_at=NOW + timedelta(hours=1))
    _, later = asked(second, WINDOW)
    pending = Pending(second, frozenset({HASH, later}), NEEDS)
    at = NOW + timedelta(hours=1)

    for each in (HASH, later):
        message = answer(request_hash=each, issued_at=at)
        assert accepted(sealed_reply(by_resource(message)), pending, KEYS, at) == message


def test_nothing_is_accepted_after_the_request_has_expired() -> None:
    last = REQUEST.expires_at

    assert accepted(sealed_reply(by_resource(HONEST)), PENDING, KEYS, last) == HONEST
    assert fault_of(by_resource(HONEST), now=last + timedelta(microseconds=1)) is Fault.NOT_IN_TIME


@pytest.mark.parametrize("fault", Fault)
def test_only_the_resources_own_word_about_this_request_fails_it(fault: Fault) -> None:
    happening = happening_of_fault(NotAcceptedError(fault))

    assert happening is (Happening.FAILED if fault in PROVEN else Happening.UNACCEPTABLE)
    assert {Fault.OTHER_SIGNER, Fault.OTHER_REQUEST, Fault.OTHER_HASH, Fault.NOT_IN_TIME}.isdisjoint(PROVEN)


def test_a_retry_is_the_same_bytes_and_another_request_is_not() -> None:
    assert asked(REQUEST, WINDOW) == (RAW, HASH)
    assert asked(REQUEST, OTHER)[1] != HASH
    assert asked(request(purpose={"en": "Another."}), WINDOW)[1] != HASH


def test_which_request_a_message_is_about_is_read_only_from_what_is_signed() -> None:
    assert named_in(sealed_reply(by_resource(HONEST)), KEYS) == REQUEST_ID
    assert named_in(sealed_reply(by_resource(dispute_reply())), KEYS) == DISPUTE_ID
    with pytest.raises(NotAcceptedError):
        named_in(sealed_reply(signed(HONEST, OTHER)), KEYS)


def test_a_reply_to_a_dispute_names_the_dispute_and_its_bytes() -> None:
    message = dispute()
    _, its_hash = asked(message, WINDOW)
    pending = PendingDispute(message, its_hash)
    honest = dispute_reply(dispute_hash=its_hash, outcome="confirmed")
    planted = {
        Fault.OTHER_HASH: dispute_reply(dispute_hash=HASH),
        Fault.OTHER_REQUEST: dispute_reply(dispute_hash=its_hash, dispute_id=REQUEST_ID),
        Fault.NOT_IN_TIME: dispute_reply(dispute_hash=its_hash, issued_at=NOW - timedelta(days=1)),
    }

    assert accepted_about_dispute(sealed_reply(by_resource(honest)), pending, KEYS, NOW) == honest
    for fault, reply in planted.items():
        with pytest.raises(NotAcceptedError) as refused:
            accepted_about_dispute(sealed_reply(by_resource(reply)), pending, KEYS, NOW)
        assert refused.value.fault is fault
    with pytest.raises(NotAcceptedError) as refused:
        accepted_about_dispute(sealed_reply(by_resource(HONEST)), pending, KEYS, NOW)
    assert refused.value.fault is Fault.OTHER_REQUEST


@pytest.mark.parametrize("key", ["A" * 42 + "B", "A" * 10, "é" * 43, "=" * 43])
def test_what_is_no_key_is_refused_by_its_own_error(key: str) -> None:
    with pytest.raises(UnusableKeyError):
        verifying_key(key)


def test_a_key_for_seals_signs_nothing() -> None:
    sealing = OKPKey.generate_key("X25519", private=True)

    with pytest.raises(NotAcceptedError) as refused:
        verified(by_resource(HONEST), sealing)
    assert refused.value.fault is Fault.OTHER_SIGNER
