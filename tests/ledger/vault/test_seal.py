"""Seals: sealed data can be opened only at its own place and with its own key."""

import json
import os
from base64 import b64decode, b64encode
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from ledger.vault.person_key import CaseKey, random_ref
from ledger.vault.seal import Opened, SealBrokenError, key_refs, open_sealed, seal_fields

STREAM = UUID("01931f6e-7a00-7000-8000-0000000000aa")
KEY = CaseKey(UUID("5f0c7d52-93a1-4c0e-9d3b-2f6a1e8b4c70"), bytes(range(32)), "applicant")
BIRTH_DATE = "answers.person.birth_date"
VECTOR = (
    b'{"5f0c7d52-93a1-4c0e-9d3b-2f6a1e8b4c70":{"answers.person.birth_date":'
    b'"AAECAwQFBgcICQoLZTPvIvXI8i6gcKCpkclYTaP2pxTQW39cGEfFpT1JIJKB9UBGKEc1iD0q7mr/6v3g"}}'
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def test_the_test_vector_of_the_adr() -> None:
    sealed = seal_fields({BIRTH_DATE: "1990-05-17"}, KEY, STREAM, 7, nonce=lambda: bytes(range(12)))

    assert sealed == VECTOR


def test_the_format_can_be_opened_by_hand() -> None:
    held = b64decode(json.loads(VECTOR)[str(KEY.key_ref)][BIRTH_DATE])
    bound_to = STREAM.bytes + (7).to_bytes(8, "big") + BIRTH_DATE.encode()

    assert AESGCM(bytes(range(32))).decrypt(held[:12], held[12:], bound_to) == b'"1990-05-17"'.ljust(32)


@given(fields=st.dictionaries(st.text(min_size=1), json_values, max_size=4), version=st.integers(1, 2**63 - 1))
def test_what_is_sealed_opens_again(fields: dict[str, JsonValue], version: int) -> None:
    sealed = seal_fields(fields, KEY, STREAM, version)

    assert open_sealed(sealed, {KEY.key_ref: bytes(range(32))}, STREAM, version) == Opened(fields, ())


def test_nothing_to_seal_is_no_bytes() -> None:
    official = CaseKey(random_ref(), None, "official")

    assert seal_fields({}, KEY, STREAM, 1) == b""
    assert seal_fields({}, official, STREAM, 1) == b""
    assert open_sealed(b"", {}, STREAM, 1) == Opened({}, ())
    assert key_refs(b"") == ()


def test_the_sealed_part_is_canonical_json() -> None:
    sealed = seal_fields({"b": 1, "answers.ə": 2, "a": 3}, KEY, STREAM, 1)
    held = json.loads(sealed)

    assert sealed == json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert list(held[str(KEY.key_ref)]) == ["a", "answers.ə", "b"]
    assert key_refs(sealed) == (KEY.key_ref,)


def test_a_field_without_its_key_is_named_as_erased() -> None:
    sealed = seal_fields({"reason": "moved", "note": "late"}, KEY, STREAM, 3)

    assert open_sealed(sealed, {}, STREAM, 3) == Opened({}, ("note", "reason"))


def test_the_same_value_is_never_sealed_to_the_same_bytes() -> None:
    assert seal_fields({"note": "x"}, KEY, STREAM, 3) != seal_fields({"note": "x"}, KEY, STREAM, 3)


def test_the_length_does_not_tell_yes_from_no() -> None:
    yes, no = (seal_fields({"disabled": value}, KEY, STREAM, 1) for value in (True, False))

    assert len(yes) == len(no)


@pytest.mark.parametrize(
    ("stream", "version", "name", "dek"),
    [
        (UUID(int=9), 3, "note", KEY.dek),
        (STREAM, 4, "note", KEY.dek),
        (STREAM, 3, "reason", KEY.dek),
        (STREAM, 3, "note", bytes(32)),
    ],
    ids=["other stream", "other version", "other field", "other key"],
)
def test_a_seal_opens_at_its_own_place_only(stream: UUID, version: int, name: str, dek: bytes) -> None:
    sealed = seal_fields({"note": "Leyla lives here"}, KEY, STREAM, 3).replace(b'"note"', f'"{name}"'.encode())

    with pytest.raises(SealBrokenError) as refused:
        open_sealed(sealed, {KEY.key_ref: dek}, stream, version)
    assert "Leyla" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_changed_byte_is_refused() -> None:
    sealed = seal_fields({"note": "x"}, KEY, STREAM, 3)
    held = bytearray(b64decode(json.loads(sealed)[str(KEY.key_ref)]["note"]))
    for at in range(len(held)):
        changed = bytes(held[:at]) + bytes([held[at] ^ 1]) + bytes(held[at + 1 :])
        forged = json.dumps({str(KEY.key_ref): {"note": b64encode(changed).decode()}}).encode()

        with pytest.raises(SealBrokenError):
            open_sealed(forged, {KEY.key_ref: bytes(range(32))}, STREAM, 3)


@pytest.mark.parametrize("garbage", [b"x", b"[]", b'{"a":{}}', b'{"5f0c7d52-93a1-4c0e-9d3b-2f6a1e8b4c70":3}'])
def test_what_is_not_a_sealed_part_is_refused(garbage: bytes) -> None:
    with pytest.raises(SealBrokenError):
        open_sealed(garbage, {}, STREAM, 1)


@pytest.mark.parametrize("value", ["@@@", "", 7, None])
def test_what_is_not_a_sealed_field_is_refused(value: object) -> None:
    forged = json.dumps({str(KEY.key_ref): {"note": value}}).encode()

    with pytest.raises(SealBrokenError):
        open_sealed(forged, {KEY.key_ref: bytes(range(32))}, STREAM, 1)


def test_nothing_is_sealed_under_a_mere_pseudonym() -> None:
    with pytest.raises(ValueError, match="mere pseudonym"):
        seal_fields({"note": "x"}, CaseKey(random_ref(), None, "official"), STREAM, 1)


def test_a_value_that_is_no_json_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="the value of note is not JSON") as refused:
        seal_fields({"note": {"Leyla"}}, KEY, STREAM, 1)  # type: ignore[dict-item]
    assert "Leyla" not in str(refused.value)


def test_a_key_shows_itself_to_nobody() -> None:
    key = CaseKey(random_ref(), os.urandom(32), "applicant")

    assert "dek" not in repr(key)


def test_the_adr_shows_the_test_vector() -> None:
    adr = (Path(__file__).parents[3] / "docs" / "adr" / "0003-vault.md").read_text()

    assert json.loads(VECTOR)[str(KEY.key_ref)][BIRTH_DATE] in adr
