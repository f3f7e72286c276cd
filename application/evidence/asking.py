"""What a resource checks of the window's message before it does anything."""

from collections.abc import Mapping
from datetime import datetime

from joserfc.jwk import OKPKey

from application.evidence.sealing import opened
from application.evidence.signing import key_id_of, verified
from domain.evidence.faults import Fault, NotAcceptedError
from domain.evidence.json_text import read_asked
from domain.evidence.messages import Asked, EvidenceRequest
from domain.evidence.values import Subject


def asked_by_the_window(raw: bytes, keys: Mapping[str, OKPKey], resource: str) -> Asked:
    """Return what the window asks this resource.

    Args:
        raw: as it was received.
        keys: the window's public keys by their ids.
        resource: the name under which the resource is registered.

    Raises:
        NotAcceptedError: with the first fault.
    """
    key = keys.get(key_id_of(raw) or "")
    if key is None:
        raise NotAcceptedError(Fault.OTHER_SIGNER)
    message: Asked = read_asked(verified(raw, key))
    if message.resource != resource:
        raise NotAcceptedError(Fault.OTHER_RESOURCE, request_id=message.request_id)
    return message


def is_expired(request: EvidenceRequest, now: datetime) -> bool:
    """Return whether the request must not be answered any more."""
    return now > request.expires_at


def subject_of(request: EvidenceRequest, sealed_part: str, key: OKPKey) -> Subject:
    """Return whom a sealed part of a request names.

    Raises:
        NotAcceptedError: it is not sealed for this key, or for another request.
    """
    subject = opened(sealed_part, key, Subject)
    if subject.request_id != request.request_id:
        raise NotAcceptedError(Fault.OTHER_REQUEST, request_id=request.request_id)
    return subject
