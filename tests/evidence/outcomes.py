"""What has become of a case that asks resources, and how a test waits for it."""

import itertools
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import psycopg

from tests.api.people import Person
from tests.evidence.asking import ask, running
from tests.evidence.exchanging import BIRTH_DATE, Town, definition, done

_numbers = itertools.count(1)
_PATIENCE = 60.0
_KEPT = "SELECT raw, next_try FROM evidence.messages WHERE case_id = %s ORDER BY turn"
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


def remarks(town: Town, case: str) -> list[tuple[str, str | None]]:
    """Return what was remarked: a message that changes nothing, and what is wrong with it."""
    found = [item["data"] for item in town.history(case) if item["type"] == "case.evidence_remarked"]
    return [(each["remark"], each["fault"]) for each in found]


def kept(town: Town, case: str) -> list[tuple[bytes, int | None]]:
    """Return the messages of a case, and when each is sent next."""
    with psycopg.connect(town.window.where.reader) as reader:
        rows = reader.execute(_KEPT, [UUID(case.rpartition("/")[2])]).fetchall()
    return [(bytes(raw), next_try) for raw, next_try in rows]


def payload_of(raw: bytes) -> dict[str, Any]:
    """Return what a kept message says."""
    part = raw.split(b".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    return found
