"""The headers of a delivery, by Standard Webhooks 1.0.0."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

_MEDIA_TYPE: Final = "application/cloudevents+json; charset=utf-8"


def signed_headers(identity: str, at: datetime, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """Return the headers of a body that is sent now, with one signature for each key, the newest first."""
    timestamp = int(at.timestamp())
    message = f"{identity}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode() for key in keys]
    return {
        "content-type": _MEDIA_TYPE,
        "user-agent": "Pencere",
        "webhook-id": identity,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
