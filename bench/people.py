"""The people of the HTTP rows, and the catalogue of their services."""

import json

from api.development_issuer import ISSUER, issue_token
from application.access.callers import Caller, Role
from application.catalogue.changes import change_catalogue
from application.catalogue.requests import ServiceDraft, ServicePublication
from application.clock import system_clock
from application.settings import Settings
from application.window import Window
from bench.ground import Ground
from bench.lives import ANSWERS, SERVICE
from cli.demo_catalogue import AGENCIES, SERVICES

CONNECTIONS = 32
SUBMISSION = json.dumps({"service": SERVICE, "language": "en", "answers": ANSWERS})
COORDINATOR = Caller("bench", "coordinator", Role.COORDINATOR)


def settings_of(ground: Ground) -> Settings:
    """Return the settings of every server of the bench."""
    return Settings.read({}, ground.embedded.data)


def citizen(number: int) -> Caller:
    """Return one of the citizens; each has a separate connection."""
    return Caller(ISSUER, f"citizen-{number}", Role.CITIZEN)


def bearer(settings: Settings, caller: Caller) -> dict[str, str]:
    """Return the header with the caller's token."""
    return {"Authorization": f"Bearer {issue_token(settings, caller.role, caller.subject, now=system_clock())}"}


async def open_for_business(window: Window) -> None:
    """Register the agencies and publish the services of the demonstration."""
    for agency in AGENCIES:
        await change_catalogue(window, COORDINATOR, agency)
    for service in SERVICES:
        drafted = await change_catalogue(window, COORDINATOR, ServiceDraft(definition=service))
        publication = ServicePublication(version=drafted.service_version or 1)
        await change_catalogue(window, COORDINATOR, publication, service.slug)
