"""A caller's right to a case, and the case as the view shows it, once the view has it."""

from uuid import UUID

from api.calls import Call
from api.freshness import ViewName, check_stream_current, reach
from application.access.callers import Role
from application.cases.case_streams import entries_of_case, load_case
from application.cases.casework import CaseNotFoundError
from application.cases.reading import Reading, may_read, read_own
from projections.as_of import then
from projections.case_status.types import CaseStatus


async def reading_of(call: Call, case_id: UUID) -> tuple[Reading, CaseStatus]:
    """Return the caller's right to the case, and the case as the view shows it."""
    window, caller, views = call.services.window, call.caller, call.services.views
    if caller.role is Role.CITIZEN:
        return await read_own(window, caller, case_id), await _status(call, case_id)
    status = await views.case_status.status(case_id)
    if status is None and await _may_know_of(call, case_id):
        status = await _status(call, case_id)
    reading = await may_read(window, caller, case_id, status)
    if status is None:
        raise CaseNotFoundError
    await check_stream_current(call, "case_status", case_id)
    return reading, status


async def _may_know_of(call: Call, case_id: UUID) -> bool:
    """Return whether the ledger has a case that the view lacks and that the caller may know of."""
    state = (await load_case(call.services.window.ledger, case_id, up_to=1)).state
    return state is not None and (call.caller.role is Role.AUDITOR or call.caller.agency == state.agency)


async def _status(call: Call, case_id: UUID) -> CaseStatus:
    """Return a case that the caller may know of. Wait for the view if the case is in the ledger only."""
    status = await call.services.views.case_status.status(case_id)
    if status is None:
        await reach_submission(call, "case_status", case_id)
        status = await call.services.views.case_status.status(case_id)
    if status is None:
        raise CaseNotFoundError
    await check_stream_current(call, "case_status", case_id)
    return status


async def reach_submission(call: Call, view: ViewName, case_id: UUID) -> None:
    """Wait until a view has a case that is in the ledger.

    Raises:
        CaseNotFoundError: the ledger does not have it.
    """
    entries = await entries_of_case(call.services.window.ledger, case_id)
    if not entries:
        raise CaseNotFoundError
    await reach(call, [view], entries[0].position)


async def position_then(call: Call, status: CaseStatus, as_of: str) -> int:
    """Return the last position that was known then, once the view has reached it."""
    until, _ = await then(as_of, call.services.window.ledger, status.time_zone)
    await reach(call, ["case_history"], until)
    return until
