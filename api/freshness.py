"""A writer sees its own write: `Position-Token` and `Prefer: wait=N`, on every read of a view.

What is waited for is the views' own position as the database has it, so it holds across processes.
"""

import re

from api.asking import Asking
from api.refusals import BadRequestError, ViewBehindError

LONGEST_WAIT = 10
USUAL_WAIT = 2
_TOKEN = re.compile(r"[0-9]{1,18}")
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*([0-9]{1,6})(?=$|[,;\s])", re.IGNORECASE)


async def catch_up(asked: Asking) -> dict[str, str]:
    """Wait until the views show what the request's token stands for; return the headers that tell of it.

    Raises:
        BadRequestError: the token is none of ours.
        ViewBehindError: the views are not there within the wait.
    """
    headers = asked.request.headers
    token = headers.get("position-token")
    if token is None:
        return {}
    if not _TOKEN.fullmatch(token):
        detail = "A Position-Token is what a write has answered."
        raise BadRequestError("position-token-is-from-a-write", detail, "Position-Token")
    wait, applied = preferred_wait(asked)
    if not await asked.services.views.positions.wait_for(int(token), wait):
        raise ViewBehindError
    return applied


def preferred_wait(asked: Asking) -> tuple[int, dict[str, str]]:
    """Return the seconds to wait at most for what is not there yet, and the headers that tell of it."""
    preferred = _WAIT.search(asked.request.headers.get("prefer", ""))
    if preferred is None:
        return USUAL_WAIT, {}
    wait = min(int(preferred[1]), LONGEST_WAIT)
    return wait, {"Preference-Applied": f"wait={wait}"}
