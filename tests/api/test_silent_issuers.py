"""A token issuer that is silent, slow or answers nonsense: callers with its tokens get an error, in time."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from api.issuer_keys import IssuerKeys
from api.refusals import KeysUnavailableError

PATIENCE: Final = 0.5
LIMIT: Final = 8.0
ASKERS: Final = 40

Talk = Callable[[socket.socket, threading.Event], None]


@contextmanager
def issuer(talk: Talk) -> Iterator[str]:
    """Have an issuer that answers everybody so, as long as the block runs; return where its keys are."""
    is_over = threading.Event()

    def answer(line: socket.socket) -> None:
        with line, suppress(OSError):
            line.recv(1 << 16)
            talk(line, is_over)

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],)).start()

    with socket.create_server(("127.0.0.1", 0), backlog=ASKERS) as listener:
        serving = threading.Thread(target=serve, args=(listener,))
        serving.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/keys"
        finally:
            is_over.set()
            listener.shutdown(socket.SHUT_RDWR)
            serving.join()


def says_nothing(_: socket.socket, is_over: threading.Event) -> None:
    is_over.wait(60)


def says_a_byte_now_and_then(line: socket.socket, is_over: threading.Event) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while not is_over.wait(0.05):
        line.sendall(b" ")


def says_nonsense(line: socket.socket, _: threading.Event) -> None:
    line.sendall(b"nonsense\r\n\r\n")


@pytest.mark.parametrize("talk", [says_nothing, says_a_byte_now_and_then, says_nonsense])
def test_everybody_is_told_in_time_that_the_keys_cannot_be_had(talk: Talk) -> None:
    async def all_ask(source: str) -> list[object]:
        keys = IssuerKeys(source, patience=PATIENCE)
        async with asyncio.timeout(LIMIT):
            return await asyncio.gather(*(keys.find("one") for _ in range(ASKERS)), return_exceptions=True)

    with issuer(talk) as source:
        told = asyncio.run(all_ask(source))

    assert [type(each) for each in told] == [KeysUnavailableError] * ASKERS


@pytest.mark.parametrize(
    "content", ["[]", "5", "null", "{}", '{"keys": 5}', '{"keys": [5]}', '{"keys": [{"kty": []}]}']
)
def test_what_are_no_keys_is_as_if_there_were_none(tmp_path: Path, content: str) -> None:
    source = tmp_path / "keys.json"
    source.write_text(content)

    with pytest.raises(KeysUnavailableError):
        asyncio.run(IssuerKeys(str(source)).find("one"))
