"""The rule of the chain, tested alone: whatever the publisher sends again, and wherever a reader stops and goes on."""

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pencere_subscriber import GapError
from pencere_subscriber.event import Numbers
from pencere_subscriber.place import Place

SEEDS = st.integers(0, 1 << 32)


def partition(random: Random) -> list[Numbers]:
    """Return a partition as a crashing publisher leaves it: after each crash it sends its last round again.

    The broker stores a round's records for a partition from the first on, as far as the crash lets it.
    """
    records: list[Numbers] = []
    sequence = 0
    for _ in range(random.randrange(1, 8)):
        round_: list[Numbers] = []
        for _ in range(random.randrange(6)):
            previous, sequence = sequence, sequence + random.randrange(1, 4)
            round_.append(Numbers(sequence, previous))
        for _ in range(random.randrange(3)):
            records += round_[: random.randrange(len(round_) + 1)]
        records += round_
    return records


def read(records: list[Numbers], random: Random) -> list[int]:
    """Return the new sequences for a reader that sometimes stops and goes on from its stored place."""
    place, found = Place.beginning(0), list[int]()
    for offset, numbers in enumerate(records):
        if not place.has_seen(numbers):
            found.append(numbers.sequence)
        place = place.after("topic", 0, offset, numbers)
        if random.random() < 0.3:
            kept = Place.read(place.offset, place.metadata())
            assert kept == place
            place = kept
    return found


@given(SEEDS)
def test_every_sequence_is_new_once_and_in_order(seed: int) -> None:
    records = partition(Random(seed))

    assert read(records, Random(seed)) == sorted({numbers.sequence for numbers in records})


@given(SEEDS)
def test_a_record_that_never_came_is_missed(seed: int) -> None:
    random = Random(seed)
    records = partition(random)
    sequences = sorted({numbers.sequence for numbers in records})
    assume(len(sequences) > 1)
    missing = random.choice(sequences[:-1])
    there = [numbers for numbers in records if numbers.sequence != missing]

    with pytest.raises(GapError):
        read(there, random)


@pytest.mark.parametrize(
    ("before", "numbers", "is_gap"),
    [
        (Place(5, 7, certain=True, handled=7, began=0), Numbers(9, 7), False),
        (Place(5, 7, certain=True, handled=7, began=0), Numbers(9, 8), True),
        (Place(5, 7, certain=True, handled=7, began=0), Numbers(9, 6), True),
        (Place(5, 7, certain=False, handled=7, began=0), Numbers(9, 8), False),
        (Place(5, 7, certain=False, handled=7, began=0), Numbers(9, 6), True),
        (Place.beginning(0), Numbers(2, 1), True),
        (Place.beginning(3), Numbers(9, 8), False),
    ],
)
def test_what_may_follow(before: Place, numbers: Numbers, *, is_gap: bool) -> None:
    if is_gap:
        with pytest.raises(GapError):
            before.after("topic", 0, before.offset, numbers)
    else:
        assert before.after("topic", 0, before.offset, numbers).sequence == numbers.sequence


@pytest.mark.parametrize("metadata", ["", "kafka", "[]", "{}", '{"sequence": 5}'])
def test_metadata_of_somebody_else_is_no_place(metadata: str) -> None:
    assert Place.read(3, metadata) is None


@pytest.mark.parametrize(
    "headers", [[], [("ce_sequence", b"3")], [("ce_sequence", b"x"), ("ce_previous", b"1")], [("ce_sequence", None)]]
)
def test_numbers_that_make_no_sense_are_none(headers: list[tuple[str, bytes]]) -> None:
    assert Numbers.of(headers) is None
    assert Numbers.of([("ce_sequence", b"3"), ("ce_previous", b"3")]) is None
