"""A witness for tests that can do what a real one never would. The slow tests use `litewitness`.

It gives the answers that a test sets. As an honest witness it cosigns as the specification says; tlog-scales checks the
proof.
"""

import base64
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales.tlog import Checkpoint, ConsistencyProof, ConsistencyProofInvalid

from consumers.log_settings import WitnessAddress
from ledger.public_log.checkpoint import cosigned_message
from ledger.public_log.note import COSIGNATURE, NoteSignature, VerifierKey

NAME = "witness.example/w"
SIZE = "text/x.tlog.size"


class Answer(NamedTuple):
    """An answer of the witness."""

    status: int
    body: bytes = b""
    media_type: str = "text/plain"


class Asked(NamedTuple):
    """A request, parsed as in the specification."""

    old: int
    proof: list[bytes]
    checkpoint: Checkpoint
    text: str


class MadeWitness:
    """Serves on its own port while its context is open."""

    def __init__(self, says: Callable[[Asked], Answer] | None = None) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.says = says or self.honest
        self.asked: list[Asked] = []
        self.size, self.root = 0, b""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def address(self) -> WitnessAddress:
        """The address of the witness."""
        key = VerifierKey(NAME, COSIGNATURE, self.key.public_key().public_bytes_raw())
        return WitnessAddress(key, f"http://127.0.0.1:{self._server.server_address[1]}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def honest(self, asked: Asked) -> Answer:
        """Answer as an honest witness does."""
        size, root = asked.checkpoint.size, asked.checkpoint.root_hash
        if asked.old != self.size:
            return Answer(409, b"%d\n" % self.size, SIZE)
        if self.size:
            try:
                ConsistencyProof(self.size, size, asked.proof).check(self.root, root)
            except ConsistencyProofInvalid:
                return Answer(422)
        self.size, self.root = size, root
        return Answer(200, self.cosignature(asked.text))

    def cosignature(self, text: str, at: int = 1_800_000_000) -> bytes:
        """Return the witness's signature line for a checkpoint's text."""
        key = self.address.key
        signed = at.to_bytes(8) + self.key.sign(cosigned_message(text, at))
        return NoteSignature(key.name, key.key_id, signed).line.encode()

    def _handler(witness) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has its own self
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                assert self.path == "/add-checkpoint"
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                head, _, note = body.partition("\n\n")
                old, *proof = head.split("\n")
                asked = Asked(
                    int(old.removeprefix("old ")),
                    [base64.b64decode(line, validate=True) for line in proof],
                    Checkpoint.from_text(note),
                    note.rpartition("\n\n")[0] + "\n",
                )
                witness.asked.append(asked)
                status, content, media_type = witness.says(asked)
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
