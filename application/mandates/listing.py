"""Lists the mandates that somebody has given, has accepted or is offered, and the cases of a giver that one is for."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller
from application.mandates.organisations import proved, themselves
from application.mandates.streams import HeldMandate, MandateNotFoundError, content_of, load_mandate, tags_of
from application.window import Window
from domain.case.deadlines import local_date
from domain.mandate.content import MandateContent
from domain.mandate.right import Use, check_right
from domain.mandate.state import MandateState, MandateStatus
from domain.refusals import Refusal
from ledger.vault.mandates import KnownMandate

_NEWEST = UUID(int=(1 << 128) - 1)


class SeenMandate(NamedTuple):
    """A mandate as one of those sees it who have to do with it; what it says, unless that is not theirs to see."""

    mandate: UUID
    part: Literal["giver", "receiver", "offered"]
    state: MandateState
    content: MandateContent | None


class SeenPage(NamedTuple):
    """Mandates, the newest first, and the id below which the next page begins; None if there is none."""

    items: Sequence[SeenMandate]
    last: UUID | None


async def own_mandates(window: Window, caller: Caller, before: UUID | None, limit: int) -> SeenPage:
    """Return mandates that the caller, or an organisation of theirs, has given, and those given to them.

    Raises:
        NotAllowedError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.KEEP_MANDATES)
    known = await _known(window, caller, before or _NEWEST, limit)
    seen = await asyncio.gather(*(_seen(window, each) for each in known))
    return SeenPage([each for each in seen if each is not None], known[-1].mandate if len(known) == limit else None)


async def own_mandate(window: Window, caller: Caller, mandate: UUID) -> SeenMandate:
    """Return a mandate that the caller has given, has accepted or is offered.

    Raises:
        MandateNotFoundError: it is none of these.
        NotAllowedError, LedgerUnavailableError, VaultUnavailableError.
    """
    authorise(caller, Action.KEEP_MANDATES)
    if mandate.int == _NEWEST.int:
        raise MandateNotFoundError
    known = await _known(window, caller, UUID(int=mandate.int + 1), 1)
    seen = await _seen(window, known[0]) if known and known[0].mandate == mandate else None
    if seen is None:
        raise MandateNotFoundError
    return seen


class CaseOfGiver(Protocol):
    """What must be known of a case to say whether a mandate is for it; the view `case_status` supplies it."""

    @property
    def case_id(self) -> UUID: ...  # noqa: D102 - named as in the case
    @property
    def service(self) -> str: ...  # noqa: D102
    @property
    def time_zone(self) -> str: ...  # noqa: D102


async def cases_of_giver(window: Window, held: HeldMandate, before: UUID | None, limit: int) -> list[UUID]:
    """Return the cases of whoever has given the mandate, below a case, the newest first."""
    return await window.vault.mandates.cases_of_giver(UUID(held.state.giver), before or _NEWEST, limit)


def is_for(window: Window, held: HeldMandate, case: CaseOfGiver) -> bool:
    """Return whether the mandate lets its receiver act in this case of the giver's today."""
    today = local_date(window.clock(), case.time_zone)
    with suppress(Refusal):
        check_right(held.state, held.content, Use(case.service, case.case_id, today))
        return True
    return False


async def _known(window: Window, caller: Caller, before: UUID, limit: int) -> list[KnownMandate]:
    tags, vault = tags_of(window, caller), window.vault
    found = await vault.mandates.of_person(vault.tag(*themselves(caller)), tags, before, limit)
    for organisation in proved(caller):
        found += await vault.mandates.of_person(vault.tag(*organisation), [], before, limit)
    return sorted(found, key=lambda each: each.mandate, reverse=True)[:limit]


async def _seen(window: Window, known: KnownMandate) -> SeenMandate | None:
    """Return the mandate as it is now; None if it was never stored, or has gone to somebody else."""
    mandate, key_ref, part = known
    state = (await load_mandate(window, mandate)).state
    if state is None:
        return None
    if part == "receiver" and state.receiver is None and not state.is_over:
        part = "offered"  # a crash has left their pseudonym in it
    if part == "receiver" and state.receiver != str(key_ref):
        return None
    if part == "offered" and state.status is not MandateStatus.OFFERED:
        return None
    if part == "receiver" and state.is_over:
        return SeenMandate(mandate, part, state, None)
    content = await content_of(window, mandate, await window.vault.open_keys([UUID(state.giver)]))
    if content is not None and part == "offered":
        # Whoever is offered a mandate may be who decides the case: accepting it takes that away from them, so before
        # they learn nothing of the case.
        content = content.model_copy(update={"cases": ()})
    return SeenMandate(mandate, part, state, content)
