"""The routes of the catalogue as linked data: the whole of it, each thing in it, and our own words."""

import asyncio
import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Response

from api.calls import JSON_LD, TURTLE, FormCall, FormedCall
from api.documentation import FRESHNESS, IF_NONE_MATCH, described
from api.freshness import ViewName, catch_up, check_absence
from api.linked_data.addresses import CATALOGUE_PATH, SECTIONS, Addresses
from api.linked_data.documents import Listed, page, things
from api.linked_data.notations import json_ld, turtle
from api.linked_data.reading import BEGINNING, Place, Reading
from api.linked_data.statements import Statement, gathered
from api.linked_data.terms import CLASSES, PROPERTIES, terms
from api.paging import DEFAULT_LIMIT, Cursor, encoded, next_link, place_of
from api.preconditions import has_tag
from api.refusals import BadRequestError, NothingThereError
from application.access.authorisation import Action, authorise
from domain.register.values import Integration, ResourceDescription
from domain.values import Slug
from projections.as_of import now
from projections.catalogue.types import CatalogueAgency, CatalogueService
from projections.resource_register.types import ResourceStatus
from projections.view_type import ViewType, written_as

router = APIRouter(prefix=CATALOGUE_PATH, tags=["catalogue"])

Named = Annotated[Slug, Path()]
PageLimit = Annotated[int, Query(ge=1, le=100)]  # a thing takes milliseconds to write, and others are waiting

_NEEDED: Final[tuple[ViewName, ...]] = ("catalogue", "resource_register")
_SECTIONS: Final = {section[0]: section for section in SECTIONS}
_HEADERS: Final = (*FRESHNESS, IF_NONE_MATCH)


class CatalogueIndex(ViewType):
    """Where the parts of the catalogue are, and in which forms of linked data this address and theirs answer."""

    agencies: str
    services: str
    resources: str
    terms: str
    linked_data: tuple[str, ...]


class CatalogueResource(ViewType):
    """A resource of the register, and how it is asked if it can be."""

    slug: str
    status: ResourceStatus
    description: ResourceDescription
    integration: Integration | None


class OwnTerms(ViewType):
    """Our own words: what each property and class of ours means."""

    properties: dict[str, str]
    classes: dict[str, str]


def _described(summary: str, gives: type[ViewType], refuses: tuple[int, ...] = (404,)) -> dict[str, Any]:
    told = described(summary, Action.READ_CATALOGUE, gives=gives, headers=_HEADERS, refuses=refuses)
    written = {"schema": {"type": "string"}}
    told["responses"][200]["content"] = {JSON_LD: {"schema": {"type": "object"}}, TURTLE: written}
    told["responses"][304] = {"description": "The caller has it already."}
    return told


@router.head("", include_in_schema=False)
@router.get("", **_described("Read the catalogue as linked data", CatalogueIndex, ()))
async def read_catalogue(asked: FormCall, cursor: Cursor = None, limit: PageLimit = DEFAULT_LIMIT) -> Response:
    """Read agencies, services and resources page by page, as Turtle or JSON-LD; as JSON, where they are."""
    call = asked.call
    authorise(call.caller, Action.READ_CATALOGUE)
    start = _place(cursor)
    headers = await catch_up(call, *_NEEDED)
    if asked.form not in {JSON_LD, TURTLE}:
        index = CatalogueIndex(
            agencies="/v1/agencies",
            services="/v1/services",
            resources="/v1/resources",
            terms=f"{CATALOGUE_PATH}/terms",
            linked_data=(JSON_LD, TURTLE),
        )
        return _answer(asked, written_as(index), headers)
    reading, addresses = _reading(asked), call.services.addresses
    listed, end = await reading.page(start, limit)
    by = await reading.coordinator()
    following = None if end is None else {"cursor": encoded(f"{end.section[0]}{end.after}")}
    if following:
        headers |= next_link(call.request, following)
    statements = page(
        addresses,
        listed,
        await reading.surroundings(listed, *([] if by is None else [by])),
        at=_page_address(addresses, cursor, limit),
        following=None if following is None else _page_address(addresses, following["cursor"], limit),
        by=by,
    )
    return _answer(asked, await _written(asked, statements), headers)


@router.head("/agencies/{slug}", include_in_schema=False)
@router.get("/agencies/{slug}", **_described("Read an agency as linked data", CatalogueAgency))
async def read_linked_agency(slug: Named, asked: FormCall) -> Response:
    """Read what the catalogue knows about an agency."""
    headers = await _begin(asked)
    agency = await _reading(asked).agency(slug)
    if agency is None:
        raise await _nothing_there(asked)
    return await _about(asked, agency, Listed(agencies=[agency]), headers)


