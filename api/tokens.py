"""Verifies bearer tokens (JWT) against the issuers that this process trusts."""

from collections.abc import Mapping
from datetime import timedelta

from joserfc import jws
from joserfc.errors import JoseError

from api.issuer_keys import IssuerKeys, Key
from api.refusals import TokenRefusedError, check_expiry
from api.token_claims import Claims, Issued, Seat, SignedToken, claimed, taken_apart
from application.access.callers import Caller, Role
from application.clock import Clock

# Only signatures by public keys: a shared secret, or no signature, is never accepted. EdDSA is the older name of
# Ed25519.
ALGORITHMS = ("Ed25519", "EdDSA", "ES256", "PS256", "RS256")
LEEWAY = timedelta(seconds=10)
_REGISTRY = jws.JWSRegistry(algorithms=ALGORITHMS)
_OF_AN_AGENCY = frozenset({Role.OFFICIAL, Role.AGENCY})


class TokenVerifier:
    """Turns a bearer token into a caller.

    Args:
        issuers: the keys of each trusted issuer, by the issuer's name.
        audience: the audience that a token must name.
        clock: the present time.
    """

    def __init__(self, issuers: Mapping[str, IssuerKeys], audience: str, clock: Clock) -> None:
        self._issuers, self._audience, self._clock = issuers, audience, clock

    async def verify(self, token: str) -> Caller:
        """Return the caller that the token names.

        Raises:
            TokenRefusedError: it is malformed, not signed by a trusted issuer, expired or meant for others.
            KeysUnavailableError: the issuer's keys are not available.
        """
        signed = taken_apart(token)
        keys = self._issuers.get(_issuer(signed))
        if keys is None:
            raise TokenRefusedError("token-issuer", "The token's issuer is not trusted here.")
        key = await keys.find(signed.header.kid)
        if key is None:
            raise TokenRefusedError("token-signature", "The token is signed with an unknown key.")
        if not _is_signed(signed, key):
            raise TokenRefusedError("token-signature", "The token's signature does not hold.")
        return self._caller(signed)

    def _caller(self, signed: SignedToken) -> Caller:
        claims = claimed(Claims, signed.document)
        expires_at = _checked_times(claims, self._clock().timestamp())
        if self._audience not in ([claims.aud] if isinstance(claims.aud, str) else claims.aud):
            raise TokenRefusedError("token-audience", "The token is meant for somebody else.")
        role = Role(claims.role)
        if role not in _OF_AN_AGENCY:
            return Caller(claims.iss, claims.sub, role, expires_at=expires_at)
        seat = claimed(Seat, signed.document)
        desks = frozenset(seat.desks or ()) if role is Role.OFFICIAL else frozenset[str]()
        return Caller(claims.iss, claims.sub, role, seat.agency, desks, expires_at)


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


def _checked_times(claims: Claims, now: float) -> float:
    """Return the moment at which the token expires."""
    leeway = LEEWAY.total_seconds()
    check_expiry(claims.exp + leeway, now)
    if max(claims.nbf or 0, claims.iat or 0) - leeway > now:
        raise TokenRefusedError("token-not-yet", "The token is not valid yet.")
    return claims.exp + leeway
