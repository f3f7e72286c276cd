"""Who calls: verifies bearer tokens (JWT) against the issuers that this process trusts."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import orjson
from joserfc import jws
from joserfc.errors import JoseError

from api.issuer_keys import IssuerKeys
from api.refusals import TokenRefusedError
from application.callers import Caller, Role
from application.clock import Clock

# Signatures by public keys only: a shared secret, or none, is never accepted. EdDSA is the older name of Ed25519.
ALGORITHMS = ("Ed25519", "EdDSA", "ES256", "PS256", "RS256")
LEEWAY = timedelta(seconds=10)
_REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_TYPES = frozenset({None, "JWT", "at+jwt", "application/at+jwt"})
_LONGEST = 8192
_LONGEST_SUBJECT = 255
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_OF_AN_AGENCY = frozenset({Role.OFFICIAL, Role.AGENCY})


class Claims(NamedTuple):
    """What a signed token claims, before it is judged."""

    document: Mapping[str, Any]
    now: float

    def text(self, name: str) -> str:
        """Return a claim that must be a text and not empty."""
        value = self.document.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_SUBJECT:
            raise TokenRefusedError("token-claims", f"The token lacks a usable claim {name!r}.")
        return value

    def instant(self, name: str) -> float | None:
        """Return a claim that must be a number of seconds since 1970, or None."""
        value = self.document.get(name)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        raise TokenRefusedError("token-claims", f"The token's claim {name!r} is not an instant.")


class TokenVerifier:
    """Turns a bearer token into a caller.

    Args:
        issuers: the keys of each issuer that is trusted, by the issuer's name.
        audience: what the token must be meant for.
        clock: the present time.
    """

    def __init__(self, issuers: Mapping[str, IssuerKeys], audience: str, clock: Clock) -> None:
        self._issuers, self._audience, self._clock = issuers, audience, clock

    async def verify(self, token: str) -> Caller:
        """Return who the token says calls.

        Raises:
            TokenRefusedError: it is malformed, not signed by a trusted issuer, expired or meant for others.
            KeysUnavailableError: the issuer's keys cannot be had.
        """
        signed, document = _taken_apart(token)
        issuer = document.get("iss")
        keys = self._issuers.get(issuer) if isinstance(issuer, str) else None
        if keys is None:
            raise TokenRefusedError("token-issuer", "The token's issuer is not trusted here.")
        key = await keys.find(signed.protected.get("kid"))
        if key is None:
            raise TokenRefusedError("token-signature", "The token is signed with an unknown key.")
        try:
            is_signed = jws.validate_compact(signed, key, registry=_REGISTRY)
        except (JoseError, ValueError):
            is_signed = False
        if not is_signed:
            raise TokenRefusedError("token-signature", "The token's signature does not hold.")
        return self._caller(Claims(document, self._clock().timestamp()))

    def _caller(self, claims: Claims) -> Caller:
        _check_times(claims)
        audience = claims.document.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise TokenRefusedError("token-audience", "The token is meant for somebody else.")
        try:
            role = Role(claims.text("role"))
        except ValueError:
            role = Role.ANYONE
        if role is Role.ANYONE:
            raise TokenRefusedError("token-claims", "The token's role is not one of the window's.")
        agency = claims.text("agency") if role in _OF_AN_AGENCY else None
        if agency is not None and not _SLUG.fullmatch(agency):
            raise TokenRefusedError("token-claims", "The token's agency is not an agency's short name.")
        return Caller(claims.text("iss"), claims.text("sub"), role, agency, _desks(claims, role))


def _taken_apart(token: str) -> tuple[jws.CompactSignature, Mapping[str, Any]]:
    if len(token) > _LONGEST:
        raise TokenRefusedError("token-form", "The token is too long.")
    try:
        signed = jws.extract_compact(token.encode())
        document = orjson.loads(signed.payload)
    except (JoseError, ValueError, TypeError):
        raise TokenRefusedError("token-form", "This is not a signed token.") from None  # no cause: it holds the token
    if not isinstance(document, dict) or signed.protected.get("typ") not in _TYPES:
        raise TokenRefusedError("token-form", "This is not an access token.")
    return signed, document


def _check_times(claims: Claims) -> None:
    leeway = LEEWAY.total_seconds()
    expires, begins, issued = claims.instant("exp"), claims.instant("nbf"), claims.instant("iat")
    if expires is None:
        raise TokenRefusedError("token-claims", "The token lacks a usable claim 'exp'.")
    if expires + leeway <= claims.now:
        raise TokenRefusedError("token-expired", "The token has expired.")
    if max(begins or 0, issued or 0) - leeway > claims.now:
        raise TokenRefusedError("token-not-yet", "The token is not valid yet.")


def _desks(claims: Claims, role: Role) -> frozenset[str]:
    desks = claims.document.get("desks") or []
    if not isinstance(desks, list) or not all(isinstance(desk, str) and _SLUG.fullmatch(desk) for desk in desks):
        raise TokenRefusedError("token-claims", "The token's desks are not a list of desks' short names.")
    return frozenset(desks) if role is Role.OFFICIAL else frozenset()
