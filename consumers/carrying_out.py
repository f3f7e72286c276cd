"""Carries out what a reaction wants, once: as everybody's commands are, with a key that is made of its cause."""

import logging
from typing import Any, Final, TypeVar
from uuid import UUID

from application.deciding import change
from application.streams import Loaded, load
from application.window import Window
from domain.event import UnknownEventError
from domain.refusals import Refusal
from domain.stream_kinds import StreamKind
from ledger.channels.reactions import ReactionsUnavailableError
from ledger.refusals import LedgerBusyError, LedgerUnavailableError, VersionConflictError
from ledger.store.entries import IdempotencyKey
from ledger.vault.vault import VaultUnavailableError
from reactions.reaction import Wanted, key_of

AWAY: Final = (ReactionsUnavailableError, LedgerUnavailableError, LedgerBusyError, VaultUnavailableError)
"""What stops the host itself, whichever reaction meets it: it begins anew."""

_NOT_OURS: Final = (UnknownEventError, ValueError, KeyError, TypeError, AttributeError)
MOST_TRIES: Final = 5
"""How often a stream that others change at the same moment is decided anew."""

_NO_BODY: Final = bytes(16)
C_contra = TypeVar("C_contra", contravariant=True)
State = TypeVar("State")
_log = logging.getLogger(__name__)


class UnreadableStreamError(Exception):
    """Somebody has put into a stream what no command of ours leads to: nobody can tell what the stream has become."""

    def __init__(self, stream: UUID) -> None:
        super().__init__(f"nobody can tell what the stream {stream} has become")


async def load_readable(
    window: Window, kind: StreamKind[C_contra, State], stream: UUID, up_to: int | None = None
) -> Loaded[C_contra, State]:
    """Return the stream as of now, or as of a version.

    Raises:
        UnreadableStreamError: see there. What a newer version of this program has written does not count as such.
        LedgerUnavailableError: as the ledger says.
    """
    try:
        return await load(window.ledger, kind, stream, up_to=up_to)
    except _NOT_OURS as error:
        raise UnreadableStreamError(stream) from error


async def carry_out(
    window: Window,
    reaction: str,
    number: int,
    wanted: Wanted,
    found: Loaded[Any, Any] | None = None,
    tries: int = MOST_TRIES,
) -> None:
    """Carry a command out, unless that was done, or the domain refuses it: then there is nothing to do any more.

    Args:
        window: where.
        reaction: who wants it.
        number: which of the reaction's commands with this cause it is.
        wanted: the command.
        found: the command's stream as it was loaded a moment ago; if it has moved on since, it is loaded anew.
        tries: how often the command is decided, while somebody else is quicker to change the stream.

    Raises:
        UnreadableStreamError: there is no telling what the command would lead to.
        VersionConflictError: somebody else has changed the stream first, each time.
        LedgerBusyError, LedgerUnavailableError: as the ledger says.
    """
    key = IdempotencyKey(key_of(reaction, wanted.cause, number, wanted.about), _NO_BODY)
    for left in reversed(range(tries)):
        if found is None:
            found = await load_readable(window, wanted.kind, wanted.stream)
        try:
            await change(window, found, wanted.command, key=key, cause=wanted.cause)
        except VersionConflictError:
            if not left:
                raise
            found = None  # somebody has changed the stream in this moment: it is decided anew
            continue
        except Refusal as refusal:
            _log.info("the reaction %s is not needed: %s", reaction, refusal.rule)
        return
