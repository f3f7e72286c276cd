"""The public number is derived from the id, easy to say, and safe against mistakes."""

import itertools
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.reference import ALPHANUMERIC, CROCKFORD, check_character, parse_reference, reference_of
from domain.case.refusals import ReferenceMistyped

CASES = st.uuids()
PLACES = [place for place in range(3, 19) if (place - 2) % 5]  # of the thirteen characters, without hyphens


def is_refused(text: str) -> bool:
    try:
        parse_reference(text)
    except ReferenceMistyped:
        return True
    return False


@pytest.mark.parametrize(
    ("case_id", "reference"),
    [
        ("019abcde-f012-7345-8678-9abcdef01234", "PN-CY4T-QKFF-04HM-H"),
        ("00000000-0000-0000-0000-000000000000", "PN-0000-0000-0000-Q"),
    ],
)
def test_a_public_number_never_changes(case_id: str, reference: str) -> None:
    assert reference_of(UUID(case_id)) == reference


def test_the_check_character_is_that_of_iso_7064() -> None:
    """The example of the Global Release Identifier, whose check character is MOD 37,36 too."""
    assert check_character("A12425GABC1234002") == "M"


@given(CASES)
def test_a_printed_number_is_read_back(case_id: UUID) -> None:
    reference = reference_of(case_id)

    assert parse_reference(reference) == reference
    assert parse_reference(f" {reference.lower().replace('-', ' ')} ") == reference
    assert parse_reference(reference.replace("-", "")) == reference


@given(CASES)
def test_it_says_sixty_bits_of_the_case(case_id: UUID) -> None:
    digits = reference_of(case_id)[3:17].replace("-", "")
    value = 0
    for digit in digits:
        value = value * 32 + CROCKFORD.index(digit)

    assert value == case_id.int & (1 << 60) - 1


@given(CASES)
def test_every_wrong_character_is_found(case_id: UUID) -> None:
    reference = reference_of(case_id)
    missed = [
        (place, wrong)
        for place in PLACES
        for wrong in ALPHANUMERIC
        if wrong != reference[place] and not is_refused(reference[:place] + wrong + reference[place + 1 :])
    ]

    assert not missed


@given(CASES)
def test_every_exchange_of_neighbours_is_found_that_iso_7064_promises(case_id: UUID) -> None:
    """All except of two characters that are neighbours in the alphabet, in which 0 follows Z."""
    reference = reference_of(case_id)
    for left, right in itertools.pairwise(PLACES):
        first, second = reference[left], reference[right]
        distance = (ALPHANUMERIC.index(first) - ALPHANUMERIC.index(second)) % len(ALPHANUMERIC)
        if distance in (0, 1, len(ALPHANUMERIC) - 1):
            continue
        exchanged = list(reference)
        exchanged[left], exchanged[right] = second, first

        assert is_refused("".join(exchanged))


@pytest.mark.parametrize(
    "text", ["", "PN", "PN-", "PN-0000-0000-0000", "PN-0000-0000-0000-11", "XX-0000-0000-0000-1", "PN-0000-0000-000É-1"]
)
def test_what_is_no_public_number_is_refused(text: str) -> None:
    assert is_refused(text)


@given(st.text(max_size=30))
def test_reading_never_fails_otherwise(text: str) -> None:
    is_refused(text)
