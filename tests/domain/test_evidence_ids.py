"""The ids of requests, conversations and disputes: the same for the same case, and equal in no two."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case.evidence_ids import conversation_id_of, dispute_id_of, request_id_of
from tests.domain.town import AT, CASE_ID

INSTANTS = st.datetimes(timezones=st.just(UTC))
CASES = st.uuids()


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (request_id_of(CASE_ID, "population-register", 1, AT), "01a20e2d-9cc0-75dc-807a-4ffceeb2cc05"),
        (request_id_of(CASE_ID, "population-register", 2, AT), "01a20e2d-9cc0-77c6-a4d5-1b4a0dfe22c5"),
        (conversation_id_of(CASE_ID, "population-register"), "6079d492-7515-4854-b55c-7ca454a6f6d2"),
        (dispute_id_of(CASE_ID, 1, AT), "01a20e2d-9cc0-7017-9aaf-ca7ad4dbb5d9"),
    ],
)
def test_ids_that_were_given_once_are_given_for_ever(made: UUID, expected: str) -> None:
    assert str(made) == expected


@given(CASES, st.text(max_size=5), st.integers(1, 9), INSTANTS)
def test_requests_and_disputes_have_ids_of_version_7_with_their_time(
    case_id: UUID, resource: str, number: int, at: datetime
) -> None:
    for made in (request_id_of(case_id, resource, number, at), dispute_id_of(case_id, number, at)):
        assert (made.version, made.variant) == (7, RFC_4122)
        milliseconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        assert made.int >> 80 == milliseconds % (1 << 48)


@given(CASES, st.text(max_size=5))
def test_a_conversation_has_an_id_that_looks_random_and_tells_no_time(case_id: UUID, resource: str) -> None:
    made = conversation_id_of(case_id, resource)

    assert (made.version, made.variant) == (4, RFC_4122)
    assert made == conversation_id_of(case_id, resource)


@given(st.sets(st.tuples(CASES, st.sampled_from(["a", "b", "a/1", "1"]), st.integers(1, 12)), max_size=20))
def test_no_two_ids_are_equal(named: set[tuple[UUID, str, int]]) -> None:
    requests = {request_id_of(case_id, resource, number, AT) for case_id, resource, number in named}
    disputes = {dispute_id_of(case_id, number, AT) for case_id, _, number in named}
    conversations = {conversation_id_of(case_id, resource) for case_id, resource, _ in named}

    assert len(requests) == len(named)
    assert len(disputes) == len({(case_id, number) for case_id, _, number in named})
    assert len(conversations) == len({(case_id, resource) for case_id, resource, _ in named})
    assert not (requests & disputes | requests & conversations | disputes & conversations)


def test_ids_of_one_instant_tell_nothing_of_their_case() -> None:
    other = UUID(int=CASE_ID.int ^ 1)
    first, second = (request_id_of(case_id, "population-register", 1, AT) for case_id in (CASE_ID, other))

    differing = (first.int ^ second.int) & ((1 << 74) - 1)
    assert differing.bit_count() > 15, "one bit of the case's id changes about half of the bits"
    assert CASE_ID.hex[12:] not in first.hex
