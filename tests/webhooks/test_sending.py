"""The window connects only to the address that it checked. Redirects, long answers and silence gain nothing."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from time import monotonic

import psutil
import pytest

from application.subscriptions.egress import Egress
from application.subscriptions.special_addresses import Address
from consumers.webhooks.resolving import Resolver, system_resolver
from consumers.webhooks.schedule import Answer
from consumers.webhooks.sending import NotDeliveredError, Sender
from consumers.webhooks.settings import WebhookSettings
from tests.webhooks.certificates import Authority, new_authority
from tests.webhooks.receiver import Receiver, Reply
from tests.webhooks.town import HERE


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("authority"))


def answers(*turns: Sequence[str]) -> Resolver:
    """Return a resolver that gives the next row of addresses at each question, and in the end always the last."""
    left = list(turns)

    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        now = left.pop(0) if len(left) > 1 else left[0]
        return [ip_address(address) for address in now]

    return resolve


def post(
    endpoint: str,
    egress: Egress = HERE,
    resolve: Resolver = system_resolver,
    times: int = 1,
    ca_file: str | None = None,
    time_limit: float = 5,
) -> list[Answer | str]:
    """Send to an endpoint so many times; return the answers and the errors."""

    async def send() -> list[Answer | str]:
        sender = Sender(WebhookSettings(egress=egress, ca_file=ca_file, time_limit=time_limit), resolve)
        told: list[Answer | str] = []
        for _ in range(times):
            try:
                told.append(await sender.post(endpoint, {"content-type": "application/json"}, b"{}"))
            except NotDeliveredError as error:
                told.append(str(error))
        await sender.close()
        return told

    return asyncio.run(send())


def test_a_name_whose_address_changes_between_two_looks_is_looked_at_once(receiver: Receiver) -> None:
    """DNS rebinding: an allowed address when it is checked, a refused one when it is connected to."""
    asked: list[str] = []
    allowed, refused = "127.0.0.2", "127.0.0.1"  # nobody listens at the allowed address

    async def rebinding(host: str, _port: int) -> Sequence[Address]:
        asked.append(host)
        return [ip_address(refused if len(asked) > 1 else allowed)]

    egress = Egress(networks=(ip_network(allowed),), plain_http=True)
    first, second = post(receiver.address("town.example"), egress, rebinding, times=2)

    assert first == "cannot be connected to", "it went to the address that was checked"
    assert second == "has an address that is refused: loopback"
    assert asked == ["town.example", "town.example"], "once for each connection"
    assert receiver.received == []


def test_each_connection_is_checked_anew(receiver: Receiver) -> None:
    told = post(receiver.address("town.example"), Egress(plain_http=True), answers(["127.0.0.1"]), times=2)

    assert told == ["has an address that is refused: loopback"] * 2
    assert receiver.received == []


def test_one_bad_address_among_good_ones_is_refused(receiver: Receiver) -> None:
    egress = Egress(networks=(ip_network("127.0.0.1"),), plain_http=True)

    assert post(receiver.address("town.example"), egress, answers(["127.0.0.1"])) == [Answer(204)]
    assert post(receiver.address("town.example"), egress, answers(["127.0.0.1", "10.0.0.1"])) == [
        "has an address that is refused: private"
    ]
    assert len(receiver.received) == 1


def test_the_next_address_is_tried_when_one_does_not_answer(receiver: Receiver) -> None:
    told = post(receiver.address("town.example"), HERE, answers(["127.9.9.9", "127.0.0.1"]))

    assert told == [Answer(204)]


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]", "0"])
def test_every_spelling_of_this_machine_is_this_machine(receiver: Receiver, host: str) -> None:
    (told,) = post(receiver.address(host), Egress(plain_http=True))

    assert isinstance(told, str)
    assert told.startswith(("has an address that is refused", "has a name without an address")), told
    assert receiver.received == []


def test_host_and_certificate_go_by_the_name_and_the_connection_by_the_checked_address(authority: Authority) -> None:
    with Receiver(authority.server("town.example")) as receiver:
        endpoint = receiver.address("town.example")

        assert post(endpoint, HERE, answers(["127.0.0.1"]), ca_file=authority.file) == [Answer(204)]
        assert receiver.received[0].headers["host"] == f"town.example:{receiver.port}"


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_of_another_name_or_of_a_strangers_is_not_accepted(
    authority: Authority, *, trusted: bool
) -> None:
    names = ("other.example",) if trusted else ("town.example",)
    with Receiver(authority.server(*names)) as receiver:
        told = post(
            receiver.address("town.example"), HERE, answers(["127.0.0.1"]), ca_file=authority.file if trusted else None
        )

        assert told == ["has a certificate that is not accepted, or does not speak TLS"]
        assert receiver.received == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    with Receiver() as private:
        receiver.replies = lambda _: Reply(status, {"Location": private.address()})

        assert post(receiver.address()) == [Answer(status)]
        assert private.received == []


def test_little_of_a_long_answer_is_read(receiver: Receiver) -> None:
    receiver.replies = lambda _: Reply(200, {}, b"x" * (64 << 20))

    began = monotonic()
    told = post(receiver.address(), times=2)

    assert told == [Answer(200)] * 2
    assert monotonic() - began < 2


def test_an_answer_names_its_retry_after(receiver: Receiver) -> None:
    receiver.replies = lambda _: Reply(503, {"Retry-After": "120"})

    assert post(receiver.address()) == [Answer(503, "120")]


def test_connections_are_kept_open_between_deliveries(receiver: Receiver) -> None:
    connections: list[object] = []
    accept = receiver._server.get_request

    def counted() -> object:
        connections.append(None)
        return accept()

    receiver._server.get_request = counted  # type: ignore[method-assign, assignment] # counts the accepted connections

    assert post(receiver.address(), times=5) == [Answer(204)] * 5
    assert len(connections) == 1


@contextmanager
def listening(talk: Callable[[socket.socket], object]) -> Iterator[str]:
    """Run a server that does something with each connection, not always by the rules of HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    talk(connection)
                    ended.wait()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/in"
        ended.set()
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_one_that_is_silent_has_not_answered_in_time() -> None:
    with listening(lambda _: None) as endpoint:
        assert post(endpoint, time_limit=0.3) == ["has not answered in time"]


