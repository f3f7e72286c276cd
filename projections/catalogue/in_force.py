"""The parts of statements that find which version of a service may be asked for, at a position and on a local day.

The statements name what they ask by `asked` (upto, days, zones, utc_day) and the service by `s`. Of a service with
hundreds of versions each part reads as many rows as of one with a single version.
"""

from collections.abc import Sequence
from datetime import UTC
from typing import Final, TypeAlias

from domain.case.deadlines import local_date
from ledger.postgresql.arrays import BinaryArray, int8s, texts
from projections.as_of import Then
from projections.reading import ViewReader

ASKED: Final = "(SELECT %b AS upto, %b AS days, %b AS zones, %b AS utc_day) AS asked"
"""What is asked for; `when` returns the parameters."""

TODAY: Final = """
 CROSS JOIN LATERAL (
    SELECT coalesce(asked.days[array_position(asked.zones, (
               SELECT a.time_zone FROM catalogue.agencies a WHERE a.agency = s.agency))],
           asked.utc_day) AS day OFFSET 0) today"""
LAST: Final = """
    SELECT l.number, l.published_in, l.after_withdrawal,
           l.status = 'withdrawn' AND l.ended_in <= asked.upto AS is_withdrawn FROM catalogue.versions l
     WHERE l.stream = s.stream AND l.published_in <= asked.upto ORDER BY l.published_in DESC LIMIT 1"""
"""The version that was published last, which a withdrawal ends with all before it."""

FROM_ITS_DAY: Final = """
    SELECT * FROM catalogue.versions v
     WHERE v.stream = s.stream AND v.published_in <= last.published_in AND v.published_in > last.after_withdrawal
       AND NOT last.is_withdrawn AND (v.valid_from IS NULL OR v.valid_from <= today.day)
     ORDER BY v.published_in DESC LIMIT 1"""
"""The last published version whose first day has come; it still may be asked for if `STILL` is true."""

STILL: Final = "(v.valid_to IS NULL OR v.valid_to >= today.day)"
IN_FORCE: Final = f"""{TODAY}
 CROSS JOIN LATERAL ({LAST}) last
 CROSS JOIN LATERAL ({FROM_ITS_DAY}) v"""
"""Joins the version `v` that may be asked for, with the condition `STILL`."""

Asked: TypeAlias = tuple[int, BinaryArray, BinaryArray, int]

_MOST_ZONES = 2000  # the IANA database has 600
ZONES: Final = "SELECT time_zone FROM catalogue.zones WHERE time_zone > %b ORDER BY time_zone LIMIT %b"


async def when(reader: ViewReader, then: Then) -> Asked:
    """Return the parameters of `ASKED`: the position, the dates at the instant in the agencies' zones, and in UTC."""
    zones: Sequence[str] = [zone for (zone,) in await reader.fetch(ZONES, ["", _MOST_ZONES])]
    days = int8s([local_date(then.instant, zone).toordinal() for zone in zones])
    return then.position, days, texts(zones), then.instant.astimezone(UTC).date().toordinal()
