"""Anybody computes a draw again from its proof, with one file of Python and no connection to the window."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from domain.desk import commands
from domain.desk.decisions import decide
from domain.desk.state import DeskState, evolve
from domain.envelope import Envelope
from domain.event import Event
from ledger.embedded.postgres import EmbeddedPostgres
from ledger.published.codec import open_part
from ledger.store.entries import StoredEntry
from tests.draws.kept_draws import keeper, office
from tests.draws.office import AT, DESK_ID, KEEPERS, SERVED, WINDOW, recover, request, reveal
from tests.log.waiting import until
from tests.proofs.made import SignedEvents
from tests.proofs.verifying import Desk, Verdict, assert_refused

DRAWN: tuple[commands.Command, ...] = (
    *SERVED,
    request(0, late_at=AT),
    reveal(KEEPERS[0], 1),
    recover(KEEPERS[1], 1),
    reveal(KEEPERS[2], 1),
)


def told(*sent: commands.Command) -> list[Event]:
    """Return the events that the commands lead to."""
    state: DeskState | None = None
    events: list[Event] = []
    for command in sent:
        for event in decide(command, state):
            state = evolve(state, event)
            events.append(event)
    return events


def verified(folder: Path, events: Sequence[Event], without: str = "nothing") -> Verdict:
    """Let a log sign the events, and the public verifier check the proofs of those that are about draws."""
    envelope = Envelope(actor=WINDOW, agencies=("town",), occurred_at=AT, origin="live", correlation=DESK_ID)
    entries = [
        StoredEntry(place, DESK_ID, place, place, event.topic, bytes([place]) * 32, open_part(event, envelope), b"")
        for place, event in enumerate(events, start=1)
    ]
    log = SignedEvents(folder, entries)
    proof = b"".join(log.receipt(entry) for entry in entries if "draw" in entry.topic and without not in entry.topic)
    return Desk.at(folder / "desk").verify(proof, key=log.vkey)


def changed(events: Sequence[Event], topic: str, **values: object) -> list[Event]:
    """Return the events with another one in place of the first of a topic."""
    place = next(number for number, event in enumerate(events) if event.topic == topic)
    return [*events[:place], events[place].model_copy(update=values), *events[place + 1 :]]


def test_a_draw_whose_proof_is_whole_is_computed_again(tmp_path: Path) -> None:
    verdict = verified(tmp_path, told(*DRAWN))

    assert verdict.status == 0, verdict
    assert re.search(rf"draw 1 of desk {DESK_ID} picks place [0-4] of 5, as it says", verdict.said)
    assert "so many keepers had a part in it: 3" in verdict.said


@pytest.mark.parametrize(
    ("topic", "values", "says"),
    [
        ("desk.official_drawn", {"index": 9}, "draw 1 picks place [0-4], and not 9"),
        ("desk.official_drawn", {"seed": "00" * 32}, "draw 1 picks place"),
        ("desk.draw_requested", {"nonce": "11" * 32}, "draw 1 picks place"),
        ("desk.draw_requested", {"case_entry": "11" * 32}, "draw 1 picks place"),
        ("desk.draw_requested", {"redraw": 1}, "draw 1 picks place"),
        ("desk.draw_requested", {"log": "another.example/log"}, "draw 1 picks place"),
        ("desk.draw_share_revealed", {"link": "11" * 32}, "is not of the chain"),
        ("desk.draw_share_recovered", {"link": "11" * 32}, "is not of the chain"),
        ("desk.draw_chain_anchored", {"anchor": "11" * 32}, "is not of the chain"),
    ],
)
def test_a_draw_that_the_log_has_signed_and_that_is_false_is_refused(
    tmp_path: Path, topic: str, values: dict[str, object], says: str
) -> None:
    assert_refused(verified(tmp_path, changed(told(*DRAWN), topic, **values)), says)


def test_a_link_that_was_revealed_before_the_draw_was_fixed_is_refused(tmp_path: Path) -> None:
    events = told(*DRAWN)
    fixed = next(number for number, event in enumerate(events) if event.topic == "desk.draw_requested")
    early = [*events[:fixed], events[fixed + 1], events[fixed], *events[fixed + 2 :]]

    assert_refused(verified(tmp_path, early), "revealed before the draw was fixed")


@pytest.mark.parametrize("left_out", ["draw_requested", "share_recovered", "chain_anchored"])
def test_a_draw_whose_proof_leaves_something_out_cannot_be_told(tmp_path: Path, left_out: str) -> None:
    verdict = verified(tmp_path, told(*DRAWN), without=left_out)

    assert (verdict.status, "CANNOT BE TOLD" in verdict.last) == (2, True), verdict


def test_an_outsider_computes_a_served_draw_again(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with office(postgres, "offline", tmp_path_factory.mktemp("offline")) as at, keeper(at) as own:
        own.look()
        at.submitted(nonce="5e" * 32)
        at.requested()
        own.look()
        until(lambda: at.draws()[0]["index"] is not None)
        (draw,) = at.draws()
        proof = at.kept.people.anyone.asks(f"/v1/draws/{at.agency}/north/1/proof", Prefer="wait=10")
        assert proof.status_code == 200, proof.text

        verdict = Desk.at(tmp_path_factory.mktemp("outside")).verify(proof.content, key=at.kept.vkey)
        assert verdict.status == 0, verdict
        assert f"picks place {draw['index']} of {len(draw['commitments'])}, as it says" in verdict.said
