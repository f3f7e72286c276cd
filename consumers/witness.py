"""One witness of the public log (c2sp.org/tlog-witness): the request to it, and the meaning of its answer."""

import ssl
from collections.abc import Sequence
from typing import Final, NamedTuple

import httpcore2

from consumers.log_settings import WitnessAddress
from ledger.public_log.checkpoint import TreeHead, cosigned_at
from ledger.public_log.note import Note, NoteError, NoteSignature, to_base64

MOST_PROOF_LINES: Final = 63
_MOST_READ: Final = 64 * 1024
_TIMEOUTS: Final = {"connect": 3.0, "read": 5.0, "write": 3.0, "pool": 3.0}
_LONGEST_SIZE: Final = 19
_OK, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _UNPROCESSABLE = 200, 403, 404, 409, 422


class Offer(NamedTuple):
    """A checkpoint for a witness that last cosigned the tree of size `old`; the proof begins there."""

    head: TreeHead
    raw: bytes
    old: int
    proof: Sequence[bytes]

    @property
    def body(self) -> bytes:
        """The request."""
        lines = [f"old {self.old}", *(to_base64(each) for each in self.proof), "", ""]
        return "\n".join(lines).encode() + self.raw


class Cosigned(NamedTuple):
    """The witness has cosigned the offered checkpoint."""

    signature: NoteSignature


class IsAt(NamedTuple):
    """The witness last cosigned a tree of this size, and wants a proof from there."""

    size: int


class Refused(NamedTuple):
    """The witness has not cosigned; `kind` is the alarm's: fork, refused or away."""

    kind: str
    reason: str


class Witness:
    """Sends requests to a witness; any number of threads may use it.

    Args:
        address: its key and URL.
    """

    def __init__(self, address: WitnessAddress) -> None:
        self._key, self._url = address.key, f"{address.url}/add-checkpoint"
        self._pool = httpcore2.ConnectionPool(ssl_context=ssl.create_default_context(), max_connections=1)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def ask(self, offer: Offer) -> Cosigned | IsAt | Refused:
        """Offer a checkpoint; return the result."""
        try:
            status, body = self._post(offer.body)
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            return Refused("away", f"does not answer ({type(error).__name__})")
        return self._understood(offer, status, body)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        headers = {"content-type": "text/plain; charset=utf-8", "user-agent": "Pencere"}
        with self._pool.stream(
            "POST", self._url, headers=list(headers.items()), content=body, extensions={"timeout": _TIMEOUTS}
        ) as response:
            answer = b""
            for chunk in response.iter_stream():
                answer += chunk
                if len(answer) > _MOST_READ:
                    break  # no honest witness answers with so much
            return response.status, answer

    def _understood(self, offer: Offer, status: int, body: bytes) -> Cosigned | IsAt | Refused:
        if status == _OK:
            return self._cosigned(offer, body)
        if status == _CONFLICT:
            return _conflict(offer, body)
        if status == _UNPROCESSABLE:
            return Refused("fork", f"has cosigned another tree of {offer.old} events than ours has grown out of")
        if status == _FORBIDDEN:
            return Refused("refused", "knows the log by another key, or not at all (403)")
        if status == _NOT_FOUND:
            return Refused("refused", "does not know the log (404)")
        return Refused("away", f"answers with status {status}")

    def _cosigned(self, offer: Offer, body: bytes) -> Cosigned | Refused:
        """Return the witness's signature. Signatures of unknown keys are ignored, as the specification says."""
        text = Note.parse(offer.raw).text
        try:
            signatures = Note.parse(f"{text}\n".encode() + body).signatures_of(self._key)
            for signature in signatures:
                cosigned_at(text, self._key, signature)
                return Cosigned(signature)
        except NoteError as error:
            return Refused("refused", f"has answered with something else than its cosignature: {error}")
        return Refused("refused", "has answered without a cosignature of the key that we know it by")


def _conflict(offer: Offer, body: bytes) -> IsAt | Refused:
    told = body.removesuffix(b"\n")
    if not told.isdigit() or len(told) > _LONGEST_SIZE:
        # For a tree of the same size it may refuse with 409 and any text: the roots differ.
        if offer.old == offer.head.size:
            return Refused("fork", f"has cosigned another tree of {offer.old} events than ours")
        return Refused("refused", "is not at that size, and does not say at which it is (409)")
    size = int(told)
    if size > offer.head.size:
        return Refused("fork", f"has cosigned a tree of {size} events, and ours has {offer.head.size}")
    if size == offer.old:
        return Refused("fork", f"has cosigned another tree of {size} events than ours")
    return IsAt(size)
