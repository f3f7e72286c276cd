"""An agency's endpoint: a real HTTP server that keeps every request and answers as the test wants."""

import json
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Received(NamedTuple):
    """A request as received, and its answer."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    answered: int

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent."""
        event: dict[str, Any] = json.loads(self.body)
        return event

    @property
    def sequence(self) -> int:
        """Its number in the agency's feed."""
        return int(self.event["sequence"])


class Reply(NamedTuple):
    """How a request is answered."""

    status: int = 204
    headers: Mapping[str, str] = {}
    body: bytes = b""
    before: Callable[[], object] = lambda: None


class Receiver:
    """Serves on its own port while its context is open; `replies` decides each answer.

    Args:
        tls: the settings for https.
        replies: the answer to each event.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, replies: Callable[[Received], Reply] | None = None) -> None:
        self.received: list[Received] = []
        self.replies = replies or (lambda _: Reply())
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # a killed sender breaks off
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "https" if tls else "http"
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def address(self, host: str = "127.0.0.1", path: str = "/in") -> str:
        """Return the endpoint."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def taken(self) -> list[Received]:
        """The requests that were answered as delivered, in the order of the answers."""
        return [each for each in self.received if 200 <= each.answered < 300]

    def once_each(self) -> list[Received]:
        """Return the delivered events, each at its first delivery."""
        first: dict[str, Received] = {}
        for each in self.taken:
            first.setdefault(each.event["id"], each)
        return list(first.values())

    def wait_for(self, condition: Callable[[], bool], within: float = 30) -> None:
        """Wait until a condition on the received requests holds."""
        with self._changed:
            assert self._changed.wait_for(condition, within), len(self.received)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # the sender was killed in the middle, so this is no request
                    self.close_connection = True
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Received(self.path, headers, body, 0)
                reply = receiver.replies(asked)
                reply.before()
                with receiver._changed:
                    receiver.received.append(asked._replace(answered=reply.status))
                    receiver._changed.notify_all()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 204:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if reply.status != 204:
                    self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        return Handler


def assert_in_order_per_case(received: list[Received]) -> None:
    """Check that the first deliveries of each case's events came in the order of their sequence."""
    cases: defaultdict[str, list[int]] = defaultdict(list)
    for each in received:
        cases[each.event["subject"]].append(each.sequence)
    for sequences in cases.values():
        assert sequences == sorted(sequences)


def assert_a_chain(received: list[Received], begins_after: int) -> None:
    """Check that nothing is missing: each delivery names the one before it, in whatever order they came."""
    by_sequence = sorted(received, key=lambda each: each.sequence)
    assert [each.event["previous"] for each in by_sequence] == [
        begins_after,
        *(each.sequence for each in by_sequence[:-1]),
    ]
