"""Decides who may read a case, and opens the sealed fields that they may see."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol
from uuid import UUID

from application.access.authorisation import Action, Scope, authorise
from application.access.callers import Caller, Role
from application.cases.case_streams import load_case
from application.cases.casework import CaseNotFoundError, official_of, refuse_own_cause
from application.mandates.representing import acts_for_applicant
from application.window import Window
from domain.case.events import SEALED_ANSWERS
from domain.service.definition import ServiceDefinition
from ledger.vault.seal import Opened, open_sealed

_NOTHING: frozenset[str] = frozenset()
_WORDS = frozenset({"note", "question", "answer", "reasons", "reason", "form", "words", "statement"})


class CaseStatus(Protocol):
    """What reading needs to know about a case; the view `case_status` supplies it."""

    @property
    def agency(self) -> str: ...  # noqa: D102 - named as in the case
    @property
    def desk(self) -> str: ...  # noqa: D102
    @property
    def applicant(self) -> str: ...  # noqa: D102
    @property
    def service(self) -> str: ...  # noqa: D102
    @property
    def service_version(self) -> int: ...  # noqa: D102


class Reading(NamedTuple):
    """A right to read a case: the keys that it may use, and the stored names that it may show (None: all)."""

    scope: Scope
    deks: Mapping[UUID, bytes]
    shown: frozenset[str] | None


async def read_own(window: Window, caller: Caller, case_id: UUID) -> Reading:
    """Return a citizen's right to their own case, or to one in which they act for the applicant.

    One question to the vault proves that a case is their own; of whoever represents somebody more is asked.

    Raises:
        NotAllowedError, CaseNotFoundError, VaultUnavailableError.
    """
    scope = authorise(caller, Action.READ_CASE)
    own = await window.vault.find(caller.issuer, caller.subject, case_id)
    if own is None:
        raise CaseNotFoundError
    if own.role == "representative":
        if not await acts_for_applicant(window, caller, own, await load_case(window.ledger, case_id)):
            raise CaseNotFoundError
        return Reading(scope, {own.opens.key_ref: own.opens.dek} if own.opens else {}, None)
    return Reading(scope, {own.key_ref: own.dek} if own.dek else {}, None)


async def may_read(window: Window, caller: Caller, case_id: UUID, status: CaseStatus | None) -> Reading:
    """Return the caller's right to a case, and queue a look unless the caller is the applicant.

    Args:
        window: the window.
        caller: who wants to read.
        case_id: the case's id.
        status: the case as the view shows it; None when the view does not have it.

    Raises:
        NotAllowedError: the role may not read cases.
        CaseNotFoundError: there is no such case, or the caller may not see it.
        OfficialIsParty: the caller is an official who is the applicant or represents them.
        LedgerBusyError: the look cannot be recorded now, so nothing is shown.
    """
    scope = authorise(caller, Action.READ_CASE)
    if status is None:
        raise CaseNotFoundError
    if scope is Scope.OWN:
        return await read_own(window, caller, case_id)
    if scope is Scope.ALL:
        window.looks.take_in(caller, case_id, status.agency)
        return Reading(scope, {}, _NOTHING)
    if caller.agency != status.agency:
        raise CaseNotFoundError
    if caller.role is Role.OFFICIAL:
        await _check_official(window, caller, case_id, status)
    window.looks.take_in(caller, case_id, status.agency)
    applicant = UUID(status.applicant)
    deks = await window.vault.open_keys([applicant])
    service = await window.catalogue.definition(status.service, status.service_version)
    return Reading(scope, deks, _declared(service))


async def _check_official(window: Window, caller: Caller, case_id: UUID, status: CaseStatus) -> None:
    """Check that the official sits at the case's desk, or that the ledger now has the case assigned to them."""
    if caller.sits_at(status.agency, status.desk):
        await refuse_own_cause(window, caller, case_id)
        return
    state = (await load_case(window.ledger, case_id)).state
    if state is None:
        raise CaseNotFoundError
    await official_of(window, caller, case_id, state)


def open_entry(reading: Reading, sealed: bytes, case_id: UUID, version: int) -> Opened:
    """Return the sealed fields that the reader may see, and the names of those that are erased.

    Raises:
        SealBrokenError: the sealed part was changed.
    """
    if not sealed or reading.shown == _NOTHING:
        return Opened({}, ())
    opened = open_sealed(sealed, reading.deks, case_id, version)
    if reading.shown is None:
        return opened
    fields = {name: value for name, value in opened.fields.items() if name in reading.shown}
    return Opened(fields, tuple(name for name in opened.erased if name in reading.shown))


def _declared(service: ServiceDefinition) -> frozenset[str]:
    shown = {question.element for question in service.questions if question.shown_to_official}
    shown |= {need.element for need in service.evidence if need.shown_to_official}
    return _WORDS | {f"{SEALED_ANSWERS}{element}" for element in shown}
