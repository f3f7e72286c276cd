"""What an attacker with all rights in the database can do to it, and the first event that then differs."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Final, NamedTuple, TypeAlias

from ledger.public_log.tiles import ENTRIES, WIDTH
from ledger.store.entries import StoredEntry

Build: TypeAlias = Callable[[Random, int, int], "Tampering"]
"""Takes random numbers, the last signed event and the last event, and returns a tampering."""


class Tampering(NamedTuple):
    """Statements for a superuser. `at` is the first bad event; `checks` names the checks that may find it."""

    statements: tuple[str, ...]
    at: int
    checks: frozenset[str] = frozenset({"leaf"})


_GONE: Final = frozenset({"position"})
_ENDS: Final = frozenset({"tree"})
_LEAVES: Final = frozenset({"leaf", "time", "schema"})
_TILES: Final = frozenset({"tile"})
_ANY_SALT: Final = "ALTER TABLE ledger.events DROP CONSTRAINT events_salt_check"
_ANY_VERSION: Final = "ALTER TABLE ledger.events DROP CONSTRAINT events_version_check"
_ANY_POSITION: Final = "ALTER TABLE ledger.events DROP CONSTRAINT events_pkey"


def _set(column: str, value: str, at: int) -> str:
    return f"UPDATE ledger.events SET {column} = {value} WHERE position = {at}"


def _byte(column: str) -> Build:
    """Change one byte of a column, wherever it is."""

    def build(random: Random, signed: int, _last: int) -> Tampering:
        at, mask = random.randint(1, signed), random.randrange(1, 256)
        place = f"({random.getrandbits(30)} % length({column}))"
        return Tampering((_set(column, f"set_byte({column}, {place}, get_byte({column}, {place}) # {mask})", at),), at)

    return build


def _sealed(random: Random, signed: int, _last: int) -> Tampering:
    """Change a byte of a sealed part, or add one to an event that has none."""
    at, mask = random.randint(1, signed), random.randrange(1, 256)
    place = f"({random.getrandbits(30)} % length(sealed))"
    changed = f"set_byte(sealed, {place}, get_byte(sealed, {place}) # {mask})"
    return Tampering((_set("sealed", f"CASE length(sealed) WHEN 0 THEN '\\x00' ELSE {changed} END", at),), at)


def _rewritten(random: Random, signed: int, _last: int) -> Tampering:
    at = random.randint(1, signed)
    return Tampering((_set("open", "open || open", at),), at)


def _time(random: Random, signed: int, _last: int) -> Tampering:
    at, by = random.randint(1, signed), random.choice((-1, 1, 10**6, -(10**9), 86_400 * 10**6))
    # With a later time, the next event goes back in time; with an earlier one, this event does.
    return Tampering((_set("recorded_at", f"recorded_at + {by}", at),), at, _LEAVES)


def _topic(random: Random, signed: int, _last: int) -> Tampering:
    at, topic = random.randint(1, signed), random.choice(("case.closed", "case.decided", "service.published", "x"))
    return Tampering((_set("topic", f"CASE topic WHEN '{topic}' THEN 'case.reopened' ELSE '{topic}' END", at),), at)


def _version(random: Random, signed: int, last: int) -> Tampering:
    at = random.randint(1, signed)
    return Tampering((_set("version", f"version + {last + random.randint(1, 9)}", at),), at)


def _stream(random: Random, signed: int, _last: int) -> Tampering:
    at = random.randint(1, signed)
    return Tampering((_set("stream", "gen_random_uuid()", at),), at)


def _salt_cut(random: Random, signed: int, _last: int) -> Tampering:
    at = random.randint(1, signed)
    return Tampering((_ANY_SALT, _set("salt", f"substr(salt, 1, {random.randrange(32)})", at)), at, _LEAVES)


def _negative(random: Random, signed: int, _last: int) -> Tampering:
    at, column = random.randint(1, signed), random.choice(("version", "recorded_at"))
    return Tampering((_ANY_VERSION, _set(column, f"-1 - {column}", at)), at, _LEAVES)


def _nothing(random: Random, signed: int, _last: int) -> Tampering:
    """Leave a field empty."""
    at, column = random.randint(1, signed), random.choice(StoredEntry._fields[1:])
    allowed = f"ALTER TABLE ledger.events ALTER COLUMN {column} DROP NOT NULL"
    return Tampering((allowed, _set(column, "NULL", at)), at, _LEAVES)


def _swap(random: Random, signed: int, last: int) -> Tampering:
    first, second = sorted(random.sample(range(1, last + 1), 2))
    if first > signed:
        first = random.randint(1, signed)
    moves = ((first, -1), (second, first), (-1, second))
    return Tampering(tuple(_set("position", str(there), here) for here, there in moves), first, _LEAVES)


def _delete(random: Random, signed: int, _last: int) -> Tampering:
    at = random.randint(1, signed)
    return Tampering((f"DELETE FROM ledger.events WHERE position = {at}",), at, _GONE)


def _close_up(random: Random, signed: int, _last: int) -> Tampering:
    """Delete an event and move all later ones up."""
    at = random.randint(1, signed)
    statements = (
        f"DELETE FROM ledger.events WHERE position = {at}",
        *_moved(at + 1, -1),
        "UPDATE ledger.head SET position = position - 1",
    )
    return Tampering(statements, at, _LEAVES)


def _insert(random: Random, signed: int, _last: int) -> Tampering:
    """Move the later events and insert a forged one, with the time of the event after it."""
    at = random.randint(1, signed)
    forged = (
        "INSERT INTO ledger.events SELECT position - 1, gen_random_uuid(), 1, recorded_at, topic,"
        f" sha256('{random.random()}'), open, sealed FROM ledger.events WHERE position = {at + 1}"
    )
    statements = (*_moved(at, 1), forged, "UPDATE ledger.head SET position = position + 1")
    return Tampering(statements, at)


def _moved(first: int, by: int) -> tuple[str, str]:
    return (
        f"UPDATE ledger.events SET position = -position WHERE position >= {first}",
        f"UPDATE ledger.events SET position = -position + {by} WHERE position < 0",
    )


def _second(random: Random, signed: int, _last: int) -> Tampering:
    """Insert a forged event beside another, at the same position."""
    at = random.randint(1, signed)
    forged = (
        "INSERT INTO ledger.events SELECT position, gen_random_uuid(), 1, recorded_at, topic,"
        f" sha256('{random.random()}'), open, sealed FROM ledger.events WHERE position = {at}"
    )
    return Tampering((_ANY_POSITION, forged), at, _GONE)


def _renumber(random: Random, signed: int, _last: int) -> Tampering:
    """Give an event the position of the one before it: there are as many events as before up to every later one."""
    at = random.randint(1, signed - 1)
    return Tampering((_ANY_POSITION, _set("position", str(at), at + 1)), at, _GONE)


def _cut(random: Random, signed: int, _last: int) -> Tampering:
    """Delete everything from an event on, without a change of the head."""
    at = random.randint(1, signed)
    return Tampering(_tail_from(at), at, _ENDS)


def _last_one(_random: Random, signed: int, _last: int) -> Tampering:
    return Tampering(_tail_from(signed), signed, _ENDS)


def _tail_from(at: int) -> tuple[str, str]:
    return (
        f"DELETE FROM ledger.events WHERE position >= {at}",
        f"UPDATE ledger.head SET position = {at - 1}",
    )


EVENTS: Final[Mapping[str, Build]] = {
    "a byte of an open part": _byte("open"),
    "an open part, whole": _rewritten,
    "a byte of a sealed part": _sealed,
    "a byte of a salt": _byte("salt"),
    "a salt, cut off": _salt_cut,
    "a time": _time,
    "a topic": _topic,
    "a version": _version,
    "a stream": _stream,
    "a version or a time, negative": _negative,
    "a field, left empty": _nothing,
    "two positions, exchanged": _swap,
    "an event, deleted": _delete,
    "an event, deleted, and the gap closed": _close_up,
    "an event, forged and inserted": _insert,
    "an event, forged beside another": _second,
    "a position, that of the event before": _renumber,
    "the last event that is signed, deleted": _last_one,
    "the whole tail, deleted": _cut,
}
"""Each kind of change to the events."""


def _tile(random: Random, signed: int, _last: int) -> Tampering:
    """Change one event's hash in a tile of the database; that event is the first bad one."""
    at, level = random.randint(1, signed), random.choice((0, ENTRIES))
    place = 32 * ((at - 1) % WIDTH) + random.randrange(32)
    byte = f"set_byte(content, {place}, get_byte(content, {place}) # {random.randrange(1, 256)})"
    where = f"level = {level} AND number = {(at - 1) // WIDTH}"
    return Tampering((f"UPDATE log.tiles SET content = {byte} WHERE {where}",), at, _TILES)


def _tile_and_event(random: Random, signed: int, last: int) -> Tampering:
    """Change an event and the tile with its entry, so that the tile no longer shows the change."""
    event, tile = _byte("salt")(random, signed, last), _tile(random, signed, last)
    return Tampering((*event.statements, *tile.statements), min(event.at, tile.at), _TILES | _LEAVES)


TILES: Final[Mapping[str, Build]] = {"a tile": _tile, "a tile and an event": _tile_and_event}
"""Each kind of change to data that are derived from the events."""