@router.head("/services/{slug}", include_in_schema=False)
@router.get("/services/{slug}", **_described("Read a service as linked data", CatalogueService))
async def read_linked_service(slug: Named, asked: FormCall) -> Response:
    """Read the version of a service that can be asked for, or else the one published last, also after a withdrawal."""
    headers = await _begin(asked)
    service = await _reading(asked).service(slug)
    if service is None:
        raise await _nothing_there(asked)
    return await _about(asked, service, Listed(services=[service]), headers)


@router.head("/resources/{slug}", include_in_schema=False)
@router.get("/resources/{slug}", **_described("Read a resource as linked data", CatalogueResource))
async def read_linked_resource(slug: Named, asked: FormCall) -> Response:
    """Read what the register knows about a resource."""
    headers = await _begin(asked)
    found = await _reading(asked).resource(slug)
    if found is None:
        raise await _nothing_there(asked)
    row = CatalogueResource(
        slug=slug, status=found.status, description=found.description, integration=found.integration
    )
    return await _about(asked, row, Listed(resources=[found]), headers)


@router.head("/terms", include_in_schema=False)
@router.get("/terms", **_described("Read our own words", OwnTerms, ()))
async def read_terms(asked: FormCall) -> Response:
    """Read what our own properties, classes and concepts mean; each stands at this address with `#` and its name."""
    authorise(asked.call.caller, Action.READ_CATALOGUE)
    if asked.form in {JSON_LD, TURTLE}:
        return _answer(asked, await _written(asked, terms(asked.call.services.addresses)), {})
    properties = {one.name: meaning for one, meaning in PROPERTIES.items()}
    return _answer(asked, written_as(OwnTerms(properties=properties, classes=dict(CLASSES))), {})


async def _begin(asked: FormedCall) -> dict[str, str]:
    authorise(asked.call.caller, Action.READ_CATALOGUE)
    return await catch_up(asked.call, *_NEEDED)


def _reading(asked: FormedCall) -> Reading:
    """Return what reads catalogue and register as they are now."""
    services = asked.call.services
    return Reading(services.views.catalogue, services.views.resource_register, now(services.window.clock()))


async def _nothing_there(asked: FormedCall) -> NothingThereError:
    await check_absence(asked.call, *_NEEDED)
    return NothingThereError()


async def _about(asked: FormedCall, row: ViewType, listed: Listed, headers: dict[str, str]) -> Response:
    """Return the answer about one thing: its row as JSON, or what is known about it as linked data."""
    if asked.form not in {JSON_LD, TURTLE}:
        return _answer(asked, written_as(row), headers)
    surroundings = await _reading(asked).surroundings(listed)
    return _answer(asked, await _written(asked, things(asked.call.services.addresses, listed, surroundings)), headers)


async def _written(asked: FormedCall, statements: Iterable[Statement]) -> bytes:
    """Return the statements in the chosen notation. Others are answered while a thread writes them."""
    write, prefixes = turtle if asked.form == TURTLE else json_ld, asked.call.services.addresses.prefixes
    return await asyncio.to_thread(lambda: write(gathered(statements), prefixes))


def _answer(asked: FormedCall, body: bytes, headers: dict[str, str]) -> Response:
    """Return a public answer in one of several forms. Its tag is of its bytes, so it changes when they do."""
    digest = urlsafe_b64encode(hashlib.sha256(body).digest()).decode().rstrip("=")
    tag = f'"{digest}"'
    headers = {"Cache-Control": "no-cache", "Vary": "Accept", "ETag": tag, **headers}
    if has_tag(asked.call.request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, 200, headers, asked.form)


def _page_address(addresses: Addresses, cursor: str | None, limit: int) -> str:
    """Return a page's own address, whatever else the caller has put into theirs."""
    told = {"cursor": cursor, "limit": None if limit == DEFAULT_LIMIT else limit}
    query = urlencode({name: value for name, value in told.items() if value is not None})
    return f"{addresses.catalogue}?{query}" if query else addresses.catalogue


def _place(cursor: str | None) -> Place:
    """Return the place at which a page begins.

    Raises:
        BadRequestError: it is not a cursor from a page of the catalogue.
    """
    given = place_of(cursor)
    if given is None:
        return BEGINNING
    letter, after = given
    if letter not in _SECTIONS:
        raise BadRequestError("cursor-is-from-a-page", "The cursor is not one that a page has given.", "cursor")
    return Place(_SECTIONS[letter], after)
