"""The HTTP application: routes, refusals, and what surrounds every request."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api import (
    calendars,
    case_commands,
    cases,
    catalogue,
    catalogue_commands,
    draws,
    evaluation,
    evidence_replies,
    feed,
    feed_stream,
    figures,
    health,
    keepers,
    life_events,
    linked_catalogue,
    log,
    mandates,
    message_sample,
    my_cases,
    once_only,
    openings,
    pages,
    published_language,
    receipts,
    recusals,
    register,
    representation,
    resources,
    seats,
    stand_ins,
    subscription_commands,
    subscriptions,
    terms,
    worklist,
)
from api.bodies import explain
from api.declared import TEXTS
from api.documentation import document
from api.json_text import DEEPEST
from api.problems import PROBLEMS, Problem, problem_of, problem_of_status
from api.services import BODY_WITHIN, ApiServices
from api.threshold import API_VERSION, Threshold
from application.cases.case_commands import CASE_COMMANDS
from application.cases.requests import Submission
from application.catalogue.changes import CATALOGUE_COMMANDS
from application.life_events.requests import LifeEventRequest
from application.mandates.requests import MandateToGive, Representation
from application.openings.requests import OpeningToAgreeTo, OpeningToAsk
from application.subscriptions.changes import SUBSCRIPTION_COMMANDS
from application.subscriptions.requests import SubscriptionRequest

ROUTERS: Sequence[APIRouter] = (
    cases.router,
    case_commands.router,
    receipts.router,
    terms.router,
    calendars.router,
    openings.router,
    evidence_replies.router,
    my_cases.router,
    mandates.router,
    representation.router,
    life_events.router,
    worklist.router,
    message_sample.router,
    recusals.router,
    seats.router,
    draws.router,
    keepers.router,
    feed.router,
    feed_stream.router,
    published_language.router,
    subscriptions.router,
    subscription_commands.router,
    catalogue.router,
    catalogue_commands.router,
    stand_ins.router,
    linked_catalogue.router,
    register.router,
    resources.router,
    evaluation.router,
    figures.router,
    once_only.router,
    log.router,
    health.router,
    pages.router,
)
_TAKEN: Sequence[type[BaseModel]] = (
    LifeEventRequest,
    MandateToGive,
    OpeningToAgreeTo,
    OpeningToAsk,
    Representation,
    Submission,
    SubscriptionRequest,
    seats.Absence,
    seats.Conflict,
    keepers.ChainToAnchor,
    keepers.ShareToReveal,
    keepers.ShareToRecover,
    stand_ins.StandIn,
    *(command.takes for command in CATALOGUE_COMMANDS),
    *(command.takes for command in CASE_COMMANDS),
    *(command.takes for command in SUBSCRIPTION_COMMANDS),
)
_DESCRIPTION = f"""The front door of a government: ask any public body for a service, follow the request, see what was
done, by whom, when and on what legal ground. Unknown query parameters are ignored; unknown members of a body are
refused.

A body must have come whole within {BODY_WITHIN:g} seconds (`body-not-in-time`), and the token must not have expired by
then.

Arrays and objects of a body stand in one another at most {DEEPEST} deep (`body-not-too-deep`). {TEXTS}"""

_TAGS = [
    {"name": "cases", "description": "Requests of citizens, and what is done about them."},
    {"name": "mandates", "description": "The right to act for somebody: given, accepted, taken back."},
    {"name": "auditors", "description": "Who the people of a case are: two auditors open it together."},
    {"name": "desks", "description": "What waits at an agency's desks, and who is given it."},
    {"name": "draws", "description": "Who decides is drawn: every draw, its proof, and the keepers' part in it."},
    {"name": "events", "description": "The feed of events, for agencies' systems and auditors."},
    {"name": "subscriptions", "description": "Which events an agency is told, and its webhooks."},
    {"name": "catalogue", "description": "Agencies and their services."},
    {"name": "register", "description": "Who holds which data, who may use it, and who asks people for it in vain."},
    {"name": "evaluation", "description": "How the services do."},
    {"name": "evidence", "description": "What resources answer, and the keys by which they know that the window asks."},
    {"name": "log", "description": "The public log of all events: nobody's data, and proof that nothing was changed."},
    {"name": "health", "description": "Whether the process lives and can serve."},
]


def create_app(services: ApiServices) -> FastAPI:
    """Return the application on these services. The caller opens and closes them."""
    app = FastAPI(
        title="Pencere",
        summary="A single window to public services.",
        description=_DESCRIPTION,
        version=API_VERSION,
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        servers=[{"url": "/"}],
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        separate_input_output_schemas=False,
        # Its spans would contain addresses and the texts of errors.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.openapi_version = "3.2.0"
    app.state.services = services
    app.add_middleware(Threshold)
    for router in ROUTERS:
        app.include_router(router)
    for kind in PROBLEMS:
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_the_framework)
    _document_once(app)
    return app


def _document_once(app: FastAPI) -> None:
    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app, _TAKEN)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # the framework's own way to change the document


def _answered(request: Request, problem: Problem) -> Response:
    services: ApiServices = request.app.state.services
    services.metrics.refused(problem.rule)
    return problem.response()


async def _refused(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem is None:
        raise error
    return _answered(request, problem)


async def _invalid(request: Request, error: Exception) -> Response:
    errors = explain(error.errors()) if isinstance(error, RequestValidationError) else []
    detail = "A part of the address or a header does not follow its rule."
    return _answered(request, Problem(400, "request-follows-its-schema", detail, errors=errors))


async def _of_the_framework(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    return _answered(request, problem_of_status(status, headers))
