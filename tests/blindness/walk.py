"""Walks whatever can be fetched: every GET route of the application, as everybody."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, NamedTuple

import httpx2
from fastapi.routing import APIRoute
from starlette.routing import Route

from api.app import ROUTERS, create_app
from api.services import ApiServices
from application.access.callers import Role
from application.clock import system_clock
from application.draws.keepers import OWN
from application.identity import desk_stream
from application.verifying.occurrence import occurrence_of
from consumers.kafka_settings import AUDIT, topic_of
from consumers.rounds import Numbers
from consumers.webhooks.signing import signed_headers
from ledger.published.cloud_events import cloud_event, event_id
from ledger.published.concerning import read
from tests.blindness.cast import Cast, Reader

_QUIET: Final = 0.5  # seconds in which a stream that has told everything says nothing more
Filler = Callable[[Cast], Sequence[str]]


class Fetched(NamedTuple):
    """An answer: who has asked for what."""

    reader: Reader
    route: str
    path: str
    answer: httpx2.Response


def routes(services: ApiServices) -> set[str]:
    """Return the paths of all routes that can be fetched, from the application's own table."""
    app = create_app(services)
    own = [route for route in app.routes if isinstance(route, Route)]
    included = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return {route.path for route in (*own, *included) if "GET" in (route.methods or ())}


def _cases(end: str = "") -> Filler:
    return lambda cast: [f"{case.path}{end}" for case in cast.cases]


def _same(*paths: str) -> Filler:
    return lambda _: paths


def _services(path: str) -> Filler:
    return lambda cast: [path.format(slug=slug) for slug in sorted({case.service for case in cast.cases})]


def _agencies(path: str) -> Filler:
    return lambda cast: [path.format(agency=cast.agency(which)) for which in ("town", "county")]


def _mandates(end: str = "") -> Filler:
    return lambda cast: [f"/v1/mandates/{mandate}{end}" for _, _, mandate in cast.mandates]


def _draws(end: str = "") -> Filler:
    """Return a filler for each draw of this life's desks."""

    def filled(cast: Cast) -> Sequence[str]:
        anyone = next(each.person for each in cast.readers if each.name == "anyone")
        desks = [f"/v1/draws/{cast.agency(which)}/north" for which in ("town", "county")]
        return [f"{desk}/{draw['number']}{end}" for desk in desks for draw in anyone.asks(desk).json()["items"]]

    return filled


