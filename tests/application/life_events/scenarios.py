"""What the tests of life events do in a window, and what they look at."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from application.access.callers import Caller
from application.life_events.reading import LifeEvent, as_it_stands
from application.life_events.requests import LifeEventPart, LifeEventRequest
from application.window import Window
from tests.application.life_events.nursery import PARTS
from tests.application.town import ISSUER, citizen

LEYLA, MURAD = citizen("leyla"), citizen("murad")
Scenario = Callable[[Window], Awaitable[None]]
Run = Callable[[Scenario], None]


async def submitted_cases(window: Window) -> list[UUID]:
    return [entry.stream for entry in await window.ledger.read(0, 10_000) if entry.topic == "case.submitted"]


async def life_events(window: Window, who: Caller) -> list[LifeEvent | None]:
    """Return a person's life events; None for one of which only a key was made."""
    own = await window.vault.life_events_of(ISSUER, who.subject, None, 10)
    return [await as_it_stands(window.ledger, one) for one in own]


def with_parts(**parts: dict[str, Any] | None) -> LifeEventRequest:
    """Return the request with other answers in some of its parts, or without a part."""
    others = {slug: LifeEventPart(answers=answers) for slug, answers in parts.items() if answers is not None}
    kept = {slug: part for slug, part in PARTS.items() if slug not in parts}
    return LifeEventRequest(service="birth", parts=kept | others)
