"""Where a subscription begins on a partition on which it has no place yet."""

from datetime import UTC, datetime
from typing import Final, NamedTuple, Self

from pencere_subscriber.errors import SettingsError


class Start(NamedTuple):
    """Where to begin: at one end, at a position of the ledger, or at a moment; `Start()` is the beginning."""

    latest: bool = False
    position: int | None = None
    moment: datetime | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the start that `earliest`, `latest`, `position:N`, or an ISO 8601 date or moment (default UTC) means.

        Raises:
            SettingsError: it is none of them.
        """
        if text in {"earliest", "latest"}:
            return cls(latest=text == "latest")
        kind, _, number = text.partition(":")
        if kind == "position" and number.isdecimal():
            return cls(position=int(number))
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise SettingsError(f"{text!r} is neither earliest nor latest nor position:N nor a date") from None
        return cls(moment=moment if moment.tzinfo else moment.replace(tzinfo=UTC))


EARLIEST: Final = Start()
LATEST: Final = Start(latest=True)