FILLERS: Final[Mapping[str, Filler]] = {
    "/v1/cases/{case_id}": lambda cast: [*_cases()(cast), *_cases(f"?as_of={_today()}")(cast)],
    "/v1/cases/{case_id}/history": lambda cast: [
        *_cases("/history")(cast),
        *_cases(f"/history?as_of={_today()}")(cast),
    ],
    "/v1/cases/{case_id}/term": lambda cast: [*_cases("/term")(cast), *_cases(f"/term?as_of={_today()}")(cast)],
    "/v1/cases/{case_id}/receipt": _cases("/receipt?version=1"),
    "/v1/cases/{case_id}/complete-history": _cases("/complete-history"),
    "/v1/cases/{case_id}/openings": _cases("/openings"),
    "/v1/cases/{case_id}/identities": _cases("/identities"),
    "/v1/messages/sample": _same("/v1/messages/sample"),
    "/v1/my/cases": _same("/v1/my/cases?limit=100"),
    "/v1/my/mandates": _same("/v1/my/mandates?limit=100"),
    "/v1/mandates/{mandate_id}": _mandates(),
    "/v1/mandates/{mandate_id}/cases": _mandates("/cases"),
    "/v1/my/life-events": _same("/v1/my/life-events"),
    "/v1/my/life-events/{life_event_id}": lambda cast: [f"/v1/my/life-events/{each}" for each in cast.life_events],
    "/v1/desks/{desk}/worklist": _same(
        *(f"/v1/desks/north/worklist?limit=100&show={show}" for show in ("all", "mine", "unassigned"))
    ),
    "/v1/draws": _same("/v1/draws?limit=100"),
    "/v1/draws/desks": _same("/v1/draws/desks?limit=100"),
    "/v1/draws/{agency}/{desk}": _agencies("/v1/draws/{agency}/north?limit=100"),
    "/v1/draws/{agency}/{desk}/{number}": _draws(),
    "/v1/draws/{agency}/{desk}/{number}/proof": _draws("/proof"),
    "/v1/keepers": _same("/v1/keepers"),
    "/v1/keepers/{keeper}/desks": _same(f"/v1/keepers/{OWN}/desks"),
    "/v1/keepers/{keeper}/shares": _same(f"/v1/keepers/{OWN}/shares"),
    "/v1/events": lambda cast: [f"/v1/events?limit=1000&after={after}" for after in (0, cast.began)],
    "/v1/events/stream": _same("/v1/events/stream"),
    "/v1/schemas/events": _same("/v1/schemas/events"),
    "/v1/schemas/events/{topic}/{version}": _same("/v1/schemas/events/case.submitted/1"),
    "/v1/schemas/evidence": _same("/v1/schemas/evidence"),
    "/v1/schemas/evidence/{message}/{version}": _same("/v1/schemas/evidence/request/1"),
    "/v1/evidence/keys": _same("/v1/evidence/keys"),
    "/v1/subscriptions": _same("/v1/subscriptions"),
    "/v1/subscriptions/{name}": lambda cast: [f"/v1/subscriptions/{cast.subscription}"],
    "/v1/subscriptions/{name}/secret": lambda cast: [f"/v1/subscriptions/{cast.subscription}/secret"],
    "/v1/services": _same("/v1/services?limit=100"),
    "/v1/services/{slug}": _services("/v1/services/{slug}"),
    "/v1/agencies": _same("/v1/agencies?limit=100"),
    "/v1/calendars": _same("/v1/calendars"),
    "/v1/calendars/{slug}": _same("/v1/calendars/blind"),
    "/v1/calendars/{slug}/acts": _same("/v1/calendars/blind/acts"),
    "/v1/calendars/{slug}/days": _same("/v1/calendars/blind/days?from=2026-01-01&to=2028-01-01"),
    "/v1/catalogue": _same("/v1/catalogue"),
    "/v1/catalogue/agencies/{slug}": _agencies("/v1/catalogue/agencies/{agency}"),
    "/v1/catalogue/services/{slug}": _services("/v1/catalogue/services/{slug}"),
    "/v1/catalogue/resources/{slug}": _same("/v1/catalogue/resources/population"),
    "/v1/catalogue/terms": _same("/v1/catalogue/terms"),
    "/v1/register": _same("/v1/register"),
    "/v1/elements": _same("/v1/elements"),
    "/v1/elements/{name}": _same("/v1/elements/person.number"),
    "/v1/grants": _same("/v1/grants"),
    "/v1/violations": _same("/v1/violations"),
    "/v1/resources": _same("/v1/resources"),
    "/v1/resources/{slug}": _same("/v1/resources/population"),
    "/v1/resources/{slug}/similar": _same("/v1/resources/population/similar"),
    "/v1/evaluation/services": _same("/v1/evaluation/services?limit=100"),
    "/v1/evaluation/services/{slug}": _services("/v1/evaluation/services/{slug}"),
    "/v1/evaluation/indicators": _same("/v1/evaluation/indicators"),
    "/v1/evaluation/figures": lambda _: [
        f"/v1/evaluation/figures?per={per}&month={_month()}" for per in ("service", "agency")
    ],
    "/v1/once-only": lambda _: [f"/v1/once-only?per={per}&month={_month()}" for per in ("service", "agency")],
    "/log/checkpoint": _same("/log/checkpoint"),
    "/log/key": _same("/log/key"),
    "/log/tile/{place:path}": _same("/log/tile/0/000", "/log/tile/entries/000"),
    "/health/live": _same("/health/live"),
    "/health/ready": _same("/health/ready"),
    "/metrics": _same("/metrics"),
    "/openapi.json": _same("/openapi.json"),
    "/asyncapi.json": _same("/asyncapi.json"),
    "/": _same("/"),
    "/docs": _same("/docs"),
    "/problems/{rule}": _same("/problems/no-such-case"),
}
"""Route -> the addresses at which it is asked. A route without a row is a route that nobody has thought about."""


