"""The window as a keeper sees it: a few addresses over HTTP."""

import ssl
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpcore2
import orjson

_MOST_READ: Final = 16 << 20
_TIMEOUTS: Final = {"connect": 5.0, "read": 15.0, "write": 5.0, "pool": 5.0}
_NOT_HERE: Final = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, OSError)


class WindowAwayError(Exception):
    """The window does not answer, or not as a window does; the text says what happened."""


class RefusedError(Exception):
    """The window refuses; `rule` says why."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"the window refuses it: {rule}")
        self.rule = rule


class AnchoredChain(NamedTuple):
    """The keeper's last chain at a desk, as the window knows it."""

    chain: int
    anchor: str
    length: int
    promised: int
    retired: bool


class DeskToKeep(NamedTuple):
    """A desk whose cases are drawn for, and the keeper's chain there."""

    desk_id: UUID
    agency: str
    desk: str
    chain: AnchoredChain | None


class AwaitedShare(NamedTuple):
    """A draw that waits for the keeper's link."""

    agency: str
    desk: str
    number: int
    chain: int
    link: int


class ServedWindow:
    """Asks a window, one request after the other; use `close` at the end.

    Args:
        url: where the window is, without a last slash.

    Raises:
        WindowAwayError, RefusedError: by any method that asks.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = httpcore2.ConnectionPool(ssl_context=ssl.create_default_context(), max_connections=1)

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def log_key(self) -> str:
        """Return the key of the window's public log, as the window itself tells it."""
        return self._asked("GET", "/log/key", "text/plain").decode()

    def guardians(self) -> list[str]:
        """Return the keys of those for whom a chain's secret is sealed in parts."""
        told = orjson.loads(self._asked("GET", "/v1/keepers"))
        return [str(key) for key in told["guardians"]]

    def desks(self, keeper: UUID) -> Iterator[DeskToKeep]:
        """Yield the desks where the keeper needs a chain."""
        for each in self._pages(f"/v1/keepers/{keeper}/desks"):
            chain = each["chain"]
            known = AnchoredChain(**{name: chain[name] for name in AnchoredChain._fields}) if chain else None
            yield DeskToKeep(UUID(each["deskId"]), each["agency"], each["desk"], known)

    def awaited(self, keeper: UUID) -> Iterator[AwaitedShare]:
        """Yield the draws that wait for the keeper, the oldest first."""
        for each in self._pages(f"/v1/keepers/{keeper}/shares"):
            yield AwaitedShare(**{name: each[name] for name in AwaitedShare._fields})

    def proof(self, share: AwaitedShare) -> bytes:
        """Return the receipts of what the draw has fixed."""
        return self._asked("GET", f"/v1/draws/{share.agency}/{share.desk}/{share.number}/proof", "text/plain")

    def anchor(self, desk: DeskToKeep, chain: Mapping[str, Any]) -> None:
        """Anchor a chain."""
        self._asked("POST", f"/v1/draws/{desk.agency}/{desk.desk}/chains", body=chain)

    def reveal(self, share: AwaitedShare, link: Mapping[str, Any]) -> None:
        """Reveal a link."""
        self._asked("POST", f"/v1/draws/{share.agency}/{share.desk}/{share.number}/shares", body=link)

    def recover(self, share: AwaitedShare, link: Mapping[str, Any]) -> None:
        """Bring the link of a keeper that is late."""
        self._asked("POST", f"/v1/draws/{share.agency}/{share.desk}/{share.number}/recoveries", body=link)

    def _pages(self, path: str) -> Iterator[dict[str, Any]]:
        address: str | None = path
        while address is not None:
            page = orjson.loads(self._asked("GET", address))
            yield from page["items"]
            address = f"{path}?cursor={page['next']}" if page["next"] else None

    def _asked(
        self, method: str, path: str, accept: str = "application/json", body: Mapping[str, Any] | None = None
    ) -> bytes:
        headers = {"accept": f"{accept}, application/problem+json", "user-agent": "pencere-keeper"}
        content = b"" if body is None else orjson.dumps(body)
        if body is not None:
            headers["content-type"] = "application/json"
        try:
            status, answer = self._sent(method, path, headers, content)
        except _NOT_HERE as error:
            raise WindowAwayError(f"{type(error).__name__} at {path}") from None
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise WindowAwayError(f"status {status} at {path}")
        if status >= HTTPStatus.BAD_REQUEST:
            raise RefusedError(_rule_of(answer, status))
        return answer

    def _sent(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> tuple[int, bytes]:
        with self._pool.stream(
            method,
            f"{self._url}{path}",
            headers=list(headers.items()),
            content=content,
            extensions={"timeout": _TIMEOUTS},
        ) as response:
            answer = b""
            for chunk in response.iter_stream():
                answer += chunk
                if len(answer) > _MOST_READ:
                    raise WindowAwayError(f"too long an answer at {path}")
            return response.status, answer


def _rule_of(answer: bytes, status: int) -> str:
    try:
        return str(orjson.loads(answer)["rule"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f"status {status}"
