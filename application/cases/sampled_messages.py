"""Auditors read a sample of the messages between applicants and officials; a lot says which ones.

The lot of a message is a hash of its entry in the log. Its sender cannot know the entry before the message is stored,
and whoever has the message's receipt computes the same lot.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.cases.case_streams import load_case
from application.window import Window
from domain.case.message_events import MessageSent, Side
from ledger.published.codec import decode
from ledger.store.entries import StoredEntry
from ledger.store.entry_hash import entry_of
from ledger.vault.seal import key_refs, open_sealed

ONE_IN: Final = 50
_LOT: Final = b"pencere/message-sample/v1\x00"
_AT_ONCE: Final = 2_000


class SampledMessage(NamedTuple):
    """A message of the sample; `form` and `words` are None where the sender said nothing by them, or is erased."""

    case_id: UUID
    position: int
    number: int
    side: Side
    form: str | None
    words: str | None


class Sample(NamedTuple):
    """The messages of the sample among some events, and the position of the last of these; None at the end."""

    messages: Sequence[SampledMessage]
    last: int | None


def is_in_sample(entry: bytes) -> bool:
    """Return whether the lot falls on a message, by its entry: on one in fifty."""
    lot = int.from_bytes(hashlib.sha256(_LOT + entry).digest()[:8])
    return lot % ONE_IN == 0


async def sampled_messages(window: Window, caller: Caller, after: int) -> Sample:
    """Return what the sample has among the next events after a position; each message is a look at its case.

    A message that its sender has taken back is left out: nobody was shown it. One that may still be taken back ends the
    page before it, so that no page ever leaves it out.

    Raises:
        NotAuthenticatedError, NotAllowedError: the caller is no auditor.
        LedgerBusyError: the looks cannot be recorded now, so nothing is shown.
        SealBrokenError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.SAMPLE_MESSAGES)
    entries = await window.ledger.read(after, _AT_ONCE)
    drawn = [each for each in entries if each.topic == MessageSent.topic and is_in_sample(entry_of(each))]
    deks = await window.vault.open_keys([ref for each in drawn for ref in key_refs(each.sealed)])
    messages: list[SampledMessage] = []
    for entry in drawn:
        recorded = decode(entry)
        sent = recorded.event
        if not isinstance(sent, MessageSent):
            continue
        if sent.shown_from > window.clock():
            return Sample(messages, entry.position - 1 if entry.position - 1 > after else None)
        if not await _was_taken_back(window, entry.stream, sent.number):
            window.looks.take_in(caller, entry.stream, recorded.envelope.agencies[0])
            messages.append(_shown(entry, sent, deks))
    return Sample(messages, entries[-1].position if entries else None)


async def _was_taken_back(window: Window, case_id: UUID, number: int) -> bool:
    case = (await load_case(window.ledger, case_id)).state
    message = None if case is None else case.messages.message(number)
    return message is None or message.taken_back


def _shown(entry: StoredEntry, sent: MessageSent, deks: Mapping[UUID, bytes]) -> SampledMessage:
    said = open_sealed(entry.sealed, deks, entry.stream, entry.version).fields
    form, words = said.get("form"), said.get("words")
    return SampledMessage(
        entry.stream,
        entry.position,
        sent.number,
        sent.side,
        None if form is None else str(form),
        None if words is None else str(words),
    )
