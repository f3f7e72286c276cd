"""Small values: what they accept, and how they are written."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from application.importing.refusals import NothingToImport
from domain.case import refusals
from domain.envelope import Actor, Envelope
from domain.refusals import InvalidInput, Refusal
from domain.values import Line, Pseudonym, Slug, Term, Text, rfc3339

BAKU = timezone(timedelta(hours=4))


@pytest.mark.parametrize(
    ("at", "written"),
    [
        (datetime(2026, 11, 24, 15, 30, tzinfo=UTC), "2026-11-24T15:30:00.000000Z"),
        (datetime(2026, 11, 24, 15, 30, 0, 7, tzinfo=BAKU), "2026-11-24T11:30:00.000007Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_an_instant_is_written_in_utc_with_six_digits(at: datetime, written: str) -> None:
    assert rfc3339(at) == written


def test_a_time_without_a_zone_is_no_instant() -> None:
    naive = datetime(2026, 11, 24, 15, 30)  # noqa: DTZ001 - that is the point

    with pytest.raises(ValueError, match="time zone"):
        rfc3339(naive)
    with pytest.raises(ValidationError):
        Envelope(actor=Actor(role="window", pseudonym="w"), agencies=(), occurred_at=naive, origin="live")


def test_an_envelope_comes_back_as_it_was_written() -> None:
    envelope = Envelope(
        actor=Actor(role="official", pseudonym="bbbb-2222"),
        agencies=("town", "village"),
        occurred_at=datetime(2026, 11, 24, 15, 30, tzinfo=BAKU),
        origin="live",
        causation=f"{UUID(int=1)}:7",
        correlation=None,
    )
    written = envelope.model_dump(mode="json")

    assert written["occurred_at"] == "2026-11-24T11:30:00.000000Z"
    assert Envelope.model_validate(written) == envelope
    assert envelope.occurred_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Slug, ["town", "building-permit", "a1"], ["", "Town", "-a", "a-", "a--b", "a_b", "a\n", "x" * 64]),
        (Pseudonym, ["aaaaaaaa-1111-4111-8111-111111111111"], ["", "Aygün", "a@b.az", "x" * 65]),
        (Line, ["T02 Check", "Müraciət", "فحص", "x" * 200], ["", " \t", "a\x00b", "x" * 201]),
        (Text, [{"az": "Şəhər", "en": "Town", "zh-Hant": "鎮", "und": "?"}], [{}, {"english": "Town"}, {"en": " "}]),
        (Term, [{"days": 1, "kind": "working"}], [{"days": 0, "kind": "working"}, {"days": 5, "kind": "moon"}]),
    ],
)
def test_values_take_what_they_promise(kind: Any, good: list[object], bad: list[object]) -> None:
    adapter: TypeAdapter[object] = TypeAdapter(kind)
    for value in good:
        adapter.validate_python(value)
    for value in bad:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)


def test_a_refusal_is_named_as_its_rule_and_tells_its_fact() -> None:
    refusal = refusals.StepMayNotFollow(field="step")

    assert (refusal.rule, refusal.field) == ("step-may-not-follow", "step")
    assert refusal.detail == str(refusal) == "The service does not let this step follow the last one."
    assert not refusal.about_input
    assert refusals.StepUnknown().about_input


def test_every_refusal_has_a_rule_of_its_own_and_says_something() -> None:
    """This includes the refusals of imports, which are outside of the domain."""
    assert NothingToImport in Refusal.__subclasses__()
    facts = [kind for parent in (Refusal, InvalidInput) for kind in parent.__subclasses__() if kind is not InvalidInput]

    assert len({fact.rule for fact in facts}) == len(facts)
    assert all(fact().detail.endswith(".") for fact in facts)
