"""Requests a draw for every case that waits for an official; of all processes that run it, one does so at a time.

The ledger says what waits and what is under way, so nothing is kept here: whoever takes over finds the same.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

from application.cases.case_streams import load_case
from application.deciding import change
from application.draws.giving_back import give_back, take_from_parties
from application.draws.holding import Held
from application.draws.requesting import request_draw
from application.draws.standing_in import move_to_stand_in, open_both
from application.faults import described
from application.window import Window
from domain.case.assignment_commands import LeaveCaseWaiting
from domain.case.assignment_events import WhyLeft
from domain.case.refusals import CaseAlreadyMoved, EnoughCanTakeTheCase
from domain.desk.refusals import DrawChainUsedUp, TooFewToDrawAmong
from domain.envelope import DRAW
from domain.refusals import Refusal
from ledger.channels.draws import DrawsOffice
from ledger.refusals import AwayError, LedgerBusyError, LedgerUnavailableError, VersionConflictError
from projections.views import Views
from projections.worklist.queries import Waiting

_STAND_BY: Final = 1.0
_AT_EACH: Final = 50
_CAUGHT_UP_WITHIN: Final = 10.0
Desks: TypeAlias = Sequence[tuple[str, str]]
_AGAIN: Final = (AwayError, LedgerUnavailableError, LedgerBusyError)
_log = logging.getLogger(__name__)


class DrawWorker:
    """Requests draws as long as it runs, or stands by while another process does.

    Args:
        window: where draws are requested.
        views: what waits, and who has what.
        office: elects one of all processes.
        log: the name of the public log.
        every: seconds between two looks at who is away, and at cases that nobody can be drawn for.
    """

    def __init__(self, window: Window, views: Views, office: DrawsOffice, log: str, *, every: float = 30) -> None:
        self._window, self._views, self._office = window, views, office
        self._log, self._every = log, every
        self._looked_at = ("", "")
        self._in_vain: dict[UUID, int] = {}  # case -> version of the desk at which nobody could be drawn

    async def run(self) -> None:
        """Request draws until cancelled; begin anew after every error, be it of a database or a fault of ours."""
        task = asyncio.current_task()
        try:
            # Checked here, since before Python 3.12 a wait may lose a cancellation.
            while task is None or not task.cancelling():
                try:
                    await self._work()
                except _AGAIN as error:
                    _log.warning("draws begin anew: %s", type(error).__name__)
                except Exception as error:  # noqa: BLE001 - nobody watches this task: it must not end by itself
                    _log.error("draws begin anew after a fault: %s", described(error))
                await self._office.close()  # whoever requests no more must not keep the lock
                await asyncio.sleep(_STAND_BY / 2)  # back-off while the database is away
        finally:
            await self._office.close()

    async def _work(self) -> None:
        while True:
            if await self._office.elect():
                break
            await asyncio.sleep(_STAND_BY)  # another one does; its lock goes with its session
        loop, known, next_look = asyncio.get_running_loop(), -1, 0.0
        while await self._office.elect():
            if loop.time() >= next_look:
                next_look = loop.time() + self._every
                self._in_vain.clear()
                await self._open_stand_ins()
                await self._at_all_desks(self._give_back_at)
                await self._take_from_parties()
            await self._at_all_desks(self._request_at)
            known = await self._views.positions.wait_beyond(known, _STAND_BY)

    async def _at_all_desks(self, work: Callable[[Desks], Awaitable[None]]) -> None:
        """Do something at all desks whose cases are drawn for, a page of them at a time."""
        after = ("", "")
        while page := await self._views.draws.desks(after=after):
            await work([(desk.agency, desk.desk) for desk in page])
            after = (page[-1].agency, page[-1].desk)

    async def _open_stand_ins(self) -> None:
        """Open the desks that stand in for others, and those others, even if nobody has sat down there yet."""
        after = ""
        while page := await self._views.catalogue.agencies(after=after):
            for agency in page:
                for desk in agency.stand_ins:
                    await self._carefully(partial(open_both, self._window, agency.slug, desk))
            after = page[-1].slug

    async def _give_back_at(self, desks: Desks) -> None:
        """Have the cases of absent and departed officials drawn for again."""
        for agency, desk in desks:
            await self._carefully(partial(give_back, self._window, agency, desk, self.held_at))

    async def _take_from_parties(self) -> None:
        """Have the cases drawn for again whose officials have become a party to them; a page of desks at each look.

        Nothing tells it at which desk somebody has, and to look at all of them would keep other cases waiting.
        """
        page = await self._views.draws.desks(after=self._looked_at)
        self._looked_at = (page[-1].agency, page[-1].desk) if page else ("", "")
        for desk in page:
            await self._carefully(partial(take_from_parties, self._window, desk.agency, desk.desk, self.held_at))

    async def _request_at(self, desks: Desks) -> None:
        for case in await self._views.worklist.waiting(desks, _AT_EACH):
            await self._request(case)

    async def _request(self, case: Waiting) -> None:
        """Request a draw, unless nothing has changed since that was in vain."""
        before = self._in_vain.pop(case.case_id, None)
        if before is not None and before == await self._version_of(case):
            self._in_vain[case.case_id] = before
            return
        await self._carefully(partial(self._requested, case))

    async def _requested(self, case: Waiting) -> None:
        try:
            await request_draw(self._window, case.case_id, self.held_at, self._log)
        except TooFewToDrawAmong:
            if not await self._moved(case):
                await self._leave_waiting(case, "too_few")
        except DrawChainUsedUp:
            await self._leave_waiting(case, "no_keeper")

    async def _moved(self, case: Waiting) -> bool:
        """Move the case to the desk that stands in, where it is drawn for at the next look; return whether it was."""
        try:
            return await move_to_stand_in(self._window, case.case_id, self.held_at, self._log)
        except (CaseAlreadyMoved, EnoughCanTakeTheCase):
            return False

    async def _leave_waiting(self, case: Waiting, why: WhyLeft) -> None:
        self._in_vain[case.case_id] = await self._version_of(case)
        command = LeaveCaseWaiting(self._window.clock(), DRAW, why)
        await change(self._window, await load_case(self._window.ledger, case.case_id), command)

    async def _version_of(self, case: Waiting) -> int:
        return (await self._window.catalogue.desk(case.agency, case.desk)).version

    async def _carefully(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do something about one case or desk; what is wrong with it must not stop the others."""
        try:
            await work()
        except Refusal as error:
            _log.debug("nothing to draw: %s", error.rule)
        except VersionConflictError:
            _log.info("a case or desk was changed meanwhile; it is looked at again")
        except _AGAIN:
            raise
        except Exception as error:  # noqa: BLE001 - as the docstring says
            _log.error("a draw cannot be requested: %s", described(error))

    async def held_at(self, agency: str, desk: str) -> Held:
        """Return who has the open cases of a desk, once the view shows everything that has happened until now.

        Raises:
            LedgerBusyError: the view is too far behind.
        """
        head = await self._window.ledger.head()
        if not await self._views.positions.wait_for_views({"worklist"}, head, _CAUGHT_UP_WITHIN):
            raise LedgerBusyError(retry_after=1)
        return Held(await self._views.worklist.held(agency, desk), head)
