"""What the parts of a draw promise: nobody but a keeper knows the next link, all places are equally likely."""

from collections import Counter
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.draw.chains import anchor_of, hash_of_link, link_of
from domain.draw.eligibility import FEWEST, least_loaded
from domain.draw.seats import Opening, commitment_of, hash_of_list
from domain.draw.secret_shares import PLACES, recovered, split
from domain.draw.seed import Fixed, Share, pick, seed_of

KEEPER, SECRET = bytes(16), bytes(range(32))
FIXED = Fixed("log.example", bytes(16), 1, 0, bytes(32), bytes(32), bytes(32))
SHARES = [Share(bytes([number]) * 16, bytes([number]) * 32) for number in range(3)]


def test_each_link_hashes_to_the_one_before_it_and_the_first_to_the_anchor() -> None:
    known = anchor_of(KEEPER, SECRET, 20)
    for number in range(1, 21):
        link = link_of(KEEPER, SECRET, 20, number)
        assert hash_of_link(KEEPER, link) == known
        known = link
    assert known == SECRET


def test_the_same_link_of_another_keeper_hashes_otherwise() -> None:
    assert hash_of_link(KEEPER, SECRET) != hash_of_link(b"\x01" * 16, SECRET)


@pytest.mark.parametrize("number", [0, -1, 21])
def test_a_chain_has_no_other_links(number: int) -> None:
    with pytest.raises(ValueError, match="no such link"):
        link_of(KEEPER, SECRET, 20, number)


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "log.example2"},
        {"desk": b"\x01" * 16},
        {"number": 2},
        {"redraw": 1},
        {"case_entry": b"\x01" * 32},
        {"list_hash": b"\x01" * 32},
        {"nonce": b"\x01" * 32},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_everything_that_was_fixed_is_in_the_seed(changed: dict[str, object]) -> None:
    assert seed_of(FIXED._replace(**changed), SHARES) != seed_of(FIXED, SHARES)  # type: ignore[arg-type] # one of them


def test_each_share_and_the_beacon_are_in_the_seed() -> None:
    seeds = {seed_of(FIXED, SHARES), seed_of(FIXED, SHARES, b"beacon"), seed_of(FIXED, SHARES[:2])}
    for number in range(3):
        changed = [share._replace(link=b"\xff" * 32) if share is SHARES[number] else share for share in SHARES]
        seeds.add(seed_of(FIXED, changed))

    assert len(seeds) == 6


@pytest.mark.parametrize(
    ("fixed", "shares"),
    [
        (FIXED._replace(desk=b""), SHARES),
        (FIXED._replace(nonce=bytes(31)), SHARES),
        (FIXED, [SHARES[0]._replace(link=b"")]),
        (FIXED, [SHARES[0]._replace(keeper=b"")]),
        (FIXED, [SHARES[0], SHARES[0]._replace(link=bytes(32))]),
    ],
)
def test_no_seed_is_made_of_parts_of_another_length_or_two_shares_of_one_keeper(
    fixed: Fixed, shares: list[Share]
) -> None:
    with pytest.raises(ValueError, match=r"bytes|one share"):
        seed_of(fixed, shares)


@pytest.mark.parametrize("opening", [Opening(b"", bytes(16), bytes(16)), Opening(bytes(32), b"", bytes(16))])
def test_no_commitment_is_made_of_parts_of_another_length(opening: Opening) -> None:
    with pytest.raises(ValueError, match="bytes"):
        commitment_of(opening)
    with pytest.raises(ValueError, match="bytes"):
        hash_of_list([b""])


@pytest.mark.parametrize(("seed", "among"), [(bytes(32), 0), (bytes(32), -1), (b"", 3)])
def test_nothing_is_picked_from_nothing(seed: bytes, among: int) -> None:
    with pytest.raises(ValueError, match="picks among"):
        pick(seed, among)


@pytest.mark.parametrize("among", [2, 3, 7, 20])
def test_all_places_are_equally_likely(among: int) -> None:
    """Chi squared of 10,000 draws; its 99.9 % point lies below 3 times the degrees of freedom plus 11."""
    drawn = Random(13)
    picked = Counter(pick(drawn.randbytes(32), among) for _ in range(10_000))
    expected = 10_000 / among

    assert sum((picked[place] - expected) ** 2 / expected for place in range(among)) < 3 * (among - 1) + 11


@given(st.binary(min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_any_two_parts_give_the_secret_back(secret: bytes, random: Random) -> None:
    parts = split(secret, random.randbytes(len(secret)))

    for places in combinations(PLACES, 2):
        assert recovered({place: parts[place] for place in places}) == secret


def test_one_part_fits_every_secret() -> None:
    """For each secret there is a line through the part: whoever has one part knows nothing."""
    (part,) = split(b"\x2a", b"\x07")[1]

    possible = {
        secret for secret in range(256) for slope in range(256) if split(bytes([secret]), bytes([slope]))[1][0] == part
    }
    assert possible == set(range(256))


@pytest.mark.parametrize("parts", [{}, {1: b"x"}, {1: b"x", 2: b"y", 3: b"z"}, {1: b"x", 4: b"y"}, {1: b"x", 2: b"yy"}])
def test_other_parts_give_nothing_back(parts: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match=r"two of the three|shorter|longer"):
        recovered(parts)


@pytest.mark.parametrize(
    ("loads", "drawn_among"),
    [
        ({}, ""),
        ({"a": 9}, "a"),
        ({"a": 9, "b": 0}, "ab"),
        ({"a": 9, "b": 0, "c": 5}, "abc"),
        ({"a": 9, "b": 0, "c": 5, "d": 1}, "bcd"),
        ({"a": 9, "b": 0, "c": 5, "d": 5}, "bcd"),
        ({"a": 5, "b": 0, "c": 5, "d": 5}, "abcd"),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7}, "abcd"),
        ({"a": 1, "b": 2, "c": 3, "d": 4, "e": 4, "f": 6, "g": 7}, "abcde"),
    ],
)
def test_the_less_loaded_half_is_drawn_among_with_ties_and_three_at_least(
    loads: dict[str, int], drawn_among: str
) -> None:
    assert least_loaded(loads) == set(drawn_among)


@given(st.dictionaries(st.integers(), st.integers(min_value=0, max_value=20), max_size=30))
def test_nobody_with_more_is_drawn_among_before_somebody_with_less(loads: dict[int, int]) -> None:
    chosen = least_loaded(loads)

    assert len(chosen) >= min(len(loads), FEWEST)
    assert 2 * len(chosen) >= len(loads)
    assert all(loads[out] > loads[chosen_seat] for out in loads.keys() - chosen for chosen_seat in chosen)
