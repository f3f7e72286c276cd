"""Each hash of the draw, byte for byte, by vectors that were made by another program."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.draw.chains import anchor_of, hash_of_link, link_of, links_backwards
from domain.draw.seats import Opening, commitment_of, hash_of_list
from domain.draw.secret_shares import recovered, split
from domain.draw.seed import Fixed, Share, pick, seed_of

VECTORS = json.loads((Path(__file__).resolve().parents[2] / "docs" / "draw-vectors.json").read_text())
hexed = bytes.fromhex


@pytest.mark.parametrize("chain", VECTORS["chains"], ids=lambda chain: chain["keeper"][:8])
def test_a_chain_has_these_links_and_this_anchor(chain: dict[str, Any]) -> None:
    keeper, links, anchor = hexed(chain["keeper"]), [hexed(link) for link in chain["links"]], hexed(chain["anchor"])

    assert list(links_backwards(keeper, links[-1], len(links))) == [*reversed(links), anchor]
    assert anchor_of(keeper, links[-1], len(links)) == anchor
    assert [link_of(keeper, links[-1], len(links), number) for number in range(1, len(links) + 1)] == links
    assert [hash_of_link(keeper, link) for link in links] == [anchor, *links[:-1]]


@pytest.mark.parametrize("seat", VECTORS["seats"], ids=lambda seat: seat["seat"][:8])
def test_a_seat_has_this_commitment(seat: dict[str, str]) -> None:
    opening = Opening(hexed(seat["salt"]), hexed(seat["seat"]), hexed(seat["pseudonym"]))

    assert commitment_of(opening).hex() == seat["commitment"]


@pytest.mark.parametrize("listed", VECTORS["lists"], ids=lambda listed: len(listed["commitments"]))
def test_a_list_has_this_hash(listed: dict[str, Any]) -> None:
    assert hash_of_list([hexed(each) for each in listed["commitments"]]).hex() == listed["hash"]


@pytest.mark.parametrize("draw", VECTORS["draws"], ids=lambda draw: draw["number"])
def test_a_draw_has_this_seed_and_picks_this_place(draw: dict[str, Any]) -> None:
    fixed = Fixed(
        draw["origin"],
        hexed(draw["desk"]),
        draw["number"],
        draw["redraw"],
        hexed(draw["caseEntry"]),
        hexed(draw["listHash"]),
        hexed(draw["nonce"]),
    )
    shares = [Share(hexed(share["keeper"]), hexed(share["link"])) for share in draw["shares"]]

    for order in (shares, shares[::-1]):
        seed = seed_of(fixed, order, hexed(draw["beacon"]))
        assert seed.hex() == draw["seed"]
        assert pick(seed, draw["among"]) == draw["index"]


@pytest.mark.parametrize("picked", VECTORS["picks"], ids=lambda picked: picked["among"])
def test_a_seed_picks_this_place(picked: dict[str, Any]) -> None:
    assert pick(hexed(picked["seed"]), picked["among"]) == picked["index"]


@pytest.mark.parametrize("shared", VECTORS["shares"], ids=lambda shared: shared["secret"][:8])
def test_a_secret_has_these_parts(shared: dict[str, Any]) -> None:
    parts = split(hexed(shared["secret"]), hexed(shared["randomness"]))

    assert {str(place): part.hex() for place, part in parts.items()} == shared["parts"]
    assert recovered({1: parts[1], 3: parts[3]}).hex() == shared["secret"]
