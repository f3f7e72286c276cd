"""Builds the demonstration's house, a temporary folder with a caretaker, and sees that nothing of it is left."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpcore2

from cli.playing.caretaker import PATIENCE, WENT_WRONG, House
from cli.playing.people import NO_ANSWER
from cli.terminal import say

_STARTS_WITHIN: Final = 90.0  # seconds; it takes about ten
_BETWEEN_LOOKS: Final = 0.1  # seconds
_ROOM_TO_END: Final = 10.0  # seconds that the caretaker has besides what it gives to others


class HouseError(Exception):
    """What the demonstration needs does not run; the caretaker has said why."""


@contextmanager
def open_house() -> Iterator[House]:
    """Have a window, a population register and a land register run during the block; afterwards nothing of it is left.

    Raises:
        HouseError: one of them does not start.
        ClusterError: what was started cannot be deleted.
    """
    house = House(_folder(), *_free_ports(3))
    try:
        with _caretaker(house) as caretaker:
            _wait_until_ready(house, caretaker)
            yield house
    finally:
        house.delete()  # the caretaker has done so, unless it was killed


def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="pencere-demo-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)  # as root, the databases run under an account of their own, which must enter it
    return folder


def _free_ports(count: int) -> list[int]:
    """Return ports that are free now; whoever takes one before we do is told of by the process that wants it."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@contextmanager
def _caretaker(house: House) -> Iterator[subprocess.Popen[bytes]]:
    ports = (house.window, house.population, house.land)
    caretaker = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "cli.playing.caretaker", str(house.folder), *map(str, ports)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # what ends a terminal's processes must not end the one that cleans up
    )
    try:
        yield caretaker
    except Exception:
        if caretaker.stdin is not None:
            with suppress(BrokenPipeError):
                os.write(caretaker.stdin.fileno(), WENT_WRONG)
        raise
    finally:
        if caretaker.stdin is not None:
            caretaker.stdin.close()
        try:
            caretaker.wait(PATIENCE + _ROOM_TO_END)
        except subprocess.TimeoutExpired:
            caretaker.kill()  # its children end with it
            caretaker.wait()


def _wait_until_ready(house: House, caretaker: subprocess.Popen[Any]) -> None:
    began = time.monotonic()
    parts = (
        ("the population register", f"{house.address(house.population)}/behaviour"),
        ("the land register", f"{house.address(house.land)}/behaviour"),
        ("the window, with its databases", f"{house.address(house.window)}/health/ready"),
    )
    for name, address in parts:
        _wait_for(partial(_answers, address), caretaker, began + _STARTS_WITHIN)
        say(f"  {time.monotonic() - began:4.1f} s  {name}")


def _wait_for(holds: Callable[[], bool], caretaker: subprocess.Popen[Any], give_up_at: float) -> None:
    while not holds():
        if caretaker.poll() is not None:
            raise HouseError("what the demonstration needs has ended while it started")
        if time.monotonic() > give_up_at:
            raise HouseError(f"what the demonstration needs has not started within {_STARTS_WITHIN:.0f} seconds")
        time.sleep(_BETWEEN_LOOKS)


def _answers(address: str) -> bool:
    with suppress(*NO_ANSWER):
        return bool(httpcore2.request("GET", address).status == 200)  # noqa: PLR2004 - OK
    return False
