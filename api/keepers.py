"""The routes of the keepers of draws: what awaits them, and what they anchor and reveal.

A keeper has no account. Its signature proves that a chain is its own, and only it knows the links.
"""

import base64
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from api.answers import json_answer
from api.bodies import read_body
from api.calls import JsonCall
from api.documentation import FRESHNESS, described
from api.draws import Agency, DeskOfAgency, DrawNumber
from api.freshness import catch_up
from api.paging import DEFAULT_LIMIT, Cursor, Limit, last_of, number_of, paged, pair_of
from application.access.authorisation import Action, authorise
from application.draws.keepers import KEEPER, anchor_chain, keys_of_keepers, rules_of_draws
from application.draws.revealing import take_share
from application.identity import desk_stream
from application.request_document import RequestDocument
from domain.desk.commands import RecoverDrawShare, RevealDrawShare
from domain.desk.events import OfficialDrawn, SealedPart, Signature
from domain.draw.chains import LONGEST_CHAIN, Anchor
from domain.values import Hex32, Number
from projections.draws.types import KeptDesk
from projections.view_type import ViewType, written_as

router = APIRouter(tags=["draws"])

Keeper = Annotated[UUID, Path(description="As the register's rules name it.")]


class ChainToAnchor(RequestDocument):
    """A chain of hashes for one desk: its anchor, how many links it has, and the keeper's signature (Ed25519).

    Its number follows that of the keeper's last chain there. `parts` are for the guardians, one for each.
    """

    keeper: UUID
    chain: Number
    length: Annotated[int, Field(ge=1, le=LONGEST_CHAIN)]
    anchor: Hex32
    parts: Annotated[tuple[SealedPart, ...], Field(max_length=3)] = ()
    signature: Signature


class ShareToReveal(RequestDocument):
    """A keeper's link for a draw, and the size of the checkpoint under which it saw the request."""

    keeper: UUID
    link: Hex32
    checkpoint: Number


class ShareToRecover(RequestDocument):
    """The link of a late keeper, from the secret that two guardians have given back."""

    keeper: UUID
    link: Hex32
    guardians: Annotated[tuple[Annotated[int, Field(ge=1, le=3)], ...], Field(min_length=2, max_length=2)]


class ShareDocument(ViewType):
    """Whom the draw picks (see `Draw`); null while other shares are missing."""

    index: int | None


class KeeperDocument(ViewType):
    """A keeper, and the key (Ed25519) that signs its chains; without a name it is the window itself."""

    keeper: UUID
    name: str | None
    key: str


class KeepersDocument(ViewType):
    """Who keeps draws, and what the register's rules say about it; `late_after` is in minutes."""

    independence: int
    keepers: list[KeeperDocument]
    guardians: list[str]
    cosignatures: int
    late_after: int


class AnchoredChain(ViewType):
    """A keeper's last chain at a desk: its anchor, its length, and how many of its links are promised to draws."""

    chain: int
    anchor: str
    length: int
    promised: int
    retired: bool


class DeskToKeep(ViewType):
    """A desk at which a keeper needs a chain; `chain` is null while it has anchored none."""

    desk_id: UUID
    agency: str
    desk: str
    chain: AnchoredChain | None


class DesksToKeepPage(ViewType):
    """Desks by the names of agency and desk; `next` is the cursor of the page after this one."""

    items: list[DeskToKeep]
    next: str | None


class AwaitedShare(ViewType):
    """A draw that waits for a keeper's link."""

    agency: str
    desk: str
    number: int
    chain: int
    link: int
    position: int


class AwaitedSharesPage(ViewType):
    """Draws that wait, the oldest first; `next` is the cursor of the page after this one."""

    items: list[AwaitedShare]
    next: str | None


@router.get("/v1/keepers", **described("Read who keeps draws", Action.READ_DRAWS, gives=KeepersDocument))
async def read_keepers(call: JsonCall) -> Response:
    """Read who has a part in every draw from now on. `independence` is how many they are."""
    authorise(call.caller, Action.READ_DRAWS)
    rules, _ = await rules_of_draws(call.services.window)
    own_key = call.services.own_keeper()
    names = {keeper.id: keeper.name for keeper in rules.keepers}
    keepers = [
        KeeperDocument(keeper=keeper, name=names.get(keeper), key=base64.urlsafe_b64encode(key).decode().rstrip("="))
        for keeper, key in keys_of_keepers(rules, own_key).items()
    ]
    document = KeepersDocument(
        independence=len(keepers),
        keepers=keepers,
        guardians=list(rules.guardians),
        cosignatures=rules.cosignatures,
        late_after=rules.late_after,
    )
    return json_answer(written_as(document), 200)


