"""Settings, from the environment and the command line; a good default for each."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple, Self
from urllib.parse import urlsplit

HERE_OR_APART: Final = ("here", "apart")  # beside `serve`, or as a process of its own
MADE_UP_ORIGIN: Final = "pencere.invalid/log"
MADE_UP_PUBLIC_URL: Final = "https://pencere.invalid"
_NUMBER: Final = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?")
_PUBLIC_URL: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")
_PLACE: Final = re.compile(
    r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/([A-Za-z0-9._~:@!$&'()*+,;=/?-]|%[0-9A-Fa-f]{2})*)?(#[A-Za-z0-9._~-]+)?"
)
_ORIGIN: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*")


class Settings(NamedTuple):
    """How this process runs.

    `data` holds the embedded databases, the key-encryption key and the role passwords. `database_url` and `vault_url`,
    when given, are used instead of the embedded databases. In production mode only tokens of `oidc_issuer` are
    accepted. `log_origin` is the permanent name of the public log; `log_key` is the folder of the key that signs it, if
    that is not below `data`. `public_url` is where everybody reaches the window: the beginning of the addresses of what
    the catalogue describes. `place` is the address of the place that its agencies act in.
    """

    data: Path
    database_url: str | None
    vault_url: str | None
    production: bool
    oidc_issuer: str | None
    oidc_jwks: str | None
    oidc_audience: str
    log_origin: str = MADE_UP_ORIGIN
    log_key: Path | None = None
    public_url: str | None = None
    place: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str], data: Path | None = None) -> Self:
        """Read the settings.

        Raises:
            SettingsError: a setting is missing or makes no sense; the text names it.
        """
        mode = environment.get("PENCERE_MODE", "development")
        if mode not in {"development", "production"}:
            raise SettingsError(f"PENCERE_MODE is development or production, not {mode!r}")
        settings = cls(
            data=data or Path(environment.get("PENCERE_DATA") or default_data_folder(environment)),
            database_url=environment.get("DATABASE_URL") or None,
            vault_url=environment.get("VAULT_URL") or None,
            production=mode == "production",
            oidc_issuer=environment.get("PENCERE_OIDC_ISSUER") or None,
            oidc_jwks=environment.get("PENCERE_OIDC_JWKS") or None,
            oidc_audience=environment.get("PENCERE_OIDC_AUDIENCE") or "pencere",
            log_origin=environment.get("PENCERE_LOG_ORIGIN") or MADE_UP_ORIGIN,
            log_key=Path(environment["PENCERE_LOG_KEY"]) if environment.get("PENCERE_LOG_KEY") else None,
            public_url=environment.get("PENCERE_PUBLIC_URL") or None,
            place=environment.get("PENCERE_PLACE") or None,
        )
        if (settings.database_url is None) != (settings.vault_url is None):
            raise SettingsError("set both DATABASE_URL and VAULT_URL, or neither for the embedded databases")
        if settings.production and not (settings.oidc_issuer and settings.oidc_jwks):
            raise SettingsError("PENCERE_MODE=production needs PENCERE_OIDC_ISSUER and PENCERE_OIDC_JWKS")
        if settings.oidc_jwks and not is_place_of_keys(settings.oidc_jwks):
            raise SettingsError("PENCERE_OIDC_JWKS is a file or an https address (http only on this machine)")
        if not _ORIGIN.fullmatch(settings.log_origin):
            raise SettingsError("PENCERE_LOG_ORIGIN is where the log is served, without https:// and a last slash")
        if settings.public_url and not _PUBLIC_URL.fullmatch(settings.public_url):
            raise SettingsError("PENCERE_PUBLIC_URL is where the window is reached: https://HOST, without a last slash")
        if settings.place and not _PLACE.fullmatch(settings.place):
            raise SettingsError("PENCERE_PLACE is the address of a country or place in a list of them: https://...")
        return settings

    @property
    def log_folder(self) -> Path:
        """The folder with the public log's signing key and the record of what the key signed last."""
        return self.log_key or self.data / "log-key"


class SettingsError(Exception):
    """A setting is missing or makes no sense; the text names it."""


def is_place_of_keys(place: str) -> bool:
    """Return whether an issuer's keys may come from there: a file, or an address that nobody on the way can be."""
    try:
        parts = urlsplit(place)
    except ValueError:
        return False
    is_own_machine = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return parts.scheme in {"", "https"} or (parts.scheme == "http" and is_own_machine)


def number_above_0(
    environment: Mapping[str, str], name: str, usual: float, what: str = "a number", *, whole: bool = False
) -> float:
    """Return a setting that is a number, or its default.

    Raises:
        SettingsError: it is not a number above 0.
    """
    given = environment.get(name) or str(usual)
    if not _NUMBER.fullmatch(given) or float(given) == 0 or (whole and "." in given):
        raise SettingsError(f"{name} is {what} above 0, not {given!r}")
    return float(given)


def one_of(environment: Mapping[str, str], name: str, choices: tuple[str, str], usual: str) -> str:
    """Return a setting that is one of two words, or its default.

    Raises:
        SettingsError: it is neither of them.
    """
    chosen = environment.get(name) or usual
    if chosen not in choices:
        raise SettingsError(f"{name} is {' or '.join(choices)}, not {chosen!r}")
    return chosen


def default_data_folder(environment: Mapping[str, str]) -> Path:
    """Return /var/lib/pencere for root (the database's account must reach it), else the XDG data folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/pencere")
    home = environment.get("XDG_DATA_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".local" / "share"
    return Path(home) / "pencere"
