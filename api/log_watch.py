"""The state of the public log, for monitoring: how far it is signed, who has witnessed it, what is wrong."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ledger.public_log.public_log import Alarm, PublicLog


class LogStanding(NamedTuple):
    """The last checkpoint's size and time (seconds since 1970), each witness's size, and the alarms."""

    size: int
    signed_at: float
    witnesses: Mapping[str, int]
    alarms: Sequence[Alarm]


async def watched_log(log: PublicLog) -> LogStanding:
    """Return the state of the log; before the first checkpoint, its size and time are 0."""
    latest = await log.latest()
    size, signed_at = (latest.head.size, latest.signed_at / 1_000_000) if latest else (0, 0.0)
    return LogStanding(size, signed_at, await log.witnesses(), await log.alarms())
