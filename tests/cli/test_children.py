"""A process keeps its children running, leaves none behind, and ends them in time."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from consumers.child_process import Child, kept_running
from tests.cli.running import ROOT, environment, is_alive
from tests.log.waiting import until

_SAYS_WHEN = "import sys, time; open(sys.argv[1], 'a').write(f'{time.monotonic()}\\n')"
_SAYS_WHO = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n')"
_STAYS = "; import signal; signal.pause()"
_IS_DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
_PARENT = """
import sys, signal
from consumers.child_process import Child, kept_running
with kept_running([Child("one", [sys.executable, "-c", sys.argv[1], sys.argv[2]])]):
    signal.pause()
"""


def child(code: str, told: Path) -> Child:
    """Return a child that writes a line into a file at each start."""
    return Child("child", [sys.executable, "-c", code, str(told)])


def lines(told: Path) -> list[str]:
    return told.read_text().splitlines() if told.exists() else []


def test_a_child_that_cannot_live_is_started_again_and_not_too_often(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with kept_running([child(_SAYS_WHEN, told)], between_starts=0.4):
        until(lambda: len(lines(told)) >= 3)
    first, second, third = map(float, lines(told)[:3])

    assert third - first > 0.6, "two pauses of 0.4 s, less what the starts themselves differ by"
    assert second < third


def test_a_child_that_was_killed_is_started_again_at_once_when_it_has_lived(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with kept_running([child(_SAYS_WHO + _STAYS, told)], between_starts=0.01):
        until(lambda: len(lines(told)) == 1)
        os.kill(int(lines(told)[0]), signal.SIGKILL)
        until(lambda: len(lines(told)) == 2)


def test_a_command_that_is_not_there_does_not_end_the_others(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with kept_running([Child("none", [str(tmp_path / "nothing")]), child(_SAYS_WHO + _STAYS, told)]):
        until(lambda: len(lines(told)) == 1)

    assert not is_alive(int(lines(told)[0]))


def test_who_does_not_end_is_killed(tmp_path: Path) -> None:
    deaf, stopped = tmp_path / "deaf", tmp_path / "stopped"
    children = [child(_IS_DEAF + _SAYS_WHO + _STAYS, deaf), child(_SAYS_WHO + _STAYS, stopped)]
    with kept_running(children, patience=0.5):
        until(lambda: len(lines(deaf)) == len(lines(stopped)) == 1)
        os.kill(int(lines(stopped)[0]), signal.SIGSTOP)

    assert not is_alive(int(lines(deaf)[0]))
    assert not is_alive(int(lines(stopped)[0]))


def test_a_parent_that_is_killed_leaves_no_child(tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = [sys.executable, "-c", _PARENT, _SAYS_WHO + _STAYS, str(told)]
    with subprocess.Popen(command, cwd=ROOT, env=environment()) as parent:
        until(lambda: len(lines(told)) == 1)
        parent.kill()
    until(lambda: not is_alive(int(lines(told)[0])))
