"""What has become of a case that asks resources, and how a test waits for it."""

import itertools
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from tests.api.people import Person
from tests.evidence.asking import ask, running
from tests.evidence.exchanging import BIRTH_DATE, Town, definition, done

_numbers = itertools.count(1)
_PATIENCE = 60.0
ASKED = ["submitted", "evidence_requested"]
ANSWERED = ["evidence_answered", "evidence_settled"]
SUPPLIED = {BIRTH_DATE: "1990-02-28"}


def asking(town: Town) -> AbstractContextManager[None]:
    """Have the town ask during the block."""
    return running(town.window, lambda: ask(town.window, town.kafka))


def service(town: Town, **changes: Any) -> str:
    """Publish a service of this test's own."""
    slug = f"service-{next(_numbers)}"
    town.publishes(definition(slug, **changes))
    return slug


def until(holds: Callable[[], bool]) -> None:
    """Return once it holds."""
    give_up_at = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)  # between two looks


def only(history: list[dict[str, Any]], topic: str) -> dict[str, Any]:
    """Return the one event of this topic."""
    [found] = [item for item in history if item["type"] == f"case.{topic}"]
    return found


def ended(history: list[dict[str, Any]]) -> tuple[str, str | None, bool, str, bool]:
    """Return how the one request ended, by which code, whether against the resource; why the applicant is asked."""
    end, asked = only(history, "evidence_ended")["data"], only(history, "evidence_asked_of_applicant")["data"]
    return end["end"], end["code"], end["against_resource"], asked["why"], asked["is_exception"]


def goes_on_by_the_applicant(town: Town, case: str, who: Person | None = None) -> None:
    """Give what is missing, and see the case at its desk."""
    assert town.stage(case, who) == "AwaitingApplicant"
    done(town.does(case, "answers", {"answers": SUPPLIED}, who))
    assert town.stage(case, who) == "Submitted"


def quickly(**more: Any) -> dict[str, Any]:
    """Return a service level of seconds."""
    return {"acknowledged_within": 2, "answered_within": 2, **more}
