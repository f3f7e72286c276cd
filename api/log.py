"""The routes of the public log (c2sp.org/tlog-tiles), open to anyone: last checkpoint, tiles, entries, key."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.documentation import described
from api.refusals import NothingSignedError, TileNotThereError
from api.services import ApiServices
from ledger.public_log.tiles import tile_at

router = APIRouter(prefix="/log", tags=["log"])

TEXT: Final = "text/plain; charset=utf-8"
TILE: Final = "application/octet-stream"
_MOMENT: Final = {"Cache-Control": "public, max-age=1"}
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


def _described(summary: str, media_type: str) -> dict[str, Any]:
    told = described(summary, None, refuses=(404, 503))
    told["responses"][200]["content"] = {media_type: {"schema": {"type": "string"}}}
    return told


@router.get("/checkpoint", **_described("Read the last checkpoint", "text/plain"))
async def read_checkpoint(request: Request) -> Response:
    """Answer the signed note, with the cosignatures that it has."""
    latest = await _services(request).log.latest()
    if latest is None:
        raise NothingSignedError
    return Response(latest.raw, 200, _MOMENT, TEXT)


@router.get("/key", **_described("Read the key that signs the log", "text/plain"))
async def read_log_key(request: Request) -> Response:
    """Answer the verifier key alone: not even a newline, since verifiers take the file as it is."""
    vkey = await _services(request).log.vkey()
    if vkey is None:
        raise NothingSignedError
    return Response(vkey, 200, _MOMENT, TEXT)


@router.get("/tile/{place:path}", **_described("Read a tile of hashes, or a bundle of entries", TILE))
async def read_tile(request: Request, place: str) -> Response:
    """Answer what stands there: it never changes. What no checkpoint covers yet is not there yet."""
    tile = tile_at(place)
    content = None if tile is None else await _services(request).log.served(tile)
    if content is None:
        raise TileNotThereError(is_a_place=tile is not None)
    return Response(content, 200, _FOR_EVER, TILE)


def _services(request: Request) -> ApiServices:
    services: ApiServices = request.app.state.services
    return services
