"""The register of the rows about evidence: an agency, a population register that is integrated, a service."""

import json
from typing import Final

from application.access.callers import Caller, Role
from application.catalogue.changes import change_catalogue
from application.catalogue.register_requests import (
    CoordinatorNaming,
    ElementsDefinition,
    GrantAgreement,
    GrantRequest,
    ResourceIntegration,
    ResourceJudgement,
    ResourceProposal,
    UseRequest,
)
from application.catalogue.requests import AgencyEntry, ServiceDraft, ServicePublication
from application.request_document import RequestDocument
from application.subscriptions.egress import Egress
from application.window import Window

AGENCY, RESOURCE, SERVICE, IDENTIFIER = "town", "population", "permit", "person.identifier"
_TEXT: Final = {"en": "For the bench."}
_TYPES: Final = {
    "person.full_name": "text",
    "person.birth_date": "date",
    "person.alive": "boolean",
    "person.address": "text",
    IDENTIFIER: "text",
}
_DESCRIPTION: Final = {
    "slug": RESOURCE,
    "owner": AGENCY,
    "title": _TEXT,
    "description": _TEXT,
    "legalBasis": "Act 1",
    "elements": list(_TYPES),
    "securityClass": "K2",
    "contact": "Hall 3",
}
_SERVICE: Final = {
    "slug": SERVICE,
    "agency": AGENCY,
    "desk": "front",
    "title": _TEXT,
    "description": _TEXT,
    "legalBasis": "Act 1",
    "evidence": [{"element": "person.birth_date", "resource": RESOURCE, "label": _TEXT, "type": "date"}],
    "channels": ["internet"],
    "languages": ["en"],
}
_ANYWHERE: Final = Egress.read({"PENCERE_WEBHOOK_ALLOW": "127.0.0.0/8", "PENCERE_WEBHOOK_PLAIN_HTTP": "yes"})


async def open_register(window: Window, integration: str) -> None:
    """Integrate the population register as the JSON says, and publish the service that needs it."""
    system = Caller("bench", "system", Role.AGENCY, AGENCY)
    coordinator = Caller("bench", "coordinator", Role.COORDINATOR, AGENCY)
    town = AgencyEntry.model_validate({"slug": AGENCY, "name": _TEXT, "timeZone": "Asia/Baku", "desks": ["front"]})
    await change_catalogue(window, coordinator, town)
    naming = {"agency": AGENCY, "fromDate": "2026-01-01", "act": "Decree 1"}
    await change_catalogue(window, coordinator, CoordinatorNaming.model_validate(naming))
    elements = [
        {"name": name, "type": kind, "title": _TEXT, "identifiesPerson": name == IDENTIFIER}
        for name, kind in _TYPES.items()
    ]
    verdict = {"verdict": "positive", "reasons": _TEXT}
    grant: dict[str, object] = {
        "resource": RESOURCE,
        "elements": ["person.birth_date"],
        "purpose": _TEXT,
        "legalBasis": "Act 1",
    }
    steps: list[tuple[Caller, str, type[RequestDocument], dict[str, object]]] = [
        (coordinator, "", ElementsDefinition, {"elements": elements}),
        (system, "", ResourceProposal, {"description": _DESCRIPTION}),
        (coordinator, RESOURCE, ResourceJudgement, {"approval": "establish", **verdict}),
        (system, RESOURCE, UseRequest, {"auditedOn": "2026-10-01"}),
        (coordinator, RESOURCE, ResourceJudgement, {"approval": "take_into_use", **verdict}),
        (system, RESOURCE, ResourceIntegration, {"integration": json.loads(integration)}),
        (system, SERVICE, GrantRequest, grant),
        (system, SERVICE, GrantAgreement, {}),
        (coordinator, "", ServiceDraft, {"definition": _SERVICE}),
        (coordinator, SERVICE, ServicePublication, {"version": 1}),
    ]
    for caller, name, kind, document in steps:
        # From JSON, as everything comes in.
        asked = kind.model_validate_json(json.dumps(document))
        await change_catalogue(window, caller, asked, name or None, _ANYWHERE)
