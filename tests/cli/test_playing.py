"""`pencere demo` plays its scenes as the README quotes them, ends by itself, and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from tests.cli.conftest import private_folder
from tests.cli.running import ROOT, environment, processes_with
from tests.docs.test_agencies_document import free_port
from tests.log.waiting import until

COMMAND = "./pencere demo"
README = (ROOT / "README.md").read_text()
SECTION = README.partition("## Once only, in a minute\n")[2].partition("\n## ")[0]
_LAUNCHED = (sys.executable, "-m", "cli", "demo")
_USUAL_PORTS = (8000, 8100)
_LONGEST = 240  # seconds on a machine that has much else to do; a minute is the promise for one that has not
_ENDS_WITHIN = 60
_CARETAKER, _WINDOW = "cli.playing.caretaker", "--no-demo"


class Played(NamedTuple):
    """A demonstration that has ended: its status, what it has printed, and how long it took."""

    status: int
    told: str
    said: str
    seconds: float
    left: Sequence[str]


@contextmanager
def taken(ports: Sequence[int]) -> Iterator[None]:
    """Hold these ports, as other programs would; one that is held already is as good."""
    with ExitStack() as held:
        for port in ports:
            listener = held.enter_context(socket.socket())
            with suppress(OSError):
                listener.bind(("127.0.0.1", port))
                listener.listen()
        yield


@pytest.fixture(scope="module")
def played() -> Played:
    """The demonstration as the README's reader runs it, with other people's settings around."""
    others = {"PENCERE_MODE": "production", "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    with private_folder() as folder, taken(_USUAL_PORTS):
        began = time.monotonic()
        ended = subprocess.run(
            COMMAND.split(),
            cwd=ROOT,
            env=environment(TMPDIR=str(folder), **others),
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST,
        )
        left = [*map(str, folder.iterdir()), *map(str, processes_with(str(folder)))]
        return Played(ended.returncode, ended.stdout, ended.stderr, time.monotonic() - began, left)


def test_it_ends_by_itself_as_told_with_the_usual_ports_taken(played: Played) -> None:
    print(f"it took {played.seconds:.0f} seconds")
    assert played.status == 0, played.said + played.told
    assert re.findall(r"^\d\. ", played.told, re.MULTILINE) == ["1. ", "2. ", "3. ", "4. ", "5. ", "6. ", "7. "]
    assert "Everything has ended as told." in played.said


def test_nothing_is_left_of_it(played: Played) -> None:
    assert played.left == []


def test_it_says_how_far_it_is_while_it_starts(played: Played) -> None:
    assert re.findall(r"^ +\d+\.\d s  (.*)$", played.said, re.MULTILINE) == [
        "the population register",
        "the land register",
        "the window, with its databases",
    ]


def test_the_readme_quotes_it_as_it_is(played: Played) -> None:
    [command] = re.findall(r"^```sh\n(.*)\n```", SECTION, re.MULTILINE)
    [quoted] = re.findall(r"^```text\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)

    assert command == COMMAND
    assert without_times(quoted) == without_times(played.told)


def without_times(text: str) -> str:
    """Return the text with each time of day replaced, and each date of this year and later."""
    return re.sub(r"\b20[2-9]\d-\d\d-\d\d\b", "DATE", re.sub(r"\b\d\d:\d\d:\d\d\b", "TIME", text))


class Playing:
    """A demonstration that runs; its temporary files are in a folder of its own."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process, self.folder = process, folder

    def wait_for(self, words: str) -> None:
        """Wait until it has printed these words at the beginning of a line."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(words):
                return
        pytest.fail(f"it has ended without {words}")

    def of_it(self, words: str) -> int:
        """Return its process whose command has these words."""
        [found] = set(processes_with(str(self.folder))) & set(processes_with(words))
        return found

    def left(self) -> list[str]:
        """Return the files and processes that there are of it."""
        return [*map(str, self.folder.iterdir()), *map(str, processes_with(str(self.folder)))]

    def ended(self) -> tuple[int, str]:
        """Wait for its end; return its status and what it has said."""
        said = self.process.communicate(timeout=_LONGEST)[1]
        return self.process.returncode, said


@pytest.fixture
def starting() -> Iterator[Playing]:
    """A demonstration that has just been started."""
    pipe = subprocess.PIPE
    with (
        private_folder() as folder,
        subprocess.Popen(
            _LAUNCHED, cwd=ROOT, env=environment(TMPDIR=str(folder)), stdout=pipe, stderr=pipe, text=True
        ) as process,
    ):
        begun = Playing(process, folder)
        try:
            yield begun
        finally:
            process.kill()
            until(lambda: begun.left() == [], _ENDS_WITHIN)


@pytest.fixture
def playing(starting: Playing) -> Playing:
    """A demonstration that has begun its first scene."""
    starting.wait_for("1. ")
    return starting


def test_after_ctrl_c_in_the_middle_of_the_start_nothing_is_left(starting: Playing) -> None:
    until(lambda: len(processes_with(str(starting.folder / "pencere-demo-"))) > 4, _ENDS_WITHIN)
    starting.process.send_signal(signal.SIGINT)
    status, said = starting.ended()

    assert status == 130
    assert "interrupted" in said
    assert "Traceback" not in said
    assert starting.left() == []


@pytest.mark.slow
@pytest.mark.parametrize(("how", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_whoever_ends_it_in_the_middle_of_a_scene_finds_nothing_left(
    playing: Playing, how: signal.Signals, status: int
) -> None:
    playing.process.send_signal(how)

    assert playing.ended()[0] == status
    until(lambda: playing.left() == [], _ENDS_WITHIN)  # by SIGTERM it has less time than its caretaker


def test_when_it_is_killed_its_caretaker_leaves_nothing(playing: Playing) -> None:
    assert len(playing.left()) > 5
    playing.process.kill()

    until(lambda: playing.left() == [], _ENDS_WITHIN)


@pytest.mark.slow
def test_when_its_caretaker_is_killed_it_leaves_nothing_itself(playing: Playing) -> None:
    signal_to(playing.of_it(_CARETAKER))
    status, said = playing.ended()

    assert status == 1
    assert "nobody answers" in said
    assert playing.left() == []


@pytest.mark.slow
def test_when_the_window_dies_it_says_so_and_has_not_ended_as_told(playing: Playing) -> None:
    signal_to(playing.of_it(_WINDOW))
    status, said = playing.ended()

    assert status == 1
    assert "the window has ended" in said
    assert "Everything has ended as told." not in said
    assert playing.left() == []


def test_a_scene_that_ends_otherwise_ends_it_with_a_sentence(playing: Playing) -> None:
    command = Path(f"/proc/{playing.of_it(_CARETAKER)}/cmdline").read_text().rstrip("\0").split("\0")
    land = int(command[-1])
    assert httpx2.put(f"http://127.0.0.1:{land}/behaviour", json={"error": "NotFound"}).status_code == 200
    status, said = playing.ended()

    assert status == 1
    assert "scene 4 has not ended as told: the land register has not answered" in said
    assert "Traceback" not in said
    assert playing.left() == []


def test_a_port_that_somebody_takes_meanwhile_is_said_and_nothing_is_left() -> None:
    with private_folder() as folder, socket.socket() as taken_one:
        taken_one.bind(("127.0.0.1", 0))
        taken_one.listen()
        house = folder / "pencere-demo-house"
        house.mkdir(mode=0o755)
        port = str(taken_one.getsockname()[1])
        reads, writes = os.pipe()  # nobody writes: the demonstration goes on
        ended = subprocess.run(
            [sys.executable, "-m", _CARETAKER, str(house), str(free_port()), port, str(free_port())],
            cwd=ROOT,
            env=environment(),
            stdin=reads,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LONGEST,
        )
        os.close(reads)
        os.close(writes)

        assert "the population register has ended:" in ended.stderr
        assert f"cannot listen on port {port}" in ended.stderr
        assert processes_with(str(house)) == []
        assert not house.exists()


def signal_to(process: int) -> None:
    """Kill a process that the test has had started."""
    subprocess.run(["kill", "-9", str(process)], check=True)
