"""Loads a mandate, and opens what it says."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias
from uuid import UUID

from application.access.callers import Caller
from application.streams import Loaded, load
from application.window import Window
from domain.mandate.commands import Command
from domain.mandate.content import Identifier, MandateContent, plain
from domain.mandate.refusals import MandateNotAccepted, MandateOver
from domain.mandate.state import MandateState
from domain.stream_kinds import MANDATE
from ledger.vault.seal import open_sealed
from ledger.vault.vault import MANDATE as MANDATE_SECRET

LoadedMandate: TypeAlias = Loaded[Command, MandateState]


class MandateNotFoundError(Exception):
    """There is no such mandate, or the caller has nothing to do with it; the answer is the same."""


class HeldMandate(NamedTuple):
    """A mandate that the caller has accepted."""

    mandate: UUID
    state: MandateState
    content: MandateContent


async def load_mandate(window: Window, mandate: UUID) -> LoadedMandate:
    """Return the mandate as it is now; its state is None when it does not exist."""
    return await load(window.ledger, MANDATE, mandate)


async def held_mandate(window: Window, caller: Caller, mandate: UUID) -> HeldMandate:
    """Return a mandate that the caller has accepted and may open.

    Raises:
        MandateNotFoundError: the caller has not accepted it.
        MandateOver: it was revoked.
        MandateNotAccepted: a crash has left the acceptance unfinished; it must be repeated.
    """
    own = await window.vault.find(caller.issuer, caller.subject, mandate, "receiver")
    state = (await load_mandate(window, mandate)).state
    if own is None or state is None or state.receiver != str(own.key_ref):
        raise MandateNotFoundError
    if state.is_over:
        raise MandateOver
    opens = own.opens
    content = None if opens is None else await content_of(window, mandate, {opens.key_ref: opens.dek})
    if content is None:
        raise MandateNotAccepted
    return HeldMandate(mandate, state, content)


async def content_of(window: Window, mandate: UUID, deks: Mapping[UUID, bytes]) -> MandateContent | None:
    """Return what a mandate that exists says, opened by these keys; None if the giver's is not among them."""
    (given,) = await window.ledger.read_versions(mandate, 0, 1)
    content = open_sealed(given.sealed, deks, mandate, 1).fields.get("content")
    return None if content is None else MandateContent.model_validate(content)


def offer_tag(window: Window, named: Identifier) -> bytes:
    """Return the keyed hash by which an offer and a login are compared; it must not leave the vault."""
    return window.vault.derive(MANDATE_SECRET, named.element.encode(), plain(named.value).encode())


def tags_of(window: Window, caller: Caller) -> list[bytes]:
    """Return the keyed hashes of all that the caller's login says about them: a member stands for an organisation."""
    said = (*caller.identifiers, *caller.organisations)
    return [offer_tag(window, Identifier(element=element, value=value)) for element, value in said]
