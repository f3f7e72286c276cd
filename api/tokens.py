"""Verifies bearer tokens (JWT) against the issuers that this process trusts."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from joserfc import jws
from joserfc.errors import JoseError

from api.issuer_keys import IssuerKeys, Key
from api.refusals import TokenRefusedError, check_expiry
from api.token_claims import Claims, Identified, Issued, Seat, SignedToken, claimed, taken_apart
from application.access.callers import Caller, Role
from application.clock import Clock

# Only signatures by public keys: a shared secret, or no signature, is never accepted. EdDSA is the older name of
# Ed25519.
ALGORITHMS = ("Ed25519", "EdDSA", "ES256", "PS256", "RS256")
LEEWAY = timedelta(seconds=10)
MOST_PROVEN = 10_000
"""So many tokens are remembered, so that a holder's next requests do not wait for the same signature again."""

_REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS)
_OF_AN_AGENCY = frozenset({Role.OFFICIAL, Role.AGENCY})
_KNOWN = frozenset({Role.CITIZEN, Role.AUDITOR})  # their tokens may say how registers know them


class _Proven(NamedTuple):
    """A token that was found to be signed by this key: its times, and its holder."""

    keys: IssuerKeys
    key_id: str | None
    key: Key
    claims: Claims
    caller: Caller


class TokenVerifier:
    """Turns a bearer token into a caller.

    Args:
        issuers: the keys of each trusted issuer, by the issuer's name.
        audience: the audience that a token must name.
        clock: the present time.
    """

    def __init__(self, issuers: Mapping[str, IssuerKeys], audience: str, clock: Clock) -> None:
        self._issuers, self._audience, self._clock = issuers, audience, clock
        self._proven: dict[bytes, _Proven] = {}  # by the token's hash: nobody's token is kept

    async def verify(self, token: str) -> Caller:
        """Return the caller that the token names.

        Raises:
            TokenRefusedError: it is malformed, not signed by a trusted issuer, expired or meant for others.
            KeysUnavailableError: the issuer's keys are not available.
        """
        name = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._proven.get(name)
        # The key is asked for each time: a token ends with the key that signed it.
        if known is None or await known.keys.find(known.key_id) is not known.key:
            return self._remembered(name, await self._prove(taken_apart(token)))
        _check_times(known.claims, self._clock().timestamp())
        return known.caller

    async def _prove(self, signed: SignedToken) -> _Proven:
        keys = self._issuers.get(_issuer(signed))
        if keys is None:
            raise TokenRefusedError("token-issuer", "The token's issuer is not trusted here.")
        key = await keys.find(signed.header.kid)
        if key is None:
            raise TokenRefusedError("token-signature", "The token is signed with an unknown key.")
        if not _is_signed(signed, key):
            raise TokenRefusedError("token-signature", "The token's signature does not hold.")
        claims = claimed(Claims, signed.document)
        # Before the rest is looked at: a token that has expired is refused as such, whatever else it says.
        _check_times(claims, self._clock().timestamp())
        return _Proven(keys, signed.header.kid, key, claims, self._caller(claims, signed))

    def _caller(self, claims: Claims, signed: SignedToken) -> Caller:
        if self._audience not in ([claims.aud] if isinstance(claims.aud, str) else claims.aud):
            raise TokenRefusedError("token-audience", "The token is meant for somebody else.")
        role, expires_at = Role(claims.role), claims.exp + LEEWAY.total_seconds()
        # A coordinator acts for an agency as soon as one was named, whose name the token must then say.
        if role not in _OF_AN_AGENCY and not (role is Role.COORDINATOR and signed.document.get("agency") is not None):
            said = claimed(Identified, signed.document) if role in _KNOWN else Identified()
            named = tuple(sorted(said.identifiers.items()))
            firms = said.organisations if role is Role.CITIZEN else ()
            proved = tuple(sorted({(each.element, each.value) for each in firms}))
            return Caller(claims.iss, claims.sub, role, expires_at=expires_at, identifiers=named, organisations=proved)
        seat = claimed(Seat, signed.document)
        desks = None if seat.desks is None or role is not Role.OFFICIAL else frozenset(seat.desks)
        return Caller(claims.iss, claims.sub, role, seat.agency, desks, expires_at)

    def _remembered(self, name: bytes, proven: _Proven) -> Caller:
        self._proven.pop(name, None)  # else it would keep its old place, and be the next to be forgotten
        self._proven[name] = proven
        if len(self._proven) > MOST_PROVEN:
            del self._proven[next(iter(self._proven))]  # the one that was proved first
        return proven.caller


def _issuer(signed: SignedToken) -> str:
    try:
        return claimed(Issued, signed.document).iss
    except TokenRefusedError:
        return ""


def _is_signed(signed: SignedToken, key: Key) -> bool:
    """Return whether the key has signed these exact bytes. The library sees only the checked part of the header."""
    compact = jws.CompactSignature({"alg": signed.header.alg}, b"")
    compact.segments.update(
        {"header": signed.header_segment, "payload": signed.payload_segment, "signature": signed.signature_segment}
    )
    try:
        return jws.validate_compact(compact, key, registry=_REGISTRY)
    except (JoseError, ValueError):
        return False


def _check_times(claims: Claims, now: float) -> None:
    """Check that the token is valid at this moment."""
    leeway = LEEWAY.total_seconds()
    check_expiry(claims.exp + leeway, now)
    if max(claims.nbf or 0, claims.iat or 0) - leeway > now:
        raise TokenRefusedError("token-not-yet", "The token is not valid yet.")
