"""Pages for people: what this is, its operations, its problems. They have no script and load nothing from elsewhere."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response

from api.refusals import NothingThereError

router = APIRouter(include_in_schema=False)

_STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
a{color:#0b4f8a}code{font-size:.95em}table{border-collapse:collapse;width:100%}
th,td{text-align:start;vertical-align:top;padding:.35rem .75rem .35rem 0;border-block-end:1px solid #ccc}
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}
_RULE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HOME = """
<p>Pencere is the back end of a government's single window: one front door through which people ask any public body
for a service, follow the request, and can prove afterwards what was done.</p>
<ul>
<li><a href="/docs">What can be asked of it</a>, and the same as an <a href="/openapi.json">OpenAPI document</a></li>
<li>What is told of events: an <a href="/asyncapi.json">AsyncAPI document</a>, and
<a href="/v1/schemas/events">their schemas</a></li>
<li><a href="/v1/services">The catalogue of services</a> and <a href="/v1/agencies">the agencies</a>,
and the same as <a href="/v1/catalogue">linked data</a></li>
<li><a href="/v1/evaluation/services">How the services do</a>: submitted, open, closed, late, overdue</li>
<li><a href="/health/ready">Whether it is ready</a></li>
</ul>
"""


@router.get("/")
async def home() -> Response:
    """Say what this is."""
    return _page("Pencere", _HOME)


@router.get("/docs")
async def operations(request: Request) -> Response:
    """List the operations, as the OpenAPI document has them."""
    rows = "".join(_rows(request.app.openapi()))
    head = "<tr><th scope=col>Operation</th><th scope=col>What it does</th><th scope=col>For</th></tr>"
    intro = (
        '<p>The whole of it is in the <a href="/openapi.json">OpenAPI document</a>; what is told of events is in the '
        '<a href="/asyncapi.json">AsyncAPI document</a>.</p>'
    )
    return _page("Pencere: operations", f"{intro}<table><thead>{head}</thead><tbody>{rows}</tbody></table>")


@router.get("/problems/{rule}")
async def problem(rule: str) -> Response:
    """Say what the type of a problem is."""
    if not _RULE.fullmatch(rule):
        raise NothingThereError
    text = "<p>A request was refused by this rule. The problem's <code>detail</code> says more.</p>"
    return _page(rule.replace("-", " ").capitalize(), f"{text}<p><code>{escape(rule)}</code></p>")


def _rows(document: dict[str, Any]) -> Iterator[str]:
    for path, operations_there in document["paths"].items():
        for method, operation in operations_there.items():
            roles = ", ".join(operation.get("x-roles", ["anyone"]))
            name = f"<code>{method.upper()} {escape(path)}</code>"
            yield f"<tr><td>{name}</td><td>{escape(operation['summary'])}</td><td>{escape(roles)}</td></tr>"


def _page(title: str, content: str) -> Response:
    head = f"<title>{escape(title)}</title><meta name=viewport content='width=device-width'><style>{_STYLE}</style>"
    body = f"<h1>{escape(title)}</h1><main>{content}</main>"
    page = f"<!doctype html><html lang=en><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    return Response(page, 200, _HEADERS, "text/html")
