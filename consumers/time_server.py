"""Asks a time server what time it is: SNTP (RFC 4330), one packet there and one back.

The library for it, `ntplib`, has had no release since 2021, blocks, and takes an answer for ours without looking at the
time that it says it answers.
"""

import asyncio
import re
import secrets
import struct
from collections.abc import Mapping
from typing import Final, NamedTuple, Self

from application.settings import SettingsError

WAIT: Final = 2.0
"""Seconds for the look-up of the name and the answer; meanwhile the reactions to events wait too."""

_SETTING: Final = "PENCERE_TIME_SERVER"
_PLACE: Final = re.compile(r"(?:(?P<name>[A-Za-z0-9._-]+)|\[(?P<address>[0-9A-Fa-f:.]+)\])(?::(?P<port>[0-9]{1,5}))?")
_PORT: Final = 123
_LAST_PORT: Final = 65_535
_PACKET: Final = struct.Struct("!BBBb11I")
_ASKS: Final = 0x23  # version 4, mode 3: a client
_SERVER, _UNSYNCHRONISED, _FURTHEST = 4, 3, 15
# Seconds of RFC 4330 begin in 1900, and where the first bit is 0 in 2036 (its section 3).
_ERAS: Final = (2_085_978_496, -2_208_988_800)
_SENSIBLE_FROM: Final = 1_767_225_600  # 2026: Pencere has no event that is older


class TimeServer(NamedTuple):
    """A time server, by its name or address."""

    host: str
    port: int = _PORT

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self | None:
        """Read PENCERE_TIME_SERVER, `HOST` or `HOST:PORT`; None where it is not set.

        Raises:
            SettingsError: it makes no sense.
        """
        given = environment.get(_SETTING)
        if not given:
            return None
        parts = _PLACE.fullmatch(given)
        port = int((parts and parts["port"]) or _PORT)
        if parts is None or not 0 < port <= _LAST_PORT:
            raise SettingsError(f"{_SETTING} is HOST or HOST:PORT, not {given!r}")
        return cls(parts["name"] or parts["address"], port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    async def ask(self, wait: float = WAIT) -> int | None:
        """Return the time that it says, in microseconds since 1970; None when no answer that can be used has come.

        What makes no sense, or answers somebody else, is passed over: the answer may come after it.
        """
        # No time of ours: a server needs none, and nobody who does not see our question can answer it.
        asked = secrets.token_bytes(8)
        question = _PACKET.pack(_ASKS, *(0,) * 14)[:-8] + asked
        loop = asyncio.get_running_loop()
        answers = _Answers(asked, loop.create_future())
        try:
            async with asyncio.timeout(wait):
                line, _ = await loop.create_datagram_endpoint(lambda: answers, remote_addr=(self.host, self.port))
                try:
                    line.sendto(question)
                    return await answers.first
                finally:
                    line.close()
        except (OSError, UnicodeError):  # a time-out is one too; a name that is none is the other
            return None


class _Answers(asyncio.DatagramProtocol):
    """What comes back."""

    def __init__(self, asked: bytes, first: asyncio.Future[int]) -> None:
        self._asked, self.first = asked, first

    def datagram_received(self, data: bytes, _: object) -> None:
        """Take the first answer that can be used."""
        said = said_by(data, self._asked)
        if said is not None and not self.first.done():
            self.first.set_result(said)

    def error_received(self, error: Exception) -> None:
        """Nobody listens there."""
        if not self.first.done():
            self.first.set_exception(error)


def said_by(data: bytes, asked: bytes) -> int | None:
    """Return the time that an answer to the question says, in microseconds since 1970; None when it makes no sense."""
    if len(data) < _PACKET.size:
        return None
    first, stratum, _, _, *words = _PACKET.unpack(data[: _PACKET.size])
    is_fit = first & 7 == _SERVER and first >> 6 != _UNSYNCHRONISED and 0 < stratum <= _FURTHEST
    if not is_fit or data[24:32] != asked or not any(data[40:48]):
        return None
    came, left = (_instant(*words[at : at + 2]) for at in (7, 9))
    return left if _SENSIBLE_FROM * 1_000_000 <= came <= left else None


def _instant(seconds: int, fraction: int) -> int:
    return (seconds + _ERAS[seconds >> 31]) * 1_000_000 + (fraction * 1_000_000 >> 32)
