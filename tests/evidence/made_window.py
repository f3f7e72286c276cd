"""The window as a resource meets it: its keys over HTTP, and the address to which late answers are posted."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self

from application.evidence.keys import EvidenceKeys
from domain.evidence.values import ReplyTo

TOKEN = "T" * 43


class Posted(NamedTuple):
    """What a resource has posted."""

    body: bytes
    token: str | None
    media_type: str | None


class MadeWindow:
    """Serves while its context is open; `statuses` are how the next posts are answered, then 204.

    Args:
        keys: what the window signs with, and what is sealed for it.
    """

    def __init__(self, keys: EvidenceKeys) -> None:
        self.posted: list[Posted] = []
        self.statuses: list[int] = []
        self._keys = json.dumps(keys.public()).encode()
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def reply_to(self) -> ReplyTo:
        """Where late answers go."""
        return ReplyTo(address=f"{self.address}/v1/evidence/replies", token=TOKEN)

    def wait_for(self, number: int, within: float = 20) -> list[Posted]:
        """Return what was posted, once there is so much of it."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.posted) >= number, within), len(self.posted)
            return list(self.posted)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        window = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(200, window._keys) if self.path == "/v1/evidence/keys" else self._answer(404, b"")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with window._changed:
                    status = window.statuses.pop(0) if window.statuses else 204
                    if status < 300:
                        bearer = (self.headers["Authorization"] or "").removeprefix("Bearer ") or None
                        window.posted.append(Posted(body, bearer, self.headers["Content-Type"]))
                        window._changed.notify_all()
                self._answer(status, b"")

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        return Handler
