"""The development issuer: signs tokens for anybody who can read the data folder. Refused in production."""

import contextlib
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import orjson
from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import TypeAdapter, ValidationError

from api.issuer_keys import IssuerKeys
from api.token_claims import LONGEST, ExactName
from application.access.callers import Role
from application.settings import Settings, SettingsError
from domain.values import Element, Slug

ISSUER = "https://pencere.invalid/development"
KEY_FILE = "development-issuer.json"
_ALGORITHM = "Ed25519"
_SLUG: Final = "it has small letters and digits, with single hyphens between them"
_TAKEN: Final[Mapping[str, tuple[TypeAdapter[Any], str]]] = MappingProxyType(
    {
        "subject": (
            TypeAdapter(ExactName),
            "it has 1 to 255 characters, no control characters, and no space around it",
        ),
        "agency": (TypeAdapter(Slug | None), _SLUG),
        "desk": (TypeAdapter(list[Slug] | None), _SLUG),
        "identifier": (
            TypeAdapter(dict[Element, ExactName]),
            "it is an element and a value, such as person.number=AZE0000001",
        ),
        "organisation": (
            TypeAdapter(list[tuple[Element, ExactName]]),
            "it is an element and a value, such as organisation.number=0000001",
        ),
    }
)


def development_keys(settings: Settings) -> IssuerKeys:
    """Return the public key of the development issuer.

    Raises:
        SettingsError: in production mode.
    """
    key = _key(settings)
    public = OKPKey.import_key(key.as_dict(private=False))
    return IssuerKeys(None, {public.kid: public})


def issue_token(  # noqa: PLR0913 - what a token says
    settings: Settings,
    role: Role,
    subject: str,
    *,
    now: datetime,
    agency: str | None = None,
    desks: Sequence[str] = (),
    identifiers: Mapping[str, str] = MappingProxyType({}),
    organisations: Sequence[tuple[str, str]] = (),
    lifetime: timedelta = timedelta(hours=12),
) -> str:
    """Return a token signed by the development issuer.

    Raises:
        SettingsError: in production mode.
        ValueError: the role needs an agency, or the window would refuse such a token; the text names what is wrong.
    """
    key = _key(settings)
    if role is Role.ANYONE:
        raise ValueError("anyone needs no token")
    if role in {Role.OFFICIAL, Role.AGENCY} and not agency:
        raise ValueError(f"a token for the role {role.value} needs an agency")
    given: dict[str, object] = {"subject": subject, "agency": agency or None, "desk": [*desks] or None}
    given |= {"identifier": {**identifiers}, "organisation": [*organisations]}
    for name, value in given.items():
        _check(name, value)
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": settings.oidc_audience,
        "sub": subject,
        "role": role.value,
        "iat": int(now.timestamp()),
        "exp": int((now + lifetime).timestamp()),
    }
    if agency:
        claims["agency"] = agency
    if desks:
        claims["desks"] = list(desks)
    if identifiers:
        claims["identifiers"] = dict(identifiers)
    if organisations:
        claims["organisations"] = [{"element": element, "value": value} for element, value in organisations]
    made = jwt.encode({"alg": _ALGORITHM, "kid": key.kid}, claims, key, algorithms=[_ALGORITHM])
    if len(made) > LONGEST:
        raise ValueError("a token with so many desks is too long")
    return made


def _check(name: str, given: object) -> None:
    kind, rule = _TAKEN[name]
    try:
        kind.validate_python(given, strict=True)
    except ValidationError:
        raise ValueError(f"no token is accepted with such a --{name}: {rule}") from None


def _key(settings: Settings) -> OKPKey:
    if settings.production:
        raise SettingsError("the development issuer does not exist in production mode")
    kept = settings.data / KEY_FILE
    if not kept.exists():
        _make(kept)
    return OKPKey.import_key(orjson.loads(kept.read_bytes()))


def _make(kept: Path) -> None:
    made = OKPKey.generate_key("Ed25519", {"kid": f"development-{secrets.token_hex(8)}", "use": "sig"}, private=True)
    beside = kept.with_name(f".{KEY_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    beside.touch(mode=0o600, exist_ok=False)
    beside.write_bytes(orjson.dumps(made.as_dict(private=True)))
    # The commit point: if two processes make a key at the same time, the first wins and both use its key.
    with contextlib.suppress(FileExistsError):
        os.link(beside, kept)
    beside.unlink()
