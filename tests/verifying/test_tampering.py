"""The audit finds every change to events that a checkpoint kept by the auditor covers, whoever makes the change."""

from random import Random

import pytest

from tests.verifying.held import Held
from tests.verifying.tamperings import EVENTS


@pytest.mark.parametrize("kind", EVENTS)
def test_every_change_is_found_and_located(held: Held, kind: str) -> None:
    done = EVENTS[kind](Random(kind), held.signed[-1], held.last)
    with held.tampered(*done.statements):
        found = held.finds().findings
    with held.tampered(*done.statements, "DELETE FROM log.tiles", "DELETE FROM log.checkpoints"):
        without = held.finds(tiles=False).findings

    assert found
    assert (found[0].position, found[0].check in done.checks) == (done.at, True), found[:3]
    # Kept checkpoints alone show that something was changed, and the earliest place where it may begin.
    assert without
    assert without[0].position is not None
    assert without[0].position <= done.at


def test_what_lies_beyond_the_last_checkpoint_cannot_be_proved_and_is_counted(held: Held) -> None:
    with held.tampered(f"UPDATE ledger.events SET salt = sha256(salt) WHERE position > {held.signed[-1]}"):
        checked = held.finds()

    assert checked.findings == []
    assert checked.tree.events - (checked.tree.signed or 0) == 5, "as the command says"
