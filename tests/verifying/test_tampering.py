"""The audit finds every change to events that a checkpoint kept by the auditor covers, whoever makes the change."""

from random import Random

import psycopg
import pytest

from ledger.audit.findings import Finding
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


BROKEN = {
    "salt, cut": ("DROP CONSTRAINT events_salt_check", "substr(salt, 1, 31)", "salt"),
    "version, negative": ("DROP CONSTRAINT events_version_check", "-5", "version or recorded_at"),
    "recorded_at, negative": ("DROP CONSTRAINT events_version_check", "-5", "version or recorded_at"),
    **{
        name: (f"ALTER COLUMN {name} DROP NOT NULL", "NULL", name)
        for name in ("stream", "version", "recorded_at", "topic", "salt", "open", "sealed")
    },
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_row_that_is_no_event_is_named_and_the_audit_goes_on(held: Held, how: str) -> None:
    allowed, value, field = BROKEN[how]
    column = how.partition(",")[0]
    with psycopg.connect(held.admin) as admin:
        steps = "SELECT min(position) FROM ledger.events WHERE topic = 'case.step_recorded' AND position > 100"
        [(at,)] = admin.execute(steps).fetchall()
    with held.tampered(
        f"ALTER TABLE ledger.events {allowed}",
        f"UPDATE ledger.events SET {column} = {value} WHERE position = {at}",
        f"UPDATE ledger.events SET topic = 'x' WHERE position = {at + 10}",
    ):
        found = held.finds().findings

    assert Finding("schema", at, f"its {field} is nothing that an event can have") in found
    assert any(each[:2] == ("leaf", at + 10) and "its topic was" in each.says for each in found), "the row beside it"


@pytest.mark.parametrize("topic", ["register.resource_integrated", "service.published", "agency.registered"])
def test_a_version_below_one_in_what_others_are_judged_by_accuses_nobody_who_came_before(
    held: Held, topic: str
) -> None:
    with psycopg.connect(held.admin) as admin:
        latest = "SELECT max(position) FROM ledger.events WHERE topic = %s AND position <= %s"
        [(at,)] = admin.execute(latest, [topic, held.signed[-1]]).fetchall()
    with held.tampered(
        "ALTER TABLE ledger.events DROP CONSTRAINT events_version_check",
        f"UPDATE ledger.events SET version = -1 - version WHERE position = {at}",
    ):
        found = held.finds().findings

    assert found[0].position == at, found[:3]


def test_a_sign_that_was_changed_is_explained(held: Held) -> None:
    with held.tampered(
        "ALTER TABLE ledger.events DROP CONSTRAINT events_version_check",
        "UPDATE ledger.events SET version = version + (-9223372036854775808)::bigint WHERE position = 100",
    ):
        found = held.finds().findings

    assert any(each[:2] == ("leaf", 100) and "its version was" in each.says for each in found)


def test_what_lies_beyond_the_last_checkpoint_cannot_be_proved_and_is_counted(held: Held) -> None:
    with held.tampered(f"UPDATE ledger.events SET salt = sha256(salt) WHERE position > {held.signed[-1]}"):
        checked = held.finds()

    assert checked.findings == []
    assert checked.tree.events - (checked.tree.signed or 0) == 5, "as the command says"