@router.get(
    "/v1/keepers/{keeper}/desks",
    **described("Read where a keeper needs chains", Action.READ_DRAWS, gives=DesksToKeepPage, headers=FRESHNESS),
)
async def read_desks_to_keep(
    keeper: Keeper, call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """Read all desks whose cases are drawn for, with the keeper's last chain there."""
    authorise(call.caller, Action.READ_DRAWS)
    headers = await catch_up(call, "draws")
    items = await call.services.views.draws.kept_by(keeper, after=pair_of(cursor) or ("", ""), limit=limit)
    last = last_of(items, limit, lambda each: f"{each.agency}/{each.desk}")
    body, link = paged(call.request, (written_as(_to_keep(each)) for each in items), last)
    return json_answer(body, 200, headers | link)


@router.get(
    "/v1/keepers/{keeper}/shares",
    **described("Read which draws await a keeper", Action.READ_DRAWS, gives=AwaitedSharesPage, headers=FRESHNESS),
)
async def read_awaited_shares(
    keeper: Keeper, call: JsonCall, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> Response:
    """Read the draws that wait for this keeper's link, page by page; a page may have fewer than `limit`, or none."""
    authorise(call.caller, Action.READ_DRAWS)
    headers = await catch_up(call, "draws")
    draws = await call.services.views.draws.under_way(after=number_of(cursor) or 0, limit=limit)
    awaited = [
        AwaitedShare(
            agency=draw.agency,
            desk=draw.desk,
            number=draw.number,
            chain=source.chain,
            link=source.link,
            position=draw.position,
        )
        for draw in draws
        for source in draw.sources
        if source.keeper == keeper and source.revealed is None
    ]
    last = last_of(draws, limit, lambda each: str(each.position))
    body, link = paged(call.request, map(written_as, awaited), last)
    return json_answer(body, 200, headers | link)


@router.post(
    "/v1/draws/{agency}/{desk}/chains",
    **described("Anchor a chain", Action.KEEP_DRAWS, status=204, takes=ChainToAnchor),
)
async def anchor_draw_chain(agency: Agency, desk: DeskOfAgency, call: JsonCall) -> Response:
    """Anchor a keeper's chain for a desk. The same chain again is the same chain."""
    authorise(call.caller, Action.KEEP_DRAWS)
    asked = (await read_body(call, ChainToAnchor)).document
    anchor = Anchor(
        *(asked.keeper.bytes, desk_stream(agency, desk).bytes, asked.chain, asked.length),
        *(bytes.fromhex(asked.anchor), asked.parts),
    )
    services = call.services
    signature = bytes.fromhex(asked.signature)
    await anchor_chain(services.window, agency, desk, anchor, signature, services.own_keeper())
    return Response(None, 204)


@router.post(
    "/v1/draws/{agency}/{desk}/{number}/shares",
    **described("Reveal a keeper's share", Action.KEEP_DRAWS, gives=ShareDocument, takes=ShareToReveal),
)
async def reveal_draw_share(agency: Agency, desk: DeskOfAgency, number: DrawNumber, call: JsonCall) -> Response:
    """Reveal the link of a keeper for a draw. The last share draws the official; a draw awaits each once."""
    authorise(call.caller, Action.KEEP_DRAWS)
    asked = (await read_body(call, ShareToReveal)).document
    window = call.services.window
    share = RevealDrawShare(
        window.clock(),
        KEEPER,
        desk_stream(agency, desk),
        number,
        asked.keeper,
        asked.link,
        asked.checkpoint,
    )
    return _taken(await take_share(window, agency, desk, share))


@router.post(
    "/v1/draws/{agency}/{desk}/{number}/recoveries",
    **described("Recover a late keeper's share", Action.KEEP_DRAWS, gives=ShareDocument, takes=ShareToRecover),
)
async def recover_draw_share(agency: Agency, desk: DeskOfAgency, number: DrawNumber, call: JsonCall) -> Response:
    """Bring the link of a keeper that is late, from the secret that two guardians have given back."""
    authorise(call.caller, Action.KEEP_DRAWS)
    asked = (await read_body(call, ShareToRecover)).document
    window = call.services.window
    share = RecoverDrawShare(
        window.clock(),
        KEEPER,
        desk_stream(agency, desk),
        number,
        asked.keeper,
        asked.link,
        (asked.guardians[0], asked.guardians[1]),
    )
    return _taken(await take_share(window, agency, desk, share))


def _taken(drawn: OfficialDrawn | None) -> Response:
    return json_answer(written_as(ShareDocument(index=None if drawn is None else drawn.index)))


def _to_keep(kept: KeptDesk) -> DeskToKeep:
    chain = None if kept.chain is None else AnchoredChain(**kept.chain._asdict())
    return DeskToKeep(desk_id=kept.desk_id, agency=kept.agency, desk=kept.desk, chain=chain)
