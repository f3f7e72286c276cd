"""Folds the events of desks into their draws and the chains that keepers have anchored there."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias
from uuid import UUID

import orjson

from projections.columns import bigint, text, uuid
from projections.instants import micros
from projections.recorded import Batch, Recorded
from projections.tables import KeyedRows, Row, Rows, Table
from projections.view import Needs, View

_DESKS = Table(
    "desks",
    "keyed",
    (
        uuid("desk_id"),
        text("agency"),
        text("desk"),
        bigint("seats"),
        bigint("requested"),
        bigint("drawn"),
        bigint("redrawn"),
        bigint("recovered"),
        text("chains"),
    ),
)
_DRAWS = Table(
    "draws",
    "keyed",
    (
        uuid("desk_id"),
        bigint("number"),
        text("agency"),
        text("desk"),
        uuid("case_id"),
        text("case_entry"),
        text("log"),
        bigint("redraw"),
        text("why"),
        text("nonce"),
        text("commitments"),
        text("excluded"),
        text("sources"),
        text("versions"),
        bigint("position"),
        bigint("requested_at"),
        bigint("late_at"),
        bigint("drawn_at"),
        text("seed"),
        bigint("index"),
    ),
    key=2,
)
_OPENED: Final = "desk.opened"
_REQUESTED: Final = "desk.draw_requested"
_PINNED: Final = ("number", "case_entry", "log", "redraw", "why", "nonce")
Chains: TypeAlias = dict[str, dict[str, Any]]


def needs(batch: Batch) -> Needs:
    """Ask for the desks and the draws that the events change."""
    events = [event for event in batch.events if event.topic in _TOPICS]
    draws = {(event.stream, event.data["number"]) for event in events if event.topic in _OF_DRAWS}
    return {"desks": {event.stream for event in events if event.topic != _OPENED}, "draws": draws}


def fold(rows: Rows, event: Recorded) -> None:
    """Fold the event into its desk's row, and into its draw's."""
    if event.topic not in _TOPICS:
        return
    desks, draws = rows.keyed["desks"], rows.keyed["draws"]
    if event.topic == _OPENED:
        desks.put(event.stream, _opened(event))
        return
    desk = desks.require(event.stream)
    chains: Chains = orjson.loads(desk["chains"])
    if event.topic == _REQUESTED:
        draws.put((event.stream, event.data["number"]), _requested(desk, chains, event))
    elif event.topic in _OF_DRAWS:
        _change_draw(draws, event)
    if (change := _OF_DESKS.get(event.topic)) is not None:
        desks.put(event.stream, {**desk, **change(desk, event)})
    if (link := _OF_CHAINS.get(event.topic)) is not None:
        link(chains, event)
        desks.put(event.stream, {**desks.require(event.stream), "chains": _json(chains)})


def _opened(event: Recorded) -> Row:
    none = dict.fromkeys(("seats", "requested", "drawn", "redrawn", "recovered"), 0)
    data = event.data
    return {"desk_id": event.stream, "agency": data["agency"], "desk": data["desk"], **none, "chains": "{}"}


def _requested(desk: Row, chains: Chains, event: Recorded) -> Row:
    data = event.data
    sources = [{**source, "revealed": None, "recovered": False} for source in data["sources"]]
    anchors = [chains[source["keeper"]]["version"] for source in sources]
    return {
        **{name: desk[name] for name in ("desk_id", "agency", "desk")},
        **{name: data[name] for name in _PINNED},
        "case_id": UUID(data["case_id"]),
        "commitments": _json(data["commitments"]),
        "excluded": _json(data["excluded"]),
        "sources": _json(sources),
        "versions": _json([*anchors, event.version]),
        "position": event.position,
        "requested_at": event.occurred_micros,
        "late_at": micros(data["late_at"]),
        "drawn_at": None,
        "seed": None,
        "index": None,
    }


def _change_draw(draws: KeyedRows, event: Recorded) -> None:
    key, data = (event.stream, event.data["number"]), event.data
    draw = draws.require(key)
    versions = _json([*orjson.loads(draw["versions"]), event.version])
    if event.topic == "desk.official_drawn":
        drawn = {"seed": data["seed"], "index": data["index"], "drawn_at": event.occurred_micros}
        draws.put(key, {**draw, **drawn, "versions": versions})
        return
    is_recovered = event.topic == "desk.draw_share_recovered"
    sources = orjson.loads(draw["sources"])
    for source in sources:
        if source["keeper"] == data["keeper"]:
            source.update(revealed=data["link"], recovered=is_recovered)
    draws.put(key, {**draw, "sources": _json(sources), "versions": versions})


def _anchored(chains: Chains, event: Recorded) -> None:
    data = event.data
    told = {name: data[name] for name in ("chain", "anchor", "length")}
    chains[data["keeper"]] = {**told, "promised": 0, "retired": False, "version": event.version}


def _retired(chains: Chains, event: Recorded) -> None:
    chain = chains[event.data["keeper"]]
    if chain["chain"] == event.data["chain"]:
        chain["retired"] = True


def _promised(chains: Chains, event: Recorded) -> None:
    for source in event.data["sources"]:
        chains[source["keeper"]]["promised"] = source["link"]


def _grows(name: str, by: int = 1) -> Callable[[Row, Recorded], Row]:
    return lambda row, _: {name: row[name] + by}


def _one_more(row: Row, event: Recorded) -> Row:
    return {"requested": row["requested"] + 1, "redrawn": row["redrawn"] + (event.data["why"] != "first")}


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


_OF_DESKS: Final[Mapping[str, Callable[[Row, Recorded], Row]]] = {
    "desk.seat_taken": _grows("seats"),
    "desk.seat_left": _grows("seats", -1),
    _REQUESTED: _one_more,
    "desk.draw_share_recovered": _grows("recovered"),
    "desk.official_drawn": _grows("drawn"),
}
_OF_CHAINS: Final[Mapping[str, Callable[[Chains, Recorded], None]]] = {
    "desk.draw_chain_anchored": _anchored,
    "desk.draw_chain_retired": _retired,
    _REQUESTED: _promised,
}
_OF_DRAWS: Final = frozenset(
    {_REQUESTED, "desk.draw_share_revealed", "desk.draw_share_recovered", "desk.official_drawn"}
)
_TOPICS: Final = frozenset({_OPENED, *_OF_DESKS, *_OF_CHAINS, *_OF_DRAWS})

VIEW = View("draws", (_DESKS, _DRAWS), needs, fold)
