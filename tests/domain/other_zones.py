"""Gives this machine other time zone rules than the machine had that wrote a ledger."""

import zoneinfo
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import pack


@contextmanager
def other_time_zones(folder: Path, zones: Collection[str], hours: int) -> Iterator[None]:
    """Set the clocks of these zones so many hours behind UTC, in all years."""
    for name in zones:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_compiled(hours))
    usual = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([folder])
    zoneinfo.ZoneInfo.clear_cache()
    try:
        yield
    finally:
        zoneinfo.reset_tzpath(usual)
        zoneinfo.ZoneInfo.clear_cache()


def _compiled(hours: int) -> bytes:
    """Return a zone without any change of clocks, as zic writes it (RFC 8536, version 1)."""
    counts = pack(">6l", 0, 0, 0, 0, 1, 4)
    return b"TZif" + bytes(16) + counts + pack(">lbb", hours * 3600, 0, 0) + b"XXX\0"
