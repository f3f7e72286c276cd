"""Spoils an answer on purpose, in one of the ways that the window must find."""

import base64
from datetime import datetime

from joserfc.jwk import OKPKey

from application.evidence.signing import signed
from application.identity import new_id
from consumers.reference_resource.behaviour import Planted
from domain.evidence.json_text import written
from domain.evidence.messages import ErrorReply, EvidenceAnswer


def spoilt(honest: EvidenceAnswer | ErrorReply, fault: Planted, key: OKPKey, now: datetime) -> bytes:
    """Return the bytes of an answer with this fault."""
    if fault == "malformed":
        return b"This is no message.\x00"
    if fault == "unsigned":
        header, payload = (_part(each) for each in (b'{"alg":"none"}', written(honest)))
        return header + b"." + payload + b"."
    signer = OKPKey.generate_key("Ed25519", private=True) if fault == "other_signer" else key
    return signed(honest.model_copy(update=_changes(honest, fault, now)), signer)


def _changes(honest: EvidenceAnswer | ErrorReply, fault: Planted, now: datetime) -> dict[str, object]:
    if fault == "other_request":
        return {"request_id": new_id(now)}
    if fault == "other_hash":
        return {"request_hash": "0" * 64}
    if not isinstance(honest, EvidenceAnswer):
        return {}
    if fault == "other_element":
        return {"values": {"person.religion": "none of your business"}}
    if fault == "wrong_type":
        # For a text, true is no text; for everything else, this is no value.
        asked = (honest.values or {}).items()
        return {"values": {element: isinstance(value, str) or "no such value" for element, value in asked}}
    return {}


def _part(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
