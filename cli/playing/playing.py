"""`pencere demo`: once only and one register in a minute, on a window and registers of its own, of which nothing stays."""

from cli.playing.house import HouseError, open_house
from cli.playing.people import People
from cli.playing.scenes import OtherEndError, Scenes
from cli.playing.telling import Telling
from cli.terminal import fail, say

_INTERRUPTED = 130


def demo() -> None:
    """Show once only and one register in a minute: refusals, evidence, a silent register. Nothing is kept.

    It has a window, its databases and two registers of its own, in a temporary folder and on free ports.
    """
    say("Starting a window and two registers in a temporary folder; this takes some seconds ...")
    try:
        with open_house() as house, People(house) as people:
            Scenes(house, people, Telling()).play()
            say("Everything has ended as told. Ending the processes and deleting the folder ...")
    except (HouseError, OtherEndError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("interrupted; nothing is left of the demonstration", _INTERRUPTED)
