"""What names a person leaves the window sealed for one resource and for one request; the window's own key is kept."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from application.evidence.asking import asked_by_the_window, is_expired, subject_of
from application.evidence.sealing import opened, sealed
from application.evidence.signing import UnusableKeyError, signed
from application.evidence.window_key import KEY_FILE, public_key_set, signing_key
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.messages import EvidenceRequest
from domain.evidence.values import Statement, Subject
from tests.evidence.examples import (
    DISPUTE_ID,
    NOW,
    OTHER,
    REQUEST_ID,
    RESOURCE,
    SEALING,
    WINDOW,
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
        keys = list(at_once.map(lambda _: signing_key(tmp_path), range(16)))

    assert len({key.thumbprint() for key in keys}) == 1
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [KEY_FILE]


def test_what_is_published_of_the_windows_key_has_no_secret(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    [public_key] = public_key_set(key)["keys"]

    assert public_key.keys() == {"kty", "crv", "x", "use", "kid", "alg"}
    assert public_key["kid"] == key.thumbprint()
    assert asked_by_the_window(signed(request(), key), {key.thumbprint(): OKPKey.import_key(public_key)}, "population")
