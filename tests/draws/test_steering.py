"""Who wants a certain official: by the old rule the operator gets any, by the new one nobody gets more than luck."""

import hashlib
from collections.abc import Iterable
from random import Random

import pytest

from domain.draw.chains import hash_of_link
from domain.draw.seats import Opening, commitment_of, hash_of_list
from domain.draw.seed import Fixed, Share, pick, seed_of

SEATS = [bytes([number]) * 16 for number in range(7)]
WANTED = 3
DRAWS, TRIES = 2_000, 64


def old_pick(head: bytes, among: int) -> int:
    """The rule of DESIGN.md: a checkpoint's tree head decides."""
    return int.from_bytes(hashlib.sha256(head).digest()[:8]) % among


def head_after(salt: bytes) -> bytes:
    """Return the tree's head after an event with this salt; only that it is a hash of it matters."""
    return hashlib.sha256(b"tree" + salt).digest()


def drawn(fixed: Fixed, shares: Iterable[Share]) -> int:
    return pick(seed_of(fixed, list(shares)), len(SEATS))


def test_under_the_old_rule_the_operator_gets_whom_they_want_in_a_few_tries() -> None:
    operator = Random(1)

    tries = [
        next(n for n in range(1, 10_000) if old_pick(head_after(operator.randbytes(32)), len(SEATS)) == WANTED)
        for _ in range(200)
    ]

    assert all(tries), "always"
    assert sum(tries) / len(tries) < 3 * len(SEATS)


def fixed_by(attacker: Random, number: int) -> Fixed:
    """Return what operator and applicant choose together: list, salts, nonce, the entry of the case."""
    pseudonyms = [attacker.randbytes(16) for _ in SEATS]
    commitments = [
        commitment_of(Opening(attacker.randbytes(32), *both)) for both in zip(SEATS, pseudonyms, strict=True)
    ]
    return Fixed("log", bytes(16), number, 0, attacker.randbytes(32), hash_of_list(commitments), attacker.randbytes(32))


@pytest.mark.parametrize("keepers", [1, 2, 3])
def test_with_one_honest_keeper_everybody_else_together_gets_no_more_than_luck(keepers: int) -> None:
    """They try many values, and guess the honest keeper's link; what counts is the link that is revealed afterwards."""
    attacker, honest = Random(2), Random(3)
    colluding = [Share(bytes([10 + number]) * 16, attacker.randbytes(32)) for number in range(keepers - 1)]
    hits = 0
    for number in range(1, DRAWS + 1):
        guessed = Share(bytes([1]) * 16, attacker.randbytes(32))
        tried = (fixed_by(attacker, number) for _ in range(TRIES))
        chosen = next((fixed for fixed in tried if drawn(fixed, [guessed, *colluding]) == WANTED), None)
        assert chosen is not None, "by their guess they would have it"
        revealed = Share(guessed.keeper, honest.randbytes(32))
        hits += drawn(chosen, [revealed, *colluding]) == WANTED

    luck = DRAWS / len(SEATS)
    assert abs(hits - luck) < 4 * (luck * (1 - 1 / len(SEATS))) ** 0.5


def test_a_keeper_cannot_reveal_another_link_than_the_chain_has() -> None:
    """So the last of them to reveal has nothing to choose but to withhold, and then its link is recovered."""
    keeper, link = bytes(16), Random(4).randbytes(32)
    known = hash_of_link(keeper, link)

    assert all(hash_of_link(keeper, Random(seed).randbytes(32)) != known for seed in range(5, 1_000))
    assert hash_of_link(keeper, link) == known


def test_the_last_keeper_who_withholds_gains_nothing() -> None:
    """Withholding leads to the recovered link, which is the same: so the same official is drawn."""
    fixed, last = fixed_by(Random(6), 1), Share(bytes([2]) * 16, Random(7).randbytes(32))
    first = Share(bytes([1]) * 16, Random(8).randbytes(32))
    recovered = Share(last.keeper, last.link)

    assert drawn(fixed, [first, last]) == drawn(fixed, [first, recovered])
