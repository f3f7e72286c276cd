"""Says at every use whether a representative may act for the applicant of a case.

Three things must hold together: the case has them as a representative, the vault lets them open the applicant's key,
and the mandate because of which it does is accepted, not revoked, in force today, and for this case. So an end of any
of them takes effect at once, and a crash between two of them leaves no right.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from application.access.callers import Caller
from application.cases.case_streams import LoadedCase, load_case
from application.deciding import change
from application.mandates.organisations import OrganisationNotProved, proved
from application.mandates.streams import MandateNotFoundError, held_mandate
from application.window import Window
from domain.case.deadlines import local_date
from domain.case.representation_commands import RemoveRepresentative
from domain.case.representation_decisions import RIGHT_OVER
from domain.case.state import CaseState
from domain.mandate.refusals import MandateOver
from domain.mandate.right import Use, check_right
from domain.refusals import Refusal
from ledger.refusals import AwayError, LedgerRefusalError
from ledger.vault.vault import CaseKey, PersonCase


async def acts_for_applicant(window: Window, caller: Caller, own: CaseKey, found: LoadedCase) -> bool:
    """Return whether the holder of a representative's key may act for the case's applicant now.

    Whoever comes with a right that is over is taken off the case.

    Raises:
        LedgerUnavailableError, VaultUnavailableError.
    """
    case = found.state
    if case is None or str(own.key_ref) not in case.representatives:
        return False
    try:
        await _check(window, caller, own, found.stream, case)
    except MandateOver:
        await take_off(window, found, own)
        return False
    except (Refusal, MandateNotFoundError):
        return False
    return True


async def theirs_now(window: Window, caller: Caller, held: Sequence[PersonCase]) -> list[UUID]:
    """Return those of a person's cases that are their own, or in which they may act for the applicant now."""

    async def is_theirs(one: PersonCase) -> bool:
        if one.role != "representative":
            return True
        own = await window.vault.find(caller.issuer, caller.subject, one.case_id)
        return own is not None and await acts_for_applicant(
            window, caller, own, await load_case(window.ledger, one.case_id)
        )

    theirs = await asyncio.gather(*(is_theirs(one) for one in held))
    return [one.case_id for one, is_one in zip(held, theirs, strict=True) if is_one]


async def _check(window: Window, caller: Caller, own: CaseKey, case_id: UUID, case: CaseState) -> None:
    opens = own.opens
    if opens is None or str(opens.key_ref) != case.applicant:
        raise MandateOver  # what lets them open the key is made before they are added: it was taken away
    if opens.mandate is None:
        if not await is_proved_applicant(window, caller, case_id, case):
            raise OrganisationNotProved
        return
    held = await held_mandate(window, caller, opens.mandate)
    check_right(held.state, held.content, use_of(window, case_id, case))


def use_of(window: Window, case_id: UUID, case: CaseState) -> Use:
    """Return the use of a mandate in this case today."""
    return Use(case.service, case_id, local_date(window.clock(), case.time_zone))


async def is_proved_applicant(window: Window, caller: Caller, case_id: UUID, case: CaseState) -> bool:
    """Return whether the case's applicant is an organisation for which the caller's login lets them act."""
    for organisation in proved(caller):
        own = await window.vault.find(*organisation, case_id, "applicant")
        if own is not None and str(own.key_ref) == case.applicant:
            return True
    return False


async def take_off(window: Window, found: LoadedCase, own: CaseKey) -> None:
    """Let the case say that a representative's right is over, and the vault let them open nothing.

    They have no right already. So if this does not succeed now, it is left to their next attempt.
    """
    with suppress(AwayError, LedgerRefusalError, Refusal):
        await change(window, found, RemoveRepresentative(window.clock(), RIGHT_OVER, str(own.key_ref)))
        # A crash before this leaves a key that they could open, in a case that does not have them.
        if own.opens is not None:
            await window.vault.mandates.close_to(own.key_ref, own.opens.mandate)
