"""The address at which resources answer later, known by the token that the request carried. It answers with no word."""

import hashlib
import re
from typing import Final

from fastapi import APIRouter, Request, Response

from api.bodies import read_raw
from api.documentation import described
from api.refusals import NothingThereError, TokenRefusedError, UnsupportedMediaTypeError
from api.services import ApiServices
from application.evidence.receiving import receive
from application.evidence.sealing import LARGEST_SEALED
from application.evidence.signing import MEDIA_TYPE

router = APIRouter(prefix="/v1/evidence", tags=["evidence"])
_TOKEN: Final = re.compile(r"[Bb]earer ([A-Za-z0-9_-]{43})")


@router.post(
    "/replies",
    **described("Answer a request for evidence", None, status=204, refuses=(401, 404, 408, 409, 413, 415, 503)),
)
async def take_reply(request: Request) -> Response:
    """Take in what a resource says about a request that it was sent, as application/jose.

    A message that is not accepted is recorded in its case, and changes nothing; whoever sends is not told so.
    """
    services: ApiServices = request.app.state.services
    if services.replies is None:
        raise NothingThereError
    token = _TOKEN.fullmatch(request.headers.get("authorization", ""))
    if token is None:
        raise TokenRefusedError("token-form", "This needs the token that the request carried.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise UnsupportedMediaTypeError
    exchange, messages = services.replies
    asked = await messages.by_token(hashlib.sha256(token[1].encode()).digest())
    if asked is None:
        raise TokenRefusedError("token-unknown", "Nothing was asked with this token.")
    raw = await read_raw(request, services.body_within, LARGEST_SEALED)
    await receive(exchange, await messages.of(asked.message_id), raw)
    return Response(None, 204)
