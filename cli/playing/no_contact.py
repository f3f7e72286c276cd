"""The sixth scene: Leyla and an official write to each other, and nobody knows who the other is."""

import subprocess
import sys
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final

from application.clock import system_clock
from cli.playing import documents as sent
from cli.playing.people import SISTER, Answer
from cli.playing.play import Play

_NONCE: Final = "5e" * 32
_SPELLED_OUT: Final = "Call me: zero five five, two one three, forty-five, sixty-seven"
_VERIFIER: Final = Path(__file__).resolve().parents[2] / "verify" / "pencere_verify.py"
_VERIFIED_WITHIN: Final = 30  # seconds


def nobody_meets_anybody(play: Play) -> None:
    """Leyla writes to an official who was drawn, a sister acts for her, and an outsider computes the draw again."""
    tell, leyla = play.tell, play.who.leyla
    tell.begin("No direct contact: nobody knows who decides, and anybody can check the draw")
    play.publishes(sent.TREE, version=1)
    tell.says("Leyla asks for leave to fell a tree. She adds 32 bytes of her own, for the draw.")
    asked = leyla.sends("POST", "/v1/cases", {"service": "tree-felling", "answers": {}, "nonce": _NONCE})
    play.done("POST", "/v1/cases", asked)
    case = asked.headers["location"]
    number = play.is_drawn_for(case)
    tell.says("She writes to whoever that is. Her telephone number, spelled out, is refused and kept nowhere.")
    _writes(play, case, "Do you need a picture of the tree?", HTTPStatus.OK)
    refused = _writes(play, case, _SPELLED_OUT, HTTPStatus.BAD_REQUEST)
    play.expects(refused.rule == "contact-in-words", "the number is not refused")
    tell.says("She lets her sister act for her.")
    _is_authorised(play, case)
    tell.says("An outsider takes the proof of the draw, and computes it again without the window.")
    _is_computed_again(play, number)


def _writes(play: Play, case: str, words: str, status: HTTPStatus) -> Answer:
    """Have Leyla write something in the case as it is now, of which the answer to a stale request has the version."""
    path, version = f"{case}/messages", '"1"'
    while True:
        answer = play.who.leyla.sends("POST", path, {"words": words}, If_Match=version)
        if answer.status != HTTPStatus.PRECONDITION_FAILED:
            break
        version = answer.headers["etag"]
    play.tell.shows("POST", "/v1/cases/CASE/messages", [answer])
    play.expects(answer.status == status, f"a message is answered {answer.status}")
    return answer


def _is_authorised(play: Play, case: str) -> None:
    """Give a mandate for a month to the sister, who accepts it and joins the case."""
    today = system_clock().date()
    mandate = {
        "receiver": {"element": "person.identifier", "value": SISTER},
        "services": ["tree-felling"],
        "firstDay": today.isoformat(),
        "lastDay": (today + timedelta(days=30)).isoformat(),
    }
    given = play.does(play.who.leyla, "POST", "/v1/mandates", mandate).headers["location"]
    accepted = play.who.sister.sends("POST", f"{given}/acceptance", {})
    play.done("POST", "/v1/mandates/MANDATE/acceptance", accepted)
    joined = play.who.sister.sends("POST", f"{case}/representation", {"mandate": given.rpartition("/")[2]})
    play.done("POST", "/v1/cases/CASE/representation", joined)


def _is_computed_again(play: Play, number: int) -> None:
    """Check the proof of a draw with the file that everybody can use, which knows nothing of the window."""
    path = f"/v1/draws/{sent.CITY}/{sent.DESK}/{number}/proof"
    proof, key = play.who.anyone.takes(path, Prefer="wait=10"), play.who.anyone.takes("/log/key")
    play.tell.shows("GET", path, [proof])
    play.expects(proof.status == HTTPStatus.OK, "there is no proof")
    if not _VERIFIER.is_file():
        play.tell.says("The file that computes it again is verify/pencere_verify.py of a checkout.")
        return
    file = play.house.folder / "draw"
    file.write_text(proof.body)
    command = [sys.executable, "-I", str(_VERIFIER), str(file), "--key", key.body.strip()]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_VERIFIED_WITHIN)  # noqa: S603 - our own file
    last = ended.stdout.strip().rpartition("\n")[2]
    play.tell.says(f"pencere verify draw --key KEY: {last}")
    play.expects(ended.returncode == 0, "the draw cannot be computed again")
