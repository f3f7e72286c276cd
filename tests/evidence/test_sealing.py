"""What names a person leaves the window sealed for one resource and for one request; the window's own key is kept."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc import jwe
from joserfc.jwk import OKPKey

from application.evidence.asking import asked_by_the_window, is_expired, subject_of
from application.evidence.keys import SEALING_FILE, SIGNING_FILE, EvidenceKeys
from application.evidence.sealing import LARGEST_SEALED, heard, opened, said, sealed
from application.evidence.signing import UnusableKeyError, imported, signed
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.json_text import written
from domain.evidence.messages import EvidenceRequest
from domain.evidence.values import LARGEST_MESSAGE, Statement, Subject
from tests.evidence.examples import (
    DISPUTE_ID,
    NOW,
    OTHER,
    REQUEST_ID,
    RESOURCE,
    SEALING,
    WINDOW,
    WINDOW_SEALING,
    acknowledgement,
    answer,
    dispute,
    public,
    request,
    subject,
)

WINDOWS = {str(WINDOW.thumbprint()): WINDOW}


def test_only_the_resource_can_open_a_subject_and_two_seals_have_nothing_in_common() -> None:
    first, second = subject("M0000001"), subject("M0000001")

    assert subject_of(request(subject=first), first, SEALING).value == "M0000001"
    assert not set(first.split(".")) & set(second.split(".")[2:])
    assert "M0000001" not in first
    with pytest.raises(NotAcceptedError) as refused:
        opened(first, OKPKey.generate_key("X25519", private=True), Subject)
    assert refused.value.fault is Fault.NOT_SEALED_FOR_IT


def test_a_subject_of_another_request_is_refused() -> None:
    moved = subject("M0000002", DISPUTE_ID)

    with pytest.raises(NotAcceptedError) as refused:
        subject_of(request(subject=moved), moved, SEALING)

    assert refused.value.fault is Fault.OTHER_REQUEST


@pytest.mark.parametrize("spoilt", ["", "a..b.c.d", "....", "é..b.c.d", "x" * 100])
def test_what_is_no_seal_is_refused(spoilt: str) -> None:
    with pytest.raises(NotAcceptedError) as refused:
        opened(spoilt, SEALING, Subject)
    assert refused.value.fault is Fault.NOT_SEALED_FOR_IT


def test_each_byte_of_a_seal_counts() -> None:
    whole = subject()
    for number in range(0, len(whole), 7):
        other = "A" if whole[number] != "A" else "B"
        with pytest.raises(NotAcceptedError):
            opened(whole[:number] + other + whole[number + 1 :], SEALING, Subject)


def test_a_seal_of_something_else_is_refused() -> None:
    statement = sealed(Statement(dispute_id=DISPUTE_ID, text="No."), public(SEALING))

    with pytest.raises(NotAcceptedError) as refused:
        opened(statement, SEALING, Subject)
    assert refused.value.fault is Fault.NOT_A_MESSAGE


@pytest.mark.parametrize("key", ["A" * 43, "AQ" + "A" * 41, "A" * 5])
def test_nothing_is_sealed_for_a_key_that_everybody_could_open(key: str) -> None:
    part = Subject(request_id=REQUEST_ID, element="person.identifier", value="M0000001")

    with pytest.raises(UnusableKeyError):
        sealed(part, key)


def test_a_long_statement_can_be_sealed() -> None:
    longest = Statement(dispute_id=DISPUTE_ID, text="ə" * 10_000)

    assert opened(sealed(longest, public(SEALING)), SEALING, Statement) == longest
    assert dispute(statement=sealed(longest, public(SEALING))).statement


def test_a_resource_takes_what_the_window_has_signed_for_it() -> None:
    for message in (request(), dispute()):
        assert asked_by_the_window(signed(message, WINDOW), WINDOWS, "population") == message


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (signed(request(), OTHER), Fault.OTHER_SIGNER),
        (signed(request(), RESOURCE), Fault.OTHER_SIGNER),
        (signed(request(resource="land"), WINDOW), Fault.OTHER_RESOURCE),
        (signed(dispute(resource="land"), WINDOW), Fault.OTHER_RESOURCE),
        (b"nothing", Fault.NOT_A_JWS),
    ],
)
def test_a_resource_takes_nothing_else(raw: bytes, fault: Fault) -> None:
    with pytest.raises(NotAcceptedError) as refused:
        asked_by_the_window(raw, WINDOWS, "population")

    assert refused.value.fault is fault


def test_a_request_expires_after_its_last_instant() -> None:
    message: EvidenceRequest = request(expires_at=request().answer_by)

    assert not is_expired(message, message.expires_at)
    assert is_expired(message, message.expires_at.replace(year=2027))
    assert not is_expired(message, NOW)


def test_the_windows_key_is_made_once_whoever_is_first_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as at_once:
        keys = list(at_once.map(lambda _: EvidenceKeys.kept_in(tmp_path), range(16)))

    assert len({(key.signing.thumbprint(), key.sealing.thumbprint()) for key in keys}) == 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}
    assert {file.name for file in tmp_path.iterdir()} == {SIGNING_FILE, SEALING_FILE}


def test_what_is_published_of_the_windows_key_has_no_secret(tmp_path: Path) -> None:
    keys = EvidenceKeys.kept_in(tmp_path)
    signing, sealing = keys.public()["keys"]

    for public_key, key in ((signing, keys.signing), (sealing, keys.sealing)):
        assert public_key.keys() == {"kty", "crv", "x", "use", "kid", "alg"}
        assert public_key["kid"] == key.thumbprint()
    verifying = {key.thumbprint(): imported(signing) for key in [keys.signing]}
    assert asked_by_the_window(signed(request(), keys.signing), verifying, "population")
    assert heard(said(acknowledgement(), RESOURCE, imported(sealing)), keys.sealing)


def test_what_a_resource_says_is_read_by_the_window_alone() -> None:
    raw = said(acknowledgement(), RESOURCE, WINDOW_SEALING)

    assert heard(raw, WINDOW_SEALING) == signed(acknowledgement(), RESOURCE)
    for spoilt in (raw[:-1], raw + b"A", b"", signed(acknowledgement(), RESOURCE), b"....", b"[" * 99_999):
        with pytest.raises(NotAcceptedError) as refused:
            heard(spoilt, WINDOW_SEALING)
        assert refused.value.fault is Fault.NOT_SEALED
    with pytest.raises(NotAcceptedError):
        heard(raw, SEALING)


def test_the_largest_message_can_be_said_and_nothing_larger_is_looked_at() -> None:
    values = {f"person.e{number}": "x" * 9_000 for number in range(29)}
    largest = answer(values=values)

    assert LARGEST_MESSAGE * 0.95 < len(written(largest)) <= LARGEST_MESSAGE
    assert heard(said(largest, RESOURCE, WINDOW_SEALING), WINDOW_SEALING) == signed(largest, RESOURCE)
    with pytest.raises(NotAcceptedError) as refused:
        heard(b"x" * (LARGEST_SEALED + 1), WINDOW_SEALING)
    assert refused.value.fault is Fault.TOO_LARGE


def test_nothing_compressed_is_opened() -> None:
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "zip": "DEF"}
    bomb = jwe.encrypt_compact(header, b"0" * 200_000, WINDOW_SEALING, algorithms=["ECDH-ES", "A256GCM", "DEF"])

    assert len(bomb) < 2_000
    with pytest.raises(NotAcceptedError) as refused:
        heard(bomb.encode(), WINDOW_SEALING)
    assert refused.value.fault is Fault.NOT_SEALED