def test_one_whose_head_never_ends_has_not_answered_in_time() -> None:
    with listening(lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")) as endpoint:
        assert post(endpoint, time_limit=0.3) == ["has not answered in time"]


def test_a_head_without_measure_is_not_read_to_its_end() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X-Long: y\r\n" * 100_000)

    with listening(talk) as endpoint:
        assert post(endpoint) == ["has broken the connection off"]


def test_an_answer_counts_by_its_status_though_its_body_never_comes() -> None:
    with listening(lambda each: each.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n")) as endpoint:
        began = monotonic()

        assert post(endpoint, time_limit=60) == [Answer(202)]
        assert monotonic() - began < 10


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\x01\x02\r\n\r\n", b"220 mail ESMTP\r\n\r\n"])
def test_what_is_no_http_is_no_delivery(said: bytes) -> None:
    with listening(lambda connection: connection.sendall(said)) as endpoint:
        (told,) = post(endpoint, time_limit=0.3)

        assert told in {"has broken the connection off", "has not answered in time"}


def test_where_nobody_listens_there_is_no_delivery() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert post(f"http://127.0.0.1:{port}/in") == ["cannot be connected to"]


def test_an_environment_with_a_proxy_changes_nothing(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert post(receiver.address()) == [Answer(204)]


def test_a_close_that_is_interrupted_leaves_nothing_open() -> None:
    together = threading.Barrier(5)
    receiver = Receiver(replies=lambda _: Reply(before=together.wait))  # none is answered before all have arrived

    async def scenario() -> None:
        sender = Sender(WebhookSettings(egress=HERE))
        await asyncio.gather(*(sender.post(receiver.address(), {}, b"{}") for _ in range(5)))
        assert sockets() == 5
        closing = asyncio.create_task(sender.close())
        await asyncio.sleep(0)
        while not closing.done():
            closing.cancel()
            await asyncio.sleep(0)
        await sender.close()
        async with asyncio.timeout(10):
            while True:
                if not sockets():
                    return
                await asyncio.sleep(0.005)  # between two checks

    def sockets() -> int:
        """Return how many connections to the receiver this process holds."""
        held = 0
        for connection in psutil.Process().net_connections("tcp"):
            held += bool(connection.raddr) and connection.raddr.port == receiver.port
        return held

    with receiver:
        asyncio.run(scenario())
