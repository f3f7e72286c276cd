"""A token issuer that is silent, slow or answers nonsense: callers get an error in time, and known keys stay in use."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from joserfc.jwk import ECKey

from api.issuer_keys import IssuerKeys
from api.refusals import KeysUnavailableError

PATIENCE: Final = 0.5
LIMIT: Final = 8.0
ASKERS: Final = 40
ONE, TWO = (ECKey.generate_key("P-256", {"kid": name}).as_dict(private=False) for name in ("one", "two"))

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


def listed(source: Path, *keys: object) -> None:
    source.write_bytes(orjson.dumps({"keys": keys}))


def grow_older(keys: IssuerKeys, seconds: float) -> None:
    keys._fetched_at -= seconds
    keys._asked_at -= seconds


async def answered(keys: IssuerKeys) -> None:
    """Wait for the request that is under way."""
    assert keys._asking is not None
    await keys._asking


def test_a_withdrawn_key_disappears_although_the_issuer_was_away_in_between(tmp_path: Path) -> None:
    source = tmp_path / "keys.json"
    listed(source, ONE)

    async def main() -> None:
        keys = IssuerKeys(str(source))
        assert await keys.find("one")
        source.unlink()
        grow_older(keys, 601)
        assert await keys.find("one")
        await answered(keys)
        listed(source, TWO)
        assert await keys.find("one"), "the issuer is asked once a minute"
        assert keys._asking is None

        grow_older(keys, 61)
        assert await keys.find("one")
        await answered(keys)
        assert await keys.find("one") is None

    asyncio.run(main())


def test_whoever_has_a_known_key_does_not_wait_for_an_issuer_that_says_nothing(tmp_path: Path) -> None:
    listed(tmp_path / "keys.json", ONE)

    async def main(silent: str) -> None:
        keys = IssuerKeys(str(tmp_path / "keys.json"), patience=PATIENCE)
        assert await keys.find("one")
        keys._source = silent
        grow_older(keys, 601)
        for _ in range(2):
            async with asyncio.timeout(PATIENCE / 2):
                assert all(await asyncio.gather(*(keys.find("one") for _ in range(ASKERS))))
            await answered(keys)
            grow_older(keys, 61)

    with issuer(says_nothing) as silent:
        asyncio.run(main(silent))


def test_after_eleven_minutes_nobody_gets_a_known_key_before_the_issuer_was_asked(tmp_path: Path) -> None:
    source = tmp_path / "keys.json"
    listed(source, ONE)

    async def main() -> None:
        keys = IssuerKeys(str(source))
        assert await keys.find("one")
        listed(source, TWO)
        grow_older(keys, 660)

        assert await asyncio.gather(*(keys.find("one") for _ in range(ASKERS))) == [None] * ASKERS

    asyncio.run(main())


@pytest.mark.parametrize(
    "bad",
    [5, {}, {"kty": []}, {"kty": "AKP"}, ONE | {"crv": "P-999"}, ONE | {"x": "!!"}, ONE | {"x": 5}, ONE | {"y": "AA"}],
)
def test_a_key_that_cannot_be_used_is_left_out_and_the_others_count(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, bad: Any
) -> None:
    listed(tmp_path / "keys.json", bad, TWO)

    assert asyncio.run(IssuerKeys(str(tmp_path / "keys.json")).find("two"))
    assert "key 1 of the issuer's set is left out" in caplog.text
    assert str(ONE["x"]) not in caplog.text
