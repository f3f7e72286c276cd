"""Makes every change to an existing case: load, check the right, decide, seal, append."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import NamedTuple, TypeAlias
from uuid import UUID

from application.access.authorisation import Action, authorise
from application.access.callers import Caller, Role
from application.cases.case_streams import LoadedCase, load_case
from application.deciding import Changed, answer_to_repeat, change
from application.idempotency import Idempotency
from application.mandates.representing import acts_for_applicant
from application.screening.refusing import refuse_contacts
from application.storing import KeysMissingError
from application.window import Window
from domain.calendar.state import KnownCalendar
from domain.case import commands
from domain.case.deadlines import local_date
from domain.case.refusals import OfficialIsParty
from domain.case.state import CaseState
from domain.envelope import Actor
from domain.refusals import Refusal
from domain.service.definition import ServiceDefinition
from domain.stream_kinds import CASE
from ledger.refusals import VersionConflictError
from ledger.store.entries import IdempotencyKey
from ledger.vault.vault import CaseKey


class Written(NamedTuple):
    """The case after a change; `repeated` is True when an earlier request had made the change."""

    case_id: UUID
    version: int
    position: int
    state: CaseState
    repeated: bool


class CaseNotFoundError(Exception):
    """There is no such case, or the caller may not see it; the answer is the same."""


class StaleVersionError(Exception):
    """The caller expected another version of the case than the current one."""

    def __init__(self, actual: int) -> None:
        super().__init__(f"the case is at version {actual} now")
        self.actual = actual


class Acting(NamedTuple):
    """What a command needs besides the caller's request; `local_date` is the date in the case's own time zone.

    `calendar` is the case's calendar as it is known.
    """

    case_id: UUID
    service: ServiceDefinition
    actor: Actor
    at: datetime
    local_date: date
    calendar: KnownCalendar


Build: TypeAlias = Callable[[Acting], commands.Command]


async def carry_out(
    window: Window,
    caller: Caller,
    action: Action,
    case_id: UUID,
    expected_version: int,
    build: Build,
    idempotency: Idempotency | None,
) -> Written:
    """Make one change to a case.

    Raises:
        NotAllowedError: the caller's role may not do this.
        CaseNotFoundError: there is no such case for this caller.
        StaleVersionError: the case is not at the expected version.
        Refusal: the domain refuses the change, and names the rule; or its words have a way to reach somebody.
        KeysMissingError: the change has words to seal, and the vault has lost the key.
        KeyReusedError, LedgerBusyError, LedgerUnavailableError, VaultUnavailableError: as the ledger and the vault
            raise them.
    """
    authorise(caller, action)
    key = idempotency.hashed(window.vault, caller) if idempotency else None
    found = await load_case(window.ledger, case_id)
    state = found.state
    if state is None:
        raise CaseNotFoundError
    actor = await _actor(window, caller, found, state)
    at = window.clock()
    try:
        _is_at(found.seen, expected_version)
        service = await window.catalogue.definition(state.service, state.service_version)
        calendar = await window.catalogue.known_calendar(state.clock.calendar)
        command = build(Acting(case_id, service, actor, at, local_date(at, state.time_zone), calendar))
        await refuse_contacts(command)
        sealing_key = partial(sealing_key_of, window, state)
        return written(await change(window, found, command, key=key, find_sealing_key=sealing_key))
    except (Refusal, StaleVersionError):
        return await first_answer_or_raise(window, key)
    except VersionConflictError as conflict:
        raise StaleVersionError((await load_case(window.ledger, case_id)).seen) from conflict
    except KeysMissingError:
        now = (await load_case(window.ledger, case_id)).seen
        if now != found.seen:  # the applicant was erased meanwhile, and the key with them
            raise StaleVersionError(now) from None
        raise


async def _actor(window: Window, caller: Caller, found: LoadedCase, state: CaseState) -> Actor:
    """Return the actor under the pseudonym for this case, if the caller may know of the case."""
    case_id = found.stream
    if caller.role is Role.AGENCY:
        if caller.agency != state.agency:
            raise CaseNotFoundError
        return Actor(role="agency", pseudonym=state.agency)
    if caller.role is Role.OFFICIAL:
        return Actor(role="official", pseudonym=await official_of(window, caller, case_id, state))
    own = await window.vault.find(caller.issuer, caller.subject, case_id)
    if own is None or str(own.key_ref) in state.erased:
        raise CaseNotFoundError
    if own.role == "representative":
        if not await acts_for_applicant(window, caller, own, found):
            raise CaseNotFoundError
        return Actor(role="representative", pseudonym=str(own.key_ref))
    return Actor(role="applicant", pseudonym=str(own.key_ref))


async def official_of(window: Window, caller: Caller, case_id: UUID, state: CaseState) -> str:
    """Return the caller's pseudonym as the case's assigned official; having a key of the case is not enough.

    Raises:
        CaseNotFoundError: the case is not assigned to the caller.
        OfficialIsParty: it is, but the caller is its applicant or represents the applicant.
    """
    own = await window.vault.find(caller.issuer, caller.subject, case_id, "official")
    if own is None or caller.agency != state.agency or str(own.key_ref) != state.official:
        raise CaseNotFoundError
    await refuse_own_cause(window, caller, case_id)
    return str(own.key_ref)


async def refuse_own_cause(window: Window, caller: Caller, case_id: UUID) -> None:
    """Check that the caller is not a party to the case.

    Raises:
        OfficialIsParty: the caller is its applicant, acts or has acted for them, or has or had a mandate of theirs.
    """
    if await window.vault.is_party(caller.issuer, caller.subject, case_id):
        raise OfficialIsParty


async def sealing_key_of(window: Window, state: CaseState) -> CaseKey | None:
    """Return the applicant's key; None when it was destroyed."""
    applicant = UUID(state.applicant)
    deks = await window.vault.open_keys([applicant])
    return CaseKey(applicant, deks[applicant], "applicant") if applicant in deks else None


def _is_at(version: int, expected: int) -> None:
    if version != expected:
        raise StaleVersionError(version)


async def first_answer_or_raise(window: Window, key: IdempotencyKey | None) -> Written:
    """Return the first answer to a request that is repeated, else raise the refusal that is being handled.

    The first request has already changed the case, so its repeat is refused; the caller must not get that refusal.
    """
    answered = await answer_to_repeat(window, CASE, key)
    if answered is None:
        raise  # noqa: PLE0704 - the refusal that is being handled
    return written(answered)


def written(changed: Changed[CaseState]) -> Written:
    """Return the answer to a change of a case."""
    if changed.position is None:
        raise CaseNotFoundError  # every command about a case leads to an event
    return Written(changed.stream, changed.version, changed.position, changed.state, changed.repeated)