def walked(cast: Cast) -> Iterator[Fetched]:
    """Fetch everything as everybody; what does not depend on who asks, as anyone only."""
    position = cast.window.everything_recorded()
    for route, filler in FILLERS.items():
        for path in filler(cast):
            for reader in cast.readers:
                if route in _THE_SAME_FOR_ALL and reader.role is not Role.ANYONE:
                    continue
                yield Fetched(reader, route, path, _fetched(cast, reader, route, path, position))


_THE_SAME_FOR_ALL: Final = frozenset(
    {"/openapi.json", "/asyncapi.json", "/", "/docs", "/problems/{rule}", "/metrics", "/log/tile/{place:path}"}
    | {"/v1/schemas/events", "/v1/schemas/events/{topic}/{version}", "/v1/schemas/evidence", "/v1/evidence/keys"}
    | {"/v1/schemas/evidence/{message}/{version}", "/health/live", "/health/ready", "/log/checkpoint", "/log/key"}
)


def _fetched(cast: Cast, reader: Reader, route: str, path: str, position: str) -> httpx2.Response:
    if route != "/v1/events/stream":
        return reader.person.asks(path, position=position, Prefer="wait=10")
    return _followed(cast, reader, path, position)


def _followed(cast: Cast, reader: Reader, path: str, position: str) -> httpx2.Response:
    """Follow the feed until everything of this life has come; an agency's last event may have come before."""
    after = cast.began if reader.role is Role.AUDITOR else 0
    with reader.person.http.stream("GET", f"{path}?after={after}", timeout=_QUIET) as answer:
        told = b""
        with suppress(httpx2.ReadTimeout):
            for chunk in answer.iter_raw():
                told += chunk
                if f'"position":{position},'.encode() in told:
                    break
        return httpx2.Response(answer.status_code, headers=answer.headers, content=told)


def published(cast: Cast) -> Iterator[Fetched]:
    """Yield what Kafka and the webhooks of this life's agencies would be told: bodies, and all headers."""
    window = cast.window._window
    entries = [read(entry) for entry in cast.window.runs(window.ledger.read(cast.began, 10_000))]
    systems = {str(reader.agency): reader for reader in cast.readers if reader.role is Role.AGENCY}
    topics = {topic_of(agency): reader for agency, reader in systems.items()}
    numbers = Numbers({}, dict.fromkeys((*topics, AUDIT), 1), with_ledger=False)
    for each in numbers.rounds([told for told in entries if set(told.agencies) <= systems.keys()]):
        for record in each.records:
            if record.topic in topics:
                headers = [(name, value.decode()) for name, value in record.headers]
                answer = httpx2.Response(200, headers=headers, content=record.value)
                yield Fetched(topics[record.topic], "Kafka", f"{record.topic} {record.key.decode()}", answer)
    for sequence, told in enumerate(entries, start=1):
        body = cloud_event(told, sequence, sequence - 1)
        headers = list(signed_headers(event_id(told.entry), system_clock(), body, [bytes(32)]).items())
        for agency in systems.keys() & set(told.agencies):
            answer = httpx2.Response(200, headers=headers, content=body)
            yield Fetched(systems[agency], "webhook", f"webhook {told.entry.stream}", answer)


def stored(cast: Cast) -> Iterator[Fetched]:
    """Yield what the ledger's tables have of this life; a draw is sealed under its desk's key, the rest by case."""
    (auditor,) = [reader for reader in cast.readers if reader.role is Role.AUDITOR]
    desks = {desk_stream(cast.agency(which), "north") for which in ("town", "county")}
    for entry in cast.window.runs(cast.window._window.ledger.read(cast.began, 10_000)):
        own = occurrence_of(entry)
        row = {
            "stream": str(entry.stream),
            "open": json.loads(entry.open),
            "key": None if entry.stream in desks else own.key_ref,
        }
        row |= {"salt": entry.salt.hex(), "recorded_at": entry.recorded_at, "position": entry.position}
        yield Fetched(auditor, "ledger", f"ledger {entry.position}", httpx2.Response(200, json=row))


def _month() -> str:
    return f"{system_clock():%Y-%m}"


def _today() -> str:
    return str(system_clock().date() + timedelta(days=1))
