"""The OpenAPI document. What a route takes, gives and refuses is declared once, beside the route.

Routes read their own bodies and write their own bytes (see api/bodies.py, api/answers.py), so the framework cannot know
their types. tests/api compares these declarations with real answers.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.declared import declare
from api.services import BODY_WITHIN
from application.access.authorisation import POLICY, Action
from application.access.callers import Role
from domain.values import DIGITS

CONTACT = {"name": "Pencere", "email": "pencere@example.org", "url": "https://pencere.invalid/"}
_REF = "#/components/schemas/{model}"
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REFUSED: Mapping[int, str] = {
    400: "The request does not follow its schema or a rule about its input.",
    401: "A bearer token is needed, or the one sent is not accepted.",
    403: "The caller's role may not do this, or the caller does not sit at the desk; `rule` names it.",
    404: "There is no such thing, or it is not the caller's to see.",
    406: "The caller accepts no form in which this can be answered.",
    408: f"The body has not come whole within {BODY_WITHIN:g} seconds.",
    409: "A rule about the state of things refuses it; `rule` names it.",
    412: "What is to be changed has moved on since the caller saw it.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not application/json.",
    422: "The Idempotency-Key came with another body before.",
    428: "If-Match is missing.",
    503: "Try again after the seconds that Retry-After tells.",
}


class ProblemMember(BaseModel):
    """One member of the request that does not follow its rule."""

    field: str
    rule: str
    detail: str


class ProblemDocument(BaseModel):
    """A refusal (RFC 9457). `rule` is stable; `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    rule: str
    field: str | None = None
    errors: list[ProblemMember] = []
    views: list[str] = []


def header(name: str, description: str, *, required: bool = False, pattern: str | None = None) -> dict[str, Any]:
    """Return the documentation of a request header."""
    schema = {"type": "string"} if pattern is None else {"type": "string", "pattern": pattern}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


ONE_VERSION = '^"[1-9][0-9]{0,17}"$'
IDEMPOTENCY_KEY = header(
    "Idempotency-Key",
    "A repeat with the same key and body gets the first answer; kept for seven days.",
    pattern=r"^[\x21\x23-\x7e]{1,200}$",
)
NEEDED_IDEMPOTENCY_KEY = {**IDEMPOTENCY_KEY, "required": True}
IF_MATCH = header("If-Match", "The ETag of the case as the caller has seen it.", required=True, pattern=ONE_VERSION)
IF_NONE_MATCH = header("If-None-Match", "The ETag that the caller has already; 304 when it is still the same.")
WAIT = header("Prefer", "`wait=N`: seconds to wait for what is not there yet (default 2, at most 10).")
FRESHNESS = (
    header("Position-Token", "As a write answered it: the answer shows at least that write.", pattern=f"^{DIGITS}$"),
    WAIT,
)


def described(  # noqa: PLR0913 - the parts of an operation's description
    summary: str,
    action: Action | None,
    *,
    gives: type[BaseModel] | None = None,
    takes: type[BaseModel] | None = None,
    status: int = 200,
    headers: Sequence[Mapping[str, Any]] = (),
    refuses: Sequence[int] = (),
    also: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """Return the arguments that describe a route to FastAPI.

    Args:
        summary: what the route does, in a few words.
        action: the action that the caller must be allowed; None when no right is needed.
        gives: the type of the answer's body.
        takes: the type of the request's body.
        status: the status of a successful answer.
        headers: the request headers that the route reads.
        refuses: the statuses of problems, besides those that every such route has.
        also: other statuses of success, without a body.
    """
    codes = {400, *refuses}  # every route refuses what is not text
    if takes is not None:
        codes |= {408, 409, 413, 415}
    extra: dict[str, Any] = {"parameters": [*headers]} if headers else {}
    if action is not None:
        codes |= {401, 403, 406, 503}
        is_open = Role.ANYONE in POLICY[action]
        extra["security"] = [*([{}] if is_open else []), {"bearer": []}]
        extra["x-roles"] = sorted(role.value for role in POLICY[action])
    if takes is not None:
        schema = {"$ref": _REF.format(model=takes.__name__)}
        is_required = any(member.is_required() for member in takes.model_fields.values())
        extra["requestBody"] = {"required": is_required, "content": {"application/json": {"schema": schema}}}
    answers: dict[int | str, dict[str, Any]] = {code: _problem(code) for code in sorted(codes)}
    answers[status] = {"description": "As asked.", **({"model": gives} if gives is not None else {})}
    for code, meaning in (also or {}).items():
        answers[code] = {"description": meaning}
    return {
        "summary": summary,
        "status_code": status,
        "responses": answers,
        "response_class": Response if gives is None else JSONResponse,
        "openapi_extra": extra,
    }


def _problem(code: int) -> dict[str, Any]:
    return {"description": _REFUSED[code], "content": _PROBLEM}


def document(app: FastAPI, taken: Sequence[type[BaseModel]]) -> dict[str, Any]:
    """Return the app's OpenAPI document, with the types of the bodies that routes read themselves."""
    made = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version=app.openapi_version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        servers=app.servers,
        license_info=app.license_info,
    )
    made["info"]["contact"] = CONTACT
    _leave_out_the_frameworks_own_422(made)
    _, own = models_json_schema([(kind, "validation") for kind in taken], ref_template=_REF)
    problem = ProblemDocument.model_json_schema(ref_template=_REF)
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name, schema in {**own.get("$defs", {}), **problem.pop("$defs"), "Problem": problem}.items():
        schemas.setdefault(name, schema)
    declare(made)
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": _TOKENS}
    }
    return made


def _leave_out_the_frameworks_own_422(made: dict[str, Any]) -> None:
    """Remove the framework's 422: this API answers those requests with 400 (see api/app.py)."""
    for operations in made["paths"].values():
        for operation in operations.values():
            if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)


_TOKENS = (
    "A JWT with iss, sub, aud, exp and role; agency for officials and agencies; desks for officials; for citizens "
    "and auditors identifiers (element: value), for citizens organisations ([{element, value}]), if the login proves "
    "them. iss and sub have no white space around them and no control characters. A request with a body needs a token "
    "that has not expired when the last byte of the body comes."
)
