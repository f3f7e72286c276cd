"""`pencere demo`: once only, one register, no direct contact and the clock in a minute, on a window of its own."""

from cli.playing.house import HouseError, open_house
from cli.playing.people import NobodyAnswersError, People
from cli.playing.play import OtherEndError, Play
from cli.playing.scenes import SCENES
from cli.playing.telling import Telling
from cli.terminal import fail, say

_INTERRUPTED = 130


def demo() -> None:
    """Show once only, one register, no direct contact and the clock in a minute. Nothing is kept.

    It has a window, its databases and two registers of its own, in a temporary folder and on free ports.
    """
    say("Starting a window and two registers in a temporary folder; this takes some seconds ...")
    try:
        with open_house() as house, People(house) as people:
            play = Play(house, people, Telling())
            for scene in SCENES:
                scene(play)
            say("Everything has ended as told. Ending the processes and deleting the folder ...")
    except (HouseError, NobodyAnswersError, OtherEndError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("interrupted; nothing is left of the demonstration", _INTERRUPTED)
