"""A window with a life event: a child is born, and two agencies are asked for something at once."""

from application.access.callers import Caller
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import AgencyEntry, ServiceDraft, ServicePublication
from application.idempotency import Idempotency
from application.life_events.reading import LifeEvent
from application.life_events.requests import LifeEventPart, LifeEventRequest
from application.life_events.submission import submit_life_event
from application.window import Window
from domain.service.definition import Question, ServiceDefinition
from tests.application.town import COORDINATOR, SERVICE

NAME = SERVICE.model_copy(
    update={
        "slug": "name",
        "agency": "registry",
        "questions": (Question(element="child.name", label={"en": "Name"}, type="text"),),
    }
)
ALLOWANCE = SERVICE.model_copy(
    update={
        "slug": "allowance",
        "agency": "fund",
        "questions": (
            Question(element="child.number", label={"en": "Which child"}, type="number", open=True),
            Question(element="person.account", label={"en": "Account"}, type="text"),
        ),
        "languages": ("en", "az"),
    }
)
BIRTH = SERVICE.model_copy(
    update={"slug": "birth", "agency": "registry", "questions": (), "steps": (), "opens": ("name", "allowance")}
)
PARTS = {
    "name": LifeEventPart(answers={"child.name": "Ana"}),
    "allowance": LifeEventPart(answers={"child.number": 2, "person.account": "AZ21-NABZ"}),
}
ASKED = LifeEventRequest(service="birth", parts=PARTS)


async def publish(window: Window, definition: ServiceDefinition, version: int = 1) -> None:
    """Draft and publish a service."""
    await change_catalogue(window, COORDINATOR, ServiceDraft(definition=definition))
    await change_catalogue(window, COORDINATOR, ServicePublication(version=version), definition.slug)


async def open_nursery(window: Window) -> None:
    """Register both agencies and publish their services, and the life event that opens them."""
    for slug, zone in (("registry", "Asia/Baku"), ("fund", "UTC")):
        entry = AgencyEntry(slug=slug, name={"en": slug}, time_zone=zone, desks=("front",))
        await change_catalogue(window, COORDINATOR, entry)
    for service in (NAME, ALLOWANCE, BIRTH):
        await publish(window, service)


async def born(
    window: Window, who: Caller, key: str = "one", asked: LifeEventRequest = ASKED, channel: str = "internet"
) -> LifeEvent:
    """Submit somebody's request for the life event."""
    known_by = Idempotency("POST /v1/life-events", key, asked.model_dump_json().encode())
    return await submit_life_event(window, who, asked, channel, known_by)
