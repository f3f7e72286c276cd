"""The public log's settings: how often it is signed, and who witnesses it."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Self

from application.settings import SettingsError, number_above_0
from ledger.public_log.note import COSIGNATURE, NoteError, VerifierKey

_SECONDS: Final = "a number of seconds"
_URL: Final = re.compile(r"https?://[^\s,]+")


class WitnessAddress(NamedTuple):
    """A witness: its key, and the URL below which it answers."""

    key: VerifierKey
    url: str

    @property
    def name(self) -> str:
        """Its name."""
        return self.key.name


class LogSettings(NamedTuple):
    """What an operator may choose.

    Attributes:
        interval: seconds after which new events are signed, unless somebody asks earlier.
        witnesses: the witnesses that are offered each checkpoint.
        patience: seconds for which a checkpoint waits for witnesses before it is published.
        first_pause: seconds after which a witness that refused is asked again; each further refusal doubles the pause.
    """

    interval: float = 1.0
    witnesses: tuple[WitnessAddress, ...] = ()
    patience: float = 1.0
    first_pause: float = 1.0

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read PENCERE_LOG_INTERVAL, PENCERE_LOG_WITNESSES, PENCERE_LOG_WITNESS_PATIENCE.

        Raises:
            SettingsError: one of them makes no sense.
        """
        usual = cls()
        witnesses = tuple(
            _witness(each) for each in (environment.get("PENCERE_LOG_WITNESSES") or "").split(",") if each
        )
        if len({witness.name for witness in witnesses}) < len(witnesses):
            raise SettingsError("PENCERE_LOG_WITNESSES names a witness twice")
        return cls(
            interval=number_above_0(environment, "PENCERE_LOG_INTERVAL", usual.interval, _SECONDS),
            witnesses=witnesses,
            patience=number_above_0(environment, "PENCERE_LOG_WITNESS_PATIENCE", usual.patience, _SECONDS),
        )


def _witness(text: str) -> WitnessAddress:
    vkey, _, url = text.strip().partition(" ")
    try:
        key = VerifierKey.parse(vkey)
    except NoteError as error:
        raise SettingsError(f"PENCERE_LOG_WITNESSES: {error}") from None
    if key.algorithm != COSIGNATURE or not _URL.fullmatch(url.strip()):
        raise SettingsError("PENCERE_LOG_WITNESSES is `VKEY URL, VKEY URL ...`; a witness's key is of type 4")
    return WitnessAddress(key, url.strip().rstrip("/"))
